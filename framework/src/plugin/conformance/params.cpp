// Rules for parameters: documented, within their own bounds, refused beyond them, and enough to make an object.

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "assay/errors.hpp"

#include "base/text.hpp"
#include "plugin/conformance/rules.hpp"

namespace assay::conformance {
namespace {

constexpr Rule kDocumented{"documented", "The component and each parameter are described by a sentence.",
                           "Write a summary that begins with a capital letter and ends with a full stop."};
constexpr Rule kDefaults{"defaults", "Every default lies within the parameter's own bounds and choices.",
                         "Change the member's initializer or the bounds in fields()."};
constexpr Rule kRefuses{"refuses", "Values out of range, of a wrong type or of an unknown name are refused.",
                        "Give the parameter bounds in fields(): .in(), .at_least(), .above(), .below(), .one_of()."};
constexpr Rule kCreates{"creates", "The default parameters make an object.",
                        "The constructor must accept the defaults that fields() declares."};
constexpr Rule kBounds{"bounds", "A parameter at its bound makes an object, or is refused with a word.",
                       "Throw a std::exception whose message says which values go together."};

bool is_sentence(const std::string& text) {
  const auto first = static_cast<unsigned char>(text.empty() ? '\0' : text.front());
  const bool lower = first >= 'a' && first <= 'z';
  return text.size() >= 5 && !lower && (text.back() == '.' || text.back() == '?' || text.back() == ')');
}

bool is_name(const std::string& name) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' && std::all_of(name.begin(), name.end(), allowed);
}

void documented(const ComponentDescription& c) {
  if (!is_sentence(c.summary)) throw Broken{"the component's summary is \"" + c.summary + "\""};
  std::set<std::string> names;
  for (const auto& p : c.params) {
    if (!is_name(p.name)) throw Broken{"\"" + p.name + "\" is no name: lower-case letters, digits and _ are"};
    if (!names.insert(p.name).second) throw Broken{"two parameters have the name " + p.name};
    if (!is_sentence(p.summary)) throw Broken{"the summary of " + p.name + " is \"" + p.summary + "\""};
  }
}

/// What resolve_params() finds in {"name": value}; values of other parameters stay as they are.
std::vector<ParamFinding> findings_of(const ComponentDescription& c, const std::string& name, const std::string& json) {
  std::vector<ParamFinding> all, own;
  static_cast<void>(resolve_params(c, "{\"" + name + "\":" + json + "}", all));
  for (auto& f : all)
    if (f.pointer.starts_with("/" + name)) own.push_back(std::move(f));
  return own;
}

void defaults(const ComponentDescription& c) {
  for (const auto& p : c.params) {
    if (!(p.minimum <= p.maximum)) throw Broken{p.name + ": no value lies between its bounds"};
    if (p.required) continue;
    const auto found = findings_of(c, p.name, p.default_json);
    if (!found.empty()) throw Broken{p.name + " = " + p.default_json + ": " + found[0].message};
  }
}

bool is_number(const ParamDescription& p) {
  return p.type == ParamType::integer || p.type == ParamType::real || p.type == ParamType::integers ||
         p.type == ParamType::reals;
}
bool is_list(const ParamDescription& p) {
  return p.type == ParamType::integers || p.type == ParamType::reals || p.type == ParamType::texts;
}

std::string as_json(const ParamDescription& p, double value) {
  const bool integer = p.type == ParamType::integer || p.type == ParamType::integers;
  const std::string text =
      integer && std::abs(value) < 9e18 ? std::to_string(static_cast<std::int64_t>(value)) : shortest(value);
  return is_list(p) ? "[" + text + "]" : text;
}

/// The nearest value beyond a bound.
double beyond(const ParamDescription& p, double bound, bool open, double direction) {
  if (open) return bound;
  const bool integer = p.type == ParamType::integer || p.type == ParamType::integers;
  return integer ? bound + direction : std::nextafter(bound, direction * std::numeric_limits<double>::infinity());
}

std::vector<std::string> bad_values(const ParamDescription& p) {
  std::vector<std::string> out{"{}"};
  if (p.type != ParamType::boolean) out.emplace_back("true");
  if (is_number(p) && std::isfinite(p.minimum)) out.push_back(as_json(p, beyond(p, p.minimum, p.minimum_open, -1)));
  if (is_number(p) && std::isfinite(p.maximum)) {
    const double above = beyond(p, p.maximum, p.maximum_open, 1);
    if (std::isfinite(above)) out.push_back(as_json(p, above));
  }
  if (!p.choices.empty()) out.emplace_back(is_list(p) ? "[\"no such choice\"]" : "\"no such choice\"");
  return out;
}

void refuses(const ComponentDescription& c) {
  if (findings_of(c, "no_such_parameter", "1").empty()) throw Broken{"no_such_parameter = 1 is accepted"};
  for (const auto& p : c.params)
    for (const auto& value : bad_values(p))
      if (findings_of(c, p.name, value).empty()) throw Broken{p.name + " = " + value + " is accepted"};
}

/// The least and the greatest value of every number, one at a time. Sizes beyond 10⁹ are not tried: an object that
/// allocates by them would only measure the machine.
void bounds(const Subject& subject) {
  const ComponentDescription& c = subject.component;
  for (const auto& p : c.params) {
    if (!is_number(p) || is_list(p)) continue;
    for (const double bound : {p.minimum, p.maximum}) {
      const std::string value = as_json(p, bound);
      if (!(std::abs(bound) <= 1e9) || !findings_of(c, p.name, value).empty()) continue;
      try {
        static_cast<void>(subject.library.create(c.kind, c.name, with_value(subject.params, p.name, value)));
      } catch (const ConfigError&) {
        // Refused with a word, as it may be: values can be wrong together.
      }
    }
  }
}

}  // namespace

std::string with_value(const std::string& params, const std::string& name, const std::string& value) {
  auto object = nlohmann::json::parse(params);
  object[name] = nlohmann::json::parse(value);
  return object.dump();
}

void check_params(const Subject& subject, Rules& rules) {
  const ComponentDescription& c = subject.component;
  rules.attempt(kDocumented, [&] { documented(c); });
  rules.attempt(kDefaults, [&] { defaults(c); });
  rules.attempt(kRefuses, [&] { refuses(c); });
  rules.attempt(kCreates, [&] {
    try {
      static_cast<void>(subject.library.create(c.kind, c.name, subject.params));
    } catch (const ConfigError& e) {
      const bool ours = std::any_of(c.params.begin(), c.params.end(), [](const auto& p) { return p.required; });
      if (ours) throw Skipped{std::string("it needs parameters of the user's: ") + e.what()};
      throw Broken{e.what()};
    }
  });
  rules.attempt(kBounds, [&] { bounds(subject); });
}

}  // namespace assay::conformance
