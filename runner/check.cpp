// `runner check FILE`: the conformance suite on a built plugin.

#include <boost/program_options.hpp>
#include <filesystem>
#include <iostream>

#include "assay/errors.hpp"

#include "base/guarded_stdout.hpp"
#include "plugin/conformance/conformance.hpp"
#include "runner/command.hpp"
#include "runner/table.hpp"
#include "runner/verbs.hpp"

namespace assay {
namespace {

void print_component(const ComponentReport& component) {
  const std::size_t width = stdout_style().width;
  std::cout << kind_name(component.kind) << " " << component.name << " " << component.version << "\n";
  for (const auto& r : component.results) {
    std::string name = r.rule;
    name.resize(std::max<std::size_t>(name.size(), 14), ' ');
    const bool broken = r.verdict == Verdict::broken, skipped = r.verdict == Verdict::skipped;
    std::cout << (broken    ? "  BROKEN  "
                  : skipped ? "  skipped "
                            : "  kept    ")
              << name << " " << wrapped(r.promise, width, 11 + name.size()) << "\n";
    if (skipped) std::cout << "            " << wrapped(r.seen + ".", width, 12) << "\n";
    if (broken)
      std::cout << "            seen: " << wrapped(r.seen, width, 18)
                << "\n            mend: " << wrapped(r.remedy, width, 18) << "\n";
  }
}

void print_text(const ConformanceReport& report) {
  if (!report.refused.empty()) std::cout << report.file.string() << " is refused: " << report.refused << "\n";
  std::size_t count[3] = {};
  for (const auto& component : report.components) {
    print_component(component);
    for (const auto& r : component.results) ++count[static_cast<std::size_t>(r.verdict)];
  }
  if (report.refused.empty())
    std::cout << count[0] << " rules kept, " << count[1] << " broken, " << count[2] << " skipped.\n";
}

Kind parse_kind(const std::string& name) {
  for (const Kind kind : {Kind::dataset, Kind::transform, Kind::model, Kind::backend})
    if (name == kind_name(kind)) return kind;
  throw ConfigError("\"" + name + "\" is no kind of component.");
}

}  // namespace

int run_check(std::span<const std::string> arguments) {
  namespace po = boost::program_options;
  bool json = false;
  int seconds = 300;
  po::options_description description("Options");
  description.add_options()("help,h", "Show this text.")("json", po::bool_switch(&json), "Machine-readable output.")(
      "seconds", po::value<int>(&seconds), "Time for each component (300).");
  std::vector<std::string> rest;
  if (parse("check", description, arguments, rest)) return kDone;
  if (rest.size() != 1) throw ConfigError("runner check FILE: one plugin library, please.");
  if (!std::filesystem::exists(rest[0])) throw ConfigError("runner check: there is no file " + rest[0] + ".");
  const ConformanceReport report = check_library(rest[0], seconds);
  if (json)
    std::cout << to_json(report) << "\n";
  else
    print_text(report);
  return report.passed() ? kDone : kPlugin;
}

int run_check_component(std::span<const std::string> arguments) {
  if (arguments.size() != 3) throw ConfigError("runner check-component FILE KIND NAME");
  static const GuardedStdout real;  // outlives the plugin's static objects, which are made later
  check_component(arguments[0], parse_kind(arguments[1]), arguments[2], [](std::string_view line) { real.tell(line); });
  return kDone;
}

}  // namespace assay
