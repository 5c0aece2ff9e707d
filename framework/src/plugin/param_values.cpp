// Canonical JSON as a ParamSource.

#include "plugin/param_values.hpp"

#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <variant>

#include "assay/errors.hpp"

namespace assay {
namespace {

using nlohmann::json;

struct Texts {
  std::vector<std::string> owned;
  std::vector<std::string_view> views;
};
using Value =
    std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>, std::vector<double>, Texts>;

double real_of(const json& value) {
  if (!value.is_string()) return value.get<double>();
  const auto text = value.get<std::string>();
  if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
  return text == "-inf" ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
}

Value value_of(ParamType type, const json& value) {
  switch (type) {
    case ParamType::boolean:
      return value.get<bool>();
    case ParamType::integer:
      return value.get<std::int64_t>();
    case ParamType::real:
      return real_of(value);
    case ParamType::text:
    case ParamType::path:
      return value.get<std::string>();
    case ParamType::integers:
      return value.get<std::vector<std::int64_t>>();
    case ParamType::reals: {
      std::vector<double> out;
      for (const json& v : value) out.push_back(real_of(v));
      return out;
    }
    case ParamType::texts:
      return Texts{value.get<std::vector<std::string>>(), {}};
  }
  throw PluginError("a parameter of unknown type");
}

class Values final : public ParamSource {
 public:
  Values(const ComponentDescription& component, const std::string& canonical) : component_(component.name) {
    const json object = json::parse(canonical);
    for (const auto& param : component.params) values_.emplace(param.name, value_of(param.type, object.at(param.name)));
    for (auto& [name, value] : values_)
      if (auto* texts = std::get_if<Texts>(&value)) texts->views.assign(texts->owned.begin(), texts->owned.end());
  }

  [[nodiscard]] bool boolean(std::string_view name) const override { return get<bool>(name); }
  [[nodiscard]] std::int64_t integer(std::string_view name) const override { return get<std::int64_t>(name); }
  [[nodiscard]] double real(std::string_view name) const override { return get<double>(name); }
  [[nodiscard]] std::string_view text(std::string_view name) const override { return get<std::string>(name); }
  [[nodiscard]] std::span<const std::int64_t> integers(std::string_view name) const override {
    return get<std::vector<std::int64_t>>(name);
  }
  [[nodiscard]] std::span<const double> reals(std::string_view name) const override {
    return get<std::vector<double>>(name);
  }
  [[nodiscard]] std::span<const std::string_view> texts(std::string_view name) const override {
    return get<Texts>(name).views;
  }

 private:
  template <class T>
  [[nodiscard]] const T& get(std::string_view name) const {
    const auto found = values_.find(name);
    const T* value = found == values_.end() ? nullptr : std::get_if<T>(&found->second);
    if (value == nullptr)
      throw PluginError(component_ + " asks for a parameter \"" + std::string(name) +
                        "\" that its fields() do not declare with this type");
    return *value;
  }

  std::string component_;
  std::map<std::string, Value, std::less<>> values_;
};

}  // namespace

std::unique_ptr<ParamSource> values_of(const ComponentDescription& component, const std::string& canonical) {
  return std::make_unique<Values>(component, canonical);
}

}  // namespace assay
