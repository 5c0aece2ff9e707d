// Descriptions of components as JSON, and the JSON Schema of their parameters.

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "assay/errors.hpp"

#include "base/text.hpp"
#include "plugin/catalogue.hpp"

namespace assay {
namespace {

using nlohmann::json;

constexpr std::string_view kKinds[] = {"dataset", "transform", "model", "backend"};
constexpr std::string_view kTypes[] = {"boolean", "integer",          "real",          "text",
                                       "path",    "list of integers", "list of reals", "list of texts"};

/// Bounds that only mirror the range of the C++ type tell the user nothing.
bool is_told(double bound) {
  constexpr double silent[] = {std::numeric_limits<std::int32_t>::max(), std::numeric_limits<std::int32_t>::min(),
                               std::numeric_limits<std::uint32_t>::max(), std::numeric_limits<float>::max(),
                               std::numeric_limits<float>::lowest()};
  return std::isfinite(bound) && std::find(std::begin(silent), std::end(silent), bound) == std::end(silent);
}

json param_to_json(const ParamDescription& p) {
  json out{{"name", p.name}, {"summary", p.summary}, {"type", type_name(p.type)}, {"required", p.required}};
  if (!p.required) out["default"] = json::parse(p.default_json);
  if (std::isfinite(p.minimum)) out["minimum"] = p.minimum;
  if (std::isfinite(p.maximum)) out["maximum"] = p.maximum;
  if (p.minimum_open) out["minimum_open"] = true;
  if (p.maximum_open) out["maximum_open"] = true;
  if (!p.choices.empty()) out["choices"] = p.choices;
  return out;
}

template <std::size_t n>
std::size_t index_of(const std::string_view (&names)[n], const std::string& name) {
  const auto found = std::find(std::begin(names), std::end(names), name);
  if (found == std::end(names)) throw Error("\"" + name + "\" is not known here");
  return static_cast<std::size_t>(found - std::begin(names));
}

ParamDescription param_from_json(const json& j) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  ParamDescription p;
  p.name = j.at("name");
  p.summary = j.at("summary");
  p.type = static_cast<ParamType>(index_of(kTypes, j.at("type")));
  p.required = j.at("required");
  p.default_json = p.required ? "null" : j.at("default").dump();
  p.minimum = j.value("minimum", -infinity);
  p.maximum = j.value("maximum", infinity);
  p.minimum_open = j.value("minimum_open", false);
  p.maximum_open = j.value("maximum_open", false);
  p.choices = j.value("choices", std::vector<std::string>{});
  return p;
}

/// The schema of one value: of the parameter itself, or of an entry of its list.
json value_schema(const ParamDescription& p, const char* type) {
  json out{{"type", type}};
  if (std::isfinite(p.minimum)) out[p.minimum_open ? "exclusiveMinimum" : "minimum"] = p.minimum;
  if (std::isfinite(p.maximum)) out[p.maximum_open ? "exclusiveMaximum" : "maximum"] = p.maximum;
  if (!p.choices.empty()) out["enum"] = p.choices;
  return out;
}

json param_schema(const ParamDescription& p) {
  const auto list_of = [&](const char* type) { return json{{"type", "array"}, {"items", value_schema(p, type)}}; };
  json out;
  switch (p.type) {
    case ParamType::boolean:
      out = {{"type", "boolean"}};
      break;
    case ParamType::integer:
      out = value_schema(p, "integer");
      break;
    case ParamType::real:
      out = value_schema(p, "number");
      break;
    case ParamType::text:
    case ParamType::path:
      out = value_schema(p, "string");
      break;
    case ParamType::integers:
      out = list_of("integer");
      break;
    case ParamType::reals:
      out = list_of("number");
      break;
    case ParamType::texts:
      out = list_of("string");
      break;
  }
  out["description"] = p.summary;
  if (!p.required) out["default"] = json::parse(p.default_json);
  if (p.type == ParamType::real && out.contains("default") && out["default"].is_string())
    out["type"] = {"number", "string"};  // an infinite default has no other way to be written
  return out;
}

/// Whole numbers in digits: "1000000", where the shortest text would be "1e+06".
std::string bound_text(double bound) {
  const bool whole = std::abs(bound) < 1e15 && bound == std::floor(bound);
  return whole ? std::to_string(static_cast<std::int64_t>(bound)) : shortest(bound);
}

}  // namespace

std::string_view kind_name(Kind kind) noexcept { return kKinds[static_cast<std::size_t>(kind)]; }
std::string_view type_name(ParamType type) noexcept { return kTypes[static_cast<std::size_t>(type)]; }

std::string range_text(const ParamDescription& param) {
  const bool low = is_told(param.minimum);
  const bool high = is_told(param.maximum);
  std::string out;
  if (low) out += (param.minimum_open ? "above " : "at least ") + bound_text(param.minimum);
  if (low && high) out += " and ";
  if (high) out += (param.maximum_open ? "below " : "at most ") + bound_text(param.maximum);
  return out;
}

std::string params_schema(const ComponentDescription& component) {
  json properties = json::object(), required = json::array();
  for (const auto& p : component.params) {
    properties[p.name] = param_schema(p);
    if (p.required) required.push_back(p.name);
  }
  json out{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
           {"title", component.name},
           {"description", component.summary},
           {"type", "object"},
           {"properties", properties},
           {"additionalProperties", false}};
  if (!required.empty()) out["required"] = required;
  return out.dump(2);
}

std::string to_json(const ComponentDescription& c) {
  json params = json::array();
  for (const auto& p : c.params) params.push_back(param_to_json(p));
  const json out{{"kind", kind_name(c.kind)},
                 {"interface", c.interface},
                 {"name", c.name},
                 {"summary", c.summary},
                 {"traits",
                  {{"seeded", c.traits.seeded},
                   {"fold_in", c.traits.fold_in},
                   {"slices", c.traits.slices},
                   {"cold_items", c.traits.cold_items},
                   {"any_threads", c.traits.any_threads}}},
                 {"params", params},
                 {"plugin", c.plugin},
                 {"version", c.version},
                 {"file", c.file.string()},
                 {"sha256", c.sha256},
                 {"build_id", c.build_id}};
  return out.dump(2);
}

ComponentDescription component_from_json(const std::string& text) {
  try {
    const json j = json::parse(text);
    const json& traits = j.at("traits");
    ComponentDescription c;
    c.kind = static_cast<Kind>(index_of(kKinds, j.at("kind")));
    c.interface = j.at("interface");
    c.name = j.at("name");
    c.summary = j.at("summary");
    c.traits = {traits.at("seeded"), traits.at("fold_in"), traits.at("slices"), traits.at("cold_items"),
                traits.at("any_threads")};
    for (const json& p : j.at("params")) c.params.push_back(param_from_json(p));
    c.plugin = j.at("plugin");
    c.version = j.at("version");
    c.file = j.at("file").get<std::string>();
    c.sha256 = j.at("sha256");
    c.build_id = j.at("build_id");
    return c;
  } catch (const json::exception& e) {
    throw Error(std::string("not the description of a component: ") + e.what());
  }
}

}  // namespace assay
