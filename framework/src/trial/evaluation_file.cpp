// evaluation.safetensors: writing, reading, hashing.

#include "trial/evaluation_file.hpp"

#include <algorithm>
#include <array>

#include "assay/errors.hpp"

#include "base/hash.hpp"
#include "trial/attempt.hpp"
#include "trial/safetensors.hpp"

namespace assay {
namespace {

std::string name_of(const MetricValue& value) {
  return value.cutoff > 0 ? value.metric + "@" + std::to_string(value.cutoff) : value.metric;
}

template <class T>
void write_values(Writer& to, const std::string& name, const std::vector<T>& values, std::int64_t columns) {
  constexpr Element element = std::is_same_v<T, float> ? Element::f32 : Element::i32;
  const std::array shape{static_cast<std::int64_t>(values.size()) / std::max<std::int64_t>(1, columns), columns};
  to.tensor(name, {values.data(), element, std::span(shape).first(columns == 0 ? 1 : 2)});
}

template <class T>
std::vector<T> read_values(const SafetensorsFile& from, const std::string& name, std::size_t count) {
  constexpr Element element = std::is_same_v<T, float> ? Element::f32 : Element::i32;
  const Tensor t = from.tensor(name);
  std::int64_t size = 1;
  for (const std::int64_t extent : t.shape) size *= extent;
  if (t.element != element || size != static_cast<std::int64_t>(count))
    throw DataError(kEvaluationFile, 0, "tensor \"" + name + "\" does not fit the manifest");
  const T* data = static_cast<const T*>(t.data);
  return {data, data + count};
}

}  // namespace

void write_evaluation(const std::filesystem::path& folder, const Evaluation& e) {
  save_safetensors(folder / kEvaluationFile, [&](Writer& to) {
    write_values(to, "users", e.users, 0);
    for (const MetricValue& value : e.values)
      if (!value.per_user.empty()) write_values(to, "metric/" + name_of(value), value.per_user, 0);
    if (e.top_n > 0) {
      write_values(to, "top_items", e.top_items, e.top_n);
      write_values(to, "top_scores", e.top_scores, e.top_n);
    }
  });
}

void read_evaluation(const std::filesystem::path& folder, Evaluation& e) {
  const SafetensorsFile file(folder / kEvaluationFile);
  const Tensor users = file.tensor("users");
  if (users.shape.size() != 1) throw DataError(kEvaluationFile, 0, "tensor \"users\" is not a list");
  const auto count = static_cast<std::size_t>(users.shape[0]);
  e.users = read_values<Index>(file, "users", count);
  for (MetricValue& value : e.values)
    if (file.has_tensor("metric/" + name_of(value)))
      value.per_user = read_values<float>(file, "metric/" + name_of(value), count);
  if (e.top_n > 0) {
    e.top_items = read_values<Index>(file, "top_items", count * static_cast<std::size_t>(e.top_n));
    e.top_scores = read_values<float>(file, "top_scores", count * static_cast<std::size_t>(e.top_n));
  }
}

std::string result_sha256(const Evaluation& e) {
  std::vector<const MetricValue*> order;
  for (const MetricValue& value : e.values) order.push_back(&value);
  std::ranges::sort(order, [](const MetricValue* a, const MetricValue* b) {
    return std::pair(std::string_view(a->metric), a->cutoff) < std::pair(std::string_view(b->metric), b->cutoff);
  });
  Sha256 hash;
  hash.add_values(std::span<const Index>(e.users));
  for (const MetricValue* value : order) {
    hash.add(name_of(*value) + "\n");
    hash.add_values(std::span<const double>(&value->value, 1));
    hash.add_values(std::span<const float>(value->per_user));
  }
  return hash.hex();
}

}  // namespace assay
