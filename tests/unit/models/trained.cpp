// Loads a model plugin's built library and gives a test what the framework would.

#include "trained.hpp"

#include <numeric>

#include "base/element.hpp"
#include "plugin/catalogue.hpp"

namespace assay::test {
namespace {

std::shared_ptr<Library> library_of(const std::string& name) {
  return Library::open(std::string(ASSAY_BINARY_DIR) + "/plugins/" + name + ".so");
}

class Alone final : public Group {
 public:
  int rank() const noexcept override { return 0; }
  int size() const noexcept override { return 1; }
  void sum(std::span<float>) override {}
  void broadcast(std::span<std::byte>, int) override {}
};

}  // namespace

std::shared_ptr<Recommender> make_model(const std::string& name, const std::string& params) {
  return make<Recommender>(*library_of(name), name, params);
}

Traits traits_of(const std::string& name) { return library_of(name)->components().front().traits; }

void Storage::tensor(std::string_view name, const Tensor& tensor) {
  const auto count = std::accumulate(tensor.shape.begin(), tensor.shape.end(), std::int64_t{1}, std::multiplies<>());
  const auto* first = static_cast<const std::byte*>(tensor.data);
  tensors_[std::string(name)] = {{first, first + static_cast<std::size_t>(count) * size_of(tensor.element)},
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

std::vector<std::string> Storage::tensor_names() const {
  std::vector<std::string> names;
  for (const auto& [name, stored] : tensors_) names.push_back(name);
  return names;
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
