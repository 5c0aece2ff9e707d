// Checks the values of a component's parameters and fills in the defaults.

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "plugin/catalogue.hpp"

namespace assay {
namespace {

using nlohmann::json;

/// A value that does not fit; what() says what would.
struct Misfit {
  std::string pointer, message;
};

std::string pointer_to(std::string_view name) {
  std::string out = "/";
  for (const char c : name) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

bool in_range(const ParamDescription& param, double value) {
  const bool above = param.minimum_open ? value > param.minimum : value >= param.minimum;
  const bool below = param.maximum_open ? value < param.maximum : value <= param.maximum;
  return above && below;
}

class Checker {
 public:
  explicit Checker(const ParamDescription& param) : param_(param) {}

  [[nodiscard]] json check(const json& value) const {
    const std::string pointer = pointer_to(param_.name);
    switch (param_.type) {
      case ParamType::boolean:
        if (!value.is_boolean()) misfit(pointer, "must be true or false", value);
        return value;
      case ParamType::integer:
        return integer(pointer, value);
      case ParamType::real:
        return real(pointer, value);
      case ParamType::text:
      case ParamType::path:
        return text(pointer, value);
      default:
        return list(pointer, value);
    }
  }

 private:
  [[nodiscard]] std::string wanted_range() const {
    const std::string range = range_text(param_);
    return range.empty() ? "of a size that its type can hold" : range;
  }

  [[noreturn]] void misfit(const std::string& pointer, const std::string& wanted, const json& value) const {
    std::string shown = value.dump(-1, ' ', false, json::error_handler_t::replace);
    if (shown.size() > 60) shown = shown.substr(0, 57) + "...";
    throw Misfit{pointer, wanted + ", not " + shown + " (" + param_.summary + ")"};
  }

  [[nodiscard]] json integer(const std::string& pointer, const json& value) const {
    std::int64_t number = 0;
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max())
      misfit(pointer, "must be below 2^63", value);
    if (value.is_number_integer()) {
      number = value.get<std::int64_t>();
    } else {  // 1e6 is an integer to the one who writes it
      const double real = value.is_number_float() ? value.get<double>() : std::nan("");
      if (!(real == std::floor(real)) || std::abs(real) > 0x1p53) misfit(pointer, "must be an integer", value);
      number = static_cast<std::int64_t>(real);
    }
    if (!in_range(param_, static_cast<double>(number))) misfit(pointer, "must be " + wanted_range(), value);
    return number;
  }

  [[nodiscard]] json real(const std::string& pointer, const json& value) const {
    if (value.is_string() && value.dump() == param_.default_json) return value;  // "inf", where that is the default
    if (!value.is_number()) misfit(pointer, "must be a number", value);
    const auto number = value.get<double>();
    if (!std::isfinite(number) || !in_range(param_, number)) misfit(pointer, "must be " + wanted_range(), value);
    return number;
  }

  [[nodiscard]] json text(const std::string& pointer, const json& value) const {
    if (!value.is_string())
      misfit(pointer, param_.type == ParamType::path ? "must be a path" : "must be a text", value);
    const auto word = value.get<std::string>();
    if (param_.type == ParamType::path && word.empty() && value.dump() != param_.default_json)
      misfit(pointer, "must name a file or folder", value);
    if (!param_.choices.empty() &&
        std::find(param_.choices.begin(), param_.choices.end(), word) == param_.choices.end())
      throw Misfit{pointer, "must be one of " + join(param_.choices, ", ") + ", not " + value.dump() + "." +
                                did_you_mean(word, param_.choices)};
    return value;
  }

  [[nodiscard]] json list(const std::string& pointer, const json& value) const {
    if (!value.is_array()) misfit(pointer, "must be a " + std::string(type_name(param_.type)), value);
    json out = json::array();
    for (std::size_t i = 0; i < value.size(); ++i) {
      const std::string place = pointer + "/" + std::to_string(i);
      out.push_back(param_.type == ParamType::integers ? integer(place, value[i])
                    : param_.type == ParamType::reals  ? real(place, value[i])
                                                       : text(place, value[i]));
    }
    return out;
  }

  const ParamDescription& param_;
};

std::vector<std::string> names_of(const ComponentDescription& component) {
  std::vector<std::string> names;
  for (const auto& param : component.params) names.push_back(param.name);
  return names;
}

void report_unknown(const ComponentDescription& component, const json& given, std::vector<ParamFinding>& findings) {
  const auto names = names_of(component);
  for (const auto& [name, value] : given.items()) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    std::string help = did_you_mean(name, names);
    if (help.empty()) help = names.empty() ? " It has none at all." : " It has: " + join(names, ", ") + ".";
    findings.push_back({pointer_to(name), component.name + " has no such parameter." + help});
  }
}

/// Defaults pass through the same checks, so that a real 1 is always written 1.0.
json default_of(const ParamDescription& param) {
  try {
    return Checker(param).check(json::parse(param.default_json));
  } catch (const Misfit&) {
    return json::parse(param.default_json);  // the conformance suite tells the plugin's author
  }
}

}  // namespace

std::string resolve_params(const ComponentDescription& component, const std::string& json_object,
                           std::vector<ParamFinding>& findings) {
  const json given = json::parse(json_object, nullptr, false);
  if (!given.is_object()) {
    findings.push_back({"", "the parameters of " + component.name + " must be a JSON object: {\"name\": value}"});
    return "{}";
  }
  report_unknown(component, given, findings);
  json out = json::object();
  for (const auto& param : component.params) {
    try {
      if (given.contains(param.name))
        out[param.name] = Checker(param).check(given[param.name]);
      else if (!param.required)
        out[param.name] = default_of(param);
      else
        findings.push_back({"", component.name + " needs the parameter \"" + param.name + "\": " + param.summary});
    } catch (const Misfit& misfit) {
      findings.push_back({misfit.pointer, misfit.message});
    }
  }
  return out.dump();
}

}  // namespace assay
