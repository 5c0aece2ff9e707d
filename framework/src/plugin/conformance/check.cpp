// Tries all rules on one component, in this process, and tells each before and after.

#include <nlohmann/json.hpp>

#include "assay/errors.hpp"

#include "plugin/conformance/rules.hpp"

namespace assay {
namespace conformance {
namespace {

using nlohmann::json;

constexpr Rule kFloatMode{"float_mode", "Opening the library leaves the processor's floating-point mode alone.",
                          "Do not link with -ffast-math or -Ofast: it switches denormals off for the whole process."};

constexpr const char* kVerdicts[] = {"kept", "broken", "skipped"};

class LineRules final : public Rules {
 public:
  explicit LineRules(const std::function<void(std::string_view)>& tell) : tell_(tell) {}

 private:
  void begin(const Rule& rule) override {
    write({{"assay_check", "begin"}, {"rule", rule.name}, {"promise", rule.promise}, {"remedy", rule.remedy}});
  }
  void end(const RuleResult& r) override {
    write({{"assay_check", "end"}, {"verdict", kVerdicts[static_cast<std::size_t>(r.verdict)]}, {"seen", r.seen}});
  }
  void write(const json& line) { tell_(line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"); }
  const std::function<void(std::string_view)>& tell_;
};

/// The defaults; where a value is required, one that cannot do harm. The values need not suit the component.
std::string harmless_params(const ComponentDescription& component) {
  std::vector<ParamFinding> ignored;
  std::string params = resolve_params(component, "{}", ignored);
  for (const auto& p : component.params) {
    if (!p.required) continue;
    const double number = std::max(p.minimum, std::min(p.maximum, 1.0));
    const json text = p.choices.empty() ? "/nonexistent" : p.choices[0];
    json value;
    if (p.type == ParamType::boolean) value = false;
    if (p.type == ParamType::integer) value = static_cast<std::int64_t>(number);
    if (p.type == ParamType::real) value = number;
    if (p.type == ParamType::text || p.type == ParamType::path) value = text;
    if (p.type == ParamType::integers) value = json::array({static_cast<std::int64_t>(number)});
    if (p.type == ParamType::reals) value = json::array({number});
    if (p.type == ParamType::texts) value = json::array({text});
    params = with_value(params, p.name, value.dump());
  }
  return params;
}

}  // namespace

void Rules::attempt(const Rule& rule, const std::function<void()>& body) {
  RuleResult result{rule.name, rule.promise, Verdict::kept, "", ""};
  begin(rule);
  try {
    body();
  } catch (const Skipped& skipped) {
    result.verdict = Verdict::skipped;
    result.seen = skipped.why;
  } catch (const Broken& broken) {
    result.verdict = Verdict::broken;
    result.seen = broken.seen;
  } catch (const std::exception& e) {
    result.verdict = Verdict::broken;
    result.seen = std::string("it threw: ") + e.what();
  } catch (...) {
    result.verdict = Verdict::broken;
    result.seen = "it threw something that is not a std::exception";
  }
  if (result.verdict == Verdict::broken) result.remedy = rule.remedy;
  end(result);
}

}  // namespace conformance

void check_component(const std::filesystem::path& file, Kind kind, std::string_view name,
                     const std::function<void(std::string_view)>& tell) {
  using namespace conformance;
  const auto library = Library::open(file);
  const ComponentDescription* component = nullptr;
  for (const auto& c : library->components())
    if (c.kind == kind && c.name == name) component = &c;
  if (component == nullptr) throw PluginError(file.string() + ": has no " + std::string(name));
  LineRules rules(tell);
  const Subject subject{*library, *component, harmless_params(*component)};
  rules.attempt(kFloatMode, [&] {
    if (library->changed_float_mode()) throw Broken{"its initializers changed the mode"};
  });
  check_params(subject, rules);
  if (component->interface == "recommender") check_recommender(subject, rules);
  if (component->interface == "dataset") check_dataset(subject, rules);
  if (component->interface == "backend") check_backend(subject, rules);
}

}  // namespace assay
