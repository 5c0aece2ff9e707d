// The asking side of the conformance suite: one child a component, its lines gathered into a report.

#include "plugin/conformance/conformance.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "plugin/child.hpp"
#include "plugin/probe.hpp"

namespace assay {
namespace {

using nlohmann::json;

Verdict verdict_of(const std::string& name) {
  return name == "kept" ? Verdict::kept : name == "skipped" ? Verdict::skipped : Verdict::broken;
}

std::vector<RuleResult> parse_lines(const std::string& out, bool& open) {
  std::vector<RuleResult> results;
  std::istringstream lines(out);
  open = false;
  for (std::string line; std::getline(lines, line);) {
    const json j = json::parse(line, nullptr, false);
    if (!j.is_object() || !j.contains("assay_check")) continue;
    if (j["assay_check"] == "begin") {
      results.push_back({j["rule"], j["promise"], Verdict::broken, "", j["remedy"]});
      open = true;
    } else if (open) {
      RuleResult& last = results.back();
      last.verdict = verdict_of(j["verdict"]);
      last.seen = j["seen"];
      if (last.verdict != Verdict::broken) last.remedy.clear();
      open = false;
    }
  }
  return results;
}

std::string tail(const std::string& text, std::size_t size) {
  std::string out = text.size() > size ? text.substr(text.size() - size) : text;
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

/// In the child both streams of the component lead to stderr, and we write to neither.
RuleResult quiet(const std::string& printed) {
  RuleResult result{"quiet", "Nothing is written to stdout or stderr.", Verdict::kept, "", ""};
  if (printed.empty()) return result;
  result.verdict = Verdict::broken;
  result.seen = "it wrote " + std::to_string(printed.size()) + " bytes: " + printed.substr(0, 200);
  result.remedy =
      "Throw what the user must know; report curves by run.loss() and run.measure(), texts by run.artifact().";
  return result;
}

ComponentReport check_in_child(const std::filesystem::path& file, const ComponentDescription& component, int seconds) {
  ComponentReport report{component.kind, component.name, component.version, {}};
  const std::string argv[] = {runner_executable().string(), "check-component", file.string(),
                              std::string(kind_name(component.kind)), component.name};
  const ChildResult child = run_child(argv, seconds);
  bool open = false;
  report.results = parse_lines(child.out, open);
  const std::string trouble = child.trouble(), last_words = tail(child.err, 2000);
  report.results.push_back(quiet(child.err));
  if (trouble.empty() && !open) return report;
  report.results.pop_back();  // the words of a crash are not the component's
  const std::string seen = (trouble.empty() ? "it ended the process" : trouble) +
                           (last_words.empty() ? "" : "; its last words: " + last_words);
  if (open)
    report.results.back().seen = seen;
  else
    report.results.push_back({"ends", "The process ends in peace after the last rule.", Verdict::broken, seen,
                              "Look at static destructors and threads that still run."});
  return report;
}

}  // namespace

bool ConformanceReport::passed() const noexcept {
  const auto kept = [](const RuleResult& r) { return r.verdict != Verdict::broken; };
  return refused.empty() && std::all_of(components.begin(), components.end(), [&](const ComponentReport& c) {
           return std::all_of(c.results.begin(), c.results.end(), kept);
         });
}

ConformanceReport check_library(const std::filesystem::path& file, int seconds) {
  ConformanceReport report;
  report.file = file;
  const ProbeResult probe = probe_in_child(file, seconds);
  if (const auto* refused = std::get_if<RefusedLibrary>(&probe)) {
    report.refused = refused->reason;
    return report;
  }
  for (const auto& component : std::get<std::vector<ComponentDescription>>(probe))
    report.components.push_back(check_in_child(file, component, seconds));
  return report;
}

std::string to_json(const ConformanceReport& report) {
  constexpr const char* verdicts[] = {"kept", "broken", "skipped"};
  json components = json::array();
  for (const auto& c : report.components) {
    json rules = json::array();
    for (const auto& r : c.results)
      rules.push_back({{"rule", r.rule},
                       {"promise", r.promise},
                       {"verdict", verdicts[static_cast<std::size_t>(r.verdict)]},
                       {"seen", r.seen},
                       {"remedy", r.remedy}});
    components.push_back({{"kind", kind_name(c.kind)}, {"name", c.name}, {"version", c.version}, {"rules", rules}});
  }
  const json out{{"file", report.file.string()},
                 {"refused", report.refused.empty() ? json() : json(report.refused)},
                 {"passed", report.passed()},
                 {"components", components}};
  return out.dump(2, ' ', false, json::error_handler_t::replace);
}

}  // namespace assay
