// Loads a model plugin's built library and gives a test what the framework would.

#include "trained.hpp"

#include <dlfcn.h>
#include <nlohmann/json.hpp>
#include <numeric>
#include <stdexcept>

#include "assay/plugin.hpp"

namespace assay::test {
namespace {

#define ASSAY_TEXT(x) ASSAY_TEXT_(x)
#define ASSAY_TEXT_(x) #x

const Component& component_of(const std::string& name) {
  const std::string file = std::string(ASSAY_BINARY_DIR) + "/plugins/" + name + ".so";
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) throw std::runtime_error(dlerror());
  const auto* info = static_cast<const PluginInfo*>(dlsym(library, ASSAY_TEXT(ASSAY_ABI_SYMBOL)));
  if (!info) throw std::runtime_error(file + " has no " ASSAY_TEXT(ASSAY_ABI_SYMBOL));
  return info->components[0];
}

/// Values of a JSON object, and the defaults for the rest.
class JsonSource final : public ParamSource {
 public:
  JsonSource(std::span<const ParamInfo> infos, const std::string& params) {
    for (const ParamInfo& info : infos) values_[info.name] = nlohmann::json::parse(info.default_json);
    for (const auto& [key, value] : nlohmann::json::parse(params).items()) values_.at(key) = value;
  }
  bool boolean(std::string_view name) const override { return at(name).get<bool>(); }
  std::int64_t integer(std::string_view name) const override { return at(name).get<std::int64_t>(); }
  double real(std::string_view name) const override { return at(name).get<double>(); }
  std::string_view text(std::string_view name) const override { return at(name).get_ref<const std::string&>(); }
  std::span<const std::int64_t> integers(std::string_view) const override { return {}; }
  std::span<const double> reals(std::string_view) const override { return {}; }
  std::span<const std::string_view> texts(std::string_view) const override { return {}; }

 private:
  const nlohmann::json& at(std::string_view name) const { return values_.at(std::string(name)); }
  std::map<std::string, nlohmann::json> values_;
};

class Thrower final : public ErrorSink {
 public:
  void error(std::string_view param, std::string_view message) override {
    text += std::string(param) + ": " + std::string(message);
  }
  std::string text;
};

class Alone final : public Group {
 public:
  int rank() const noexcept override { return 0; }
  int size() const noexcept override { return 1; }
  void sum(std::span<float>) override {}
  void broadcast(std::span<std::byte>, int) override {}
};

std::size_t bytes_of(Element element) {
  switch (element) {
    case Element::u8:
      return 1;
    case Element::f32:
    case Element::i32:
      return 4;
    default:
      return 8;
  }
}

}  // namespace

std::shared_ptr<Recommender> make_model(const std::string& name, const std::string& params) {
  const Component& component = component_of(name);
  Thrower errors;
  void* object = component.create(JsonSource(component.params(), params), errors);
  if (!object) throw std::invalid_argument(errors.text);
  return {static_cast<Recommender*>(object), [&component](Recommender* model) { component.destroy(model); }};
}

Traits traits_of(const std::string& name) { return component_of(name).traits; }

void Storage::tensor(std::string_view name, const Tensor& tensor) {
  const auto count = std::accumulate(tensor.shape.begin(), tensor.shape.end(), std::int64_t{1}, std::multiplies<>());
  const auto* first = static_cast<const std::byte*>(tensor.data);
  tensors_[std::string(name)] = {{first, first + static_cast<std::size_t>(count) * bytes_of(tensor.element)},
                                 tensor.element,
                                 {tensor.shape.begin(), tensor.shape.end()}};
}

void Storage::text(std::string_view name, std::string_view text) { texts_[std::string(name)] = text; }

Tensor Storage::tensor(std::string_view name) const {
  const auto it = tensors_.find(name);
  if (it == tensors_.end()) throw DataError("no tensor named " + std::string(name));
  return {it->second.bytes.data(), it->second.element, it->second.shape};
}

std::string_view Storage::text(std::string_view name) const {
  const auto it = texts_.find(name);
  if (it == texts_.end()) throw DataError("no text named " + std::string(name));
  return it->second;
}

Random OneShotRun::random(std::string_view purpose, std::uint64_t index) const {
  return Random(seed_ * 1000003 + std::hash<std::string_view>()(purpose) + index);
}

Group& OneShotRun::group() {
  static Alone alone;
  return alone;
}

std::vector<float> score_all(const Recommender& model, const Interactions& profiles, const std::vector<Index>& users) {
  const auto items = static_cast<std::size_t>(profiles.columns);
  std::vector<float> out(static_cast<std::size_t>(profiles.rows) * items);
  model.score({profiles, users}, {out.data(), profiles.columns, profiles.rows, 0, profiles.columns});
  return out;
}

std::vector<float> score_all(const Recommender& model, const Interactions& profiles) {
  std::vector<Index> users(static_cast<std::size_t>(profiles.rows));
  std::iota(users.begin(), users.end(), 0);
  return score_all(model, profiles, users);
}

}  // namespace assay::test
