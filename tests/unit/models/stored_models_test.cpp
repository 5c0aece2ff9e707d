// Files of models in which numbers, types or shapes are wrong: every model refuses them, and names the tensor.

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "assay/errors.hpp"

#include "base/element.hpp"
#include "base/task_reader.hpp"
#include "described.hpp"
#include "plugin/conformance/watched_run.hpp"

namespace assay {
namespace {

using test::kItems;
using test::kUsers;
using test::Storage;

struct Case {
  std::string name, model, params = "{}";
  bool knows_users = false, knows_items = true;  ///< their numbers can be told from the file
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }
const std::vector<Case> kCases = {
    {"Random", "random", "{}", false, false},
    {"Popularity", "popularity"},
    {"ItemKnn", "item_knn", R"({"neighbours": 9})"},
    {"UserKnn", "user_knn", "{}", true},
    {"UserKnnOfValues", "user_knn", R"({"use_values": true})", true},
    {"P3Alpha", "p3alpha"},
    {"Rp3Beta", "rp3beta"},
    {"Ease", "ease"},
    {"EasePruned", "ease", R"({"neighbours": 9})"},
    {"Slim", "slim"},
    {"SlimBpr", "slim_bpr"},
    {"ContentKnn", "content_knn"},
    {"HybridKnn", "hybrid_knn"},
    {"PureSvd", "pure_svd", R"({"factors": 6})"},
    {"Ials", "ials", R"({"factors": 6})", true},
    {"Nmf", "nmf", R"({"factors": 6})", true},
    {"Bpr", "bpr_mf", R"({"factors": 6})", true},
    {"Warp", "warp_mf", R"({"factors": 6})", true},
    {"FunkSvd", "funk_svd", R"({"factors": 6})", true},
    {"SvdPlusPlus", "svdpp", R"({"factors": 6})", true},
    {"SlopeOne", "slope_one"},
    {"GlobalEffects", "global_effects"},
    {"CfganOfItems", "cfgan", R"({"generator_layers": [9, 8], "discriminator_layers": [5]})", true},
    {"CfganOfUsers", "cfgan", R"({"mode": "user", "generator_layers": [9, 8], "discriminator_layers": [5]})"}};

/// A tensor of which everything may be changed.
struct Stored {
  explicit Stored(const Tensor& tensor) : element(tensor.element), shape(tensor.shape.begin(), tensor.shape.end()) {
    const auto* first = static_cast<const std::byte*>(tensor.data);
    bytes.assign(first, first + size());
  }
  [[nodiscard]] std::size_t size() const {
    std::size_t size = size_of(element);
    for (const std::int64_t extent : shape) size *= static_cast<std::size_t>(extent);
    return size;
  }
  /// Another shape: entries are cut off, or zeros added.
  [[nodiscard]] Stored of(std::vector<std::int64_t> other) const {
    Stored out = *this;
    out.shape = std::move(other);
    out.bytes.resize(out.size());
    return out;
  }
  template <class T>
  [[nodiscard]] Stored with(std::size_t place, T value) const {
    Stored out = *this;
    std::memcpy(out.bytes.data() + place * sizeof(T), &value, sizeof(T));
    return out;
  }
  [[nodiscard]] std::size_t entries() const { return bytes.size() / size_of(element); }
  [[nodiscard]] Tensor tensor() const { return {bytes.data(), element, shape}; }

  Element element;
  std::vector<std::int64_t> shape;
  std::vector<std::byte> bytes;
};

struct Damage {
  std::string what;
  Stored tensor;
};

std::vector<Damage> wrong_shapes(const Stored& sound) {
  std::vector<Damage> out{{"a single number", sound.of({})}};
  std::vector<std::int64_t> shape = sound.shape;
  shape.push_back(1);
  out.push_back({"one more dimension", sound.of(shape)});
  out.push_back({"no entries of 2⁴⁰ rows", sound.of({std::int64_t{1} << 40, 0})});
  for (std::size_t d = 0; d < sound.shape.size(); ++d)
    for (const std::int64_t by : {-1, 1, 1000}) {
      shape = sound.shape;
      shape[d] += by;
      if (shape[d] >= 0) out.push_back({std::to_string(by) + " in dimension " + std::to_string(d), sound.of(shape)});
    }
  return out;
}

Damage other_type(const Stored& sound) {
  Stored other = sound;
  other.element = sound.element == Element::f32   ? Element::i32
                  : sound.element == Element::i32 ? Element::f32
                  : sound.element == Element::f64 ? Element::i64
                                                  : Element::f64;
  return {"another type", other};
}

/// Of what is an index, an offset or a size.
std::vector<Damage> wrong_numbers(const Stored& sound) {
  std::vector<Damage> out;
  for (const std::size_t place : {std::size_t{0}, sound.entries() / 2, sound.entries() - 1})
    for (const std::int64_t number : {-500'000'000, -1, 500'000'000, 2'000'000'000}) {
      const std::string what = std::to_string(number) + " at " + std::to_string(place);
      if (place < sound.entries() && sound.element == Element::i32)
        out.push_back({what, sound.with(place, static_cast<std::int32_t>(number))});
      if (place < sound.entries() && sound.element == Element::i64) out.push_back({what, sound.with(place, number)});
    }
  return out;
}

std::vector<Damage> damages_of(const std::string& name, const Stored& sound) {
  std::vector<Damage> out = wrong_shapes(sound);
  out.push_back(other_type(sound));
  const bool any_number =
      name == "key" || name == "profiles" || name.ends_with(".step");  // seeds, fingerprints, counts
  if (!any_number) std::ranges::move(wrong_numbers(sound), std::back_inserter(out));
  if (name == "scale") {
    out.push_back({"no bounds", sound.with(1, std::numeric_limits<double>::quiet_NaN())});
    out.push_back({"bounds the wrong way round", sound.with(2, -100.0)});
  }
  return out;
}

class EachStoredModel : public test::Described, public testing::WithParamInterface<Case> {
 protected:
  static constexpr Extents kData{kUsers, kItems};

  [[nodiscard]] static std::shared_ptr<Recommender> made() {
    return test::make_model(GetParam().model, GetParam().params);
  }

  /// The model after two epochs, and the state of its training.
  void train(Storage& model, Storage& training) const {
    const auto trained = made();
    conformance::WatchedRun run({.stop_after = 2, .validate = [&] {
                                   if (const auto* resumable = dynamic_cast<const Resumable*>(trained.get()))
                                     resumable->save_training(training);
                                 }});
    trained->fit(described_, run);
    trained->save(model);
  }

  /// What is said of each damage of each tensor, "accepted" where nothing is: load(reader of the damaged tensors).
  static void for_each_damage(
      const Storage& sound, const std::function<void(const Storage&)>& load,
      const std::function<void(const std::string& tensor, const std::string& what, const std::string& said)>& then,
      const std::set<std::string>& skipped = {}) {
    for (const std::string& name : sound.tensor_names())
      for (const Damage& damage : damages_of(name, Stored(sound.tensor(name)))) {
        if (skipped.contains(name)) continue;
        Storage damaged = sound;
        damaged.tensor(name, damage.tensor.tensor());
        std::string said = "accepted";
        try {
          load(damaged);
        } catch (const DataError& e) {
          said = e.what();
        }
        then(name, damage.what, said);
      }
  }

  static std::string loaded_for(const Storage& model, Extents data) {
    TaskReader reader(model, data);
    try {
      made()->load(reader);
      return "accepted";
    } catch (const DataError& e) {
      return e.what();
    }
  }
};

TEST_P(EachStoredModel, RefusesDamagedTensorsAndNamesThem) {
  Storage model, training;
  train(model, training);
  EXPECT_EQ(loaded_for(model, kData), "accepted");
  for_each_damage(
      model,
      [](const Storage& damaged) {
        TaskReader reader(damaged, kData);
        made()->load(reader);
      },
      [](const std::string& tensor, const std::string& what, const std::string& said) {
        EXPECT_NE(said.find(tensor), std::string::npos) << tensor << ", " << what << ": " << said;
      });
}

TEST_P(EachStoredModel, ThrowsNothingButDataErrorWhereTheDataIsNotKnown) {
  Storage model, training;
  train(model, training);
  for_each_damage(
      model,
      [](const Storage& damaged) {
        Storage copy = damaged;
        made()->load(copy);
      },
      [](const std::string&, const std::string&, const std::string&) {},
      {"train.shape"});  // of user_knn: there might be so many items
}

TEST_P(EachStoredModel, IsRefusedForOtherData) {
  Storage model, training;
  train(model, training);
  for (const Index by : {-1, 1}) {
    EXPECT_EQ(loaded_for(model, {kUsers, kItems + by}) != "accepted", GetParam().knows_items) << by;
    EXPECT_EQ(loaded_for(model, {kUsers + by, kItems}) != "accepted", GetParam().knows_users) << by;
  }
}

TEST_P(EachStoredModel, RefusesADamagedStateOfItsTraining) {
  Storage model, training;
  train(model, training);
  for_each_damage(
      training,
      [&](const Storage& damaged) {
        const auto resumed = made();
        Storage state = damaged, weights = model;
        const auto restore = [&] {
          TaskReader reader(weights, kData);
          resumed->load(reader);
          dynamic_cast<Resumable&>(*resumed).load_training(state);
        };
        conformance::WatchedRun run({.stop_after = 3, .first_epoch = 2, .restore = restore});
        resumed->fit(described_, run);
      },
      [](const std::string& tensor, const std::string& what, const std::string& said) {
        EXPECT_NE(said.find(tensor), std::string::npos) << tensor << ", " << what << ": " << said;
      });
}

INSTANTIATE_TEST_SUITE_P(Models, EachStoredModel, testing::ValuesIn(kCases),
                         [](const auto& c) { return c.param.name; });

}  // namespace
}  // namespace assay
