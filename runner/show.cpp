// `runner show RUN`: all that is known of one run.

#include <boost/program_options.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "assay/errors.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "results/queries.hpp"
#include "runner/command.hpp"
#include "runner/database_options.hpp"
#include "runner/verbs.hpp"

namespace assay {
namespace {

using json = nlohmann::ordered_json;

std::string text_of(const StoredNumber& number) { return number.value ? shortest(*number.value) : number.code; }

/// With three digits; as it is where it is no number.
std::string seconds_text(const std::string& value) {
  char* end = nullptr;
  const double seconds = std::strtod(value.c_str(), &end);
  if (end == value.c_str() || *end != '\0') return printable(value);
  char buffer[400];
  std::snprintf(buffer, sizeof buffer, seconds < 100 ? "%.3g" : "%.0f", seconds);
  return buffer;
}

json json_of(const StoredNumber& number) {
  if (number.value) return *number.value;
  return number.missing() ? json(nullptr) : json(number.code);
}
json json_of(const std::optional<double>& number) { return number ? json(*number) : json(nullptr); }

json json_of(const Facts& facts) {
  json out = json::object();
  for (const Fact& fact : facts) out[fact.name] = fact.numeric ? json::parse(fact.value) : json(fact.value);
  return out;
}

void print_json(const RunDetails& run) {
  const RunSummary& s = run.summary;
  json out{{"run", s.uid},
           {"experiment", s.experiment},
           {"experiment_uid", s.experiment_uid},
           {"dataset", s.dataset},
           {"model", s.label},
           {"fold", s.fold},
           {"status", s.status},
           {"reason", s.reason},
           {"started_ms", s.time_ms},
           {"seed", s.seed ? json(*s.seed) : json(nullptr)}};
  out["identity"] = json_of(run.identity);
  out["params"] = json::parse(run.params_json, nullptr, false);
  out["timing"] = json_of(run.timing);
  out["environment"] = json_of(run.environment);
  out["tags"] = json_of(run.tags);
  out["artifacts"] = json_of(run.artifacts);
  out["results"] = json::object();
  for (const StoredResult& r : run.results)
    out["results"][r.metric] = {
        {"value", json_of(r.value)}, {"definition", r.definition}, {"higher_is_better", r.higher_is_better}};
  out["curves"] = json::array();
  for (const Curve& c : run.curves)
    out["curves"].push_back({{"kind", c.kind},
                             {"series", c.series},
                             {"points", c.points},
                             {"last_epoch", c.last_epoch},
                             {"first", json_of(c.first)},
                             {"last", json_of(c.last)},
                             {"lowest", json_of(c.lowest)},
                             {"highest", json_of(c.highest)}});
  out["notes"] = json::array();
  for (const Fact& note : run.notes) out["notes"].push_back({{"author", note.name}, {"text", note.value}});
  out["log_tail"] = run.log_tail;
  std::cout << out.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
}

/// Numbers as people read them; the name says the unit.
std::string shown(const Fact& fact) {
  const bool whole = !fact.value.empty() && fact.value.find_first_not_of("0123456789") == std::string::npos;
  if (whole && fact.name.ends_with("_bytes")) return human_bytes(std::stoll(fact.value));
  if (fact.name.ends_with("_seconds")) return seconds_text(fact.value);
  return fact.numeric && whole ? grouped(std::stoll(fact.value)) : printable(fact.value);
}

void print_facts(const char* title, const Facts& facts) {
  if (facts.empty()) return;
  std::size_t width = 0;
  for (const Fact& fact : facts) width = std::max(width, display_width(fact.name));
  std::cout << '\n' << title << '\n';
  const std::size_t columns = stdout_style().width;
  for (const Fact& fact : facts)
    std::cout << "  " << printable(fact.name) << std::string(width - display_width(fact.name) + 2, ' ')
              << wrapped(shown(fact), columns, width + 4) << '\n';
}

void print_results(const RunDetails& run) {
  if (run.results.empty()) return;
  Listing listing({{"metric", ""}, {"value", ""}, {"definition", ""}});
  for (const StoredResult& r : run.results)
    listing.add({r.metric, r.value.value ? Cell::number(*r.value.value, 6) : Cell(r.value.code), r.definition});
  std::cout << "\nResults\n";
  listing.print(std::cout, TableFormat::text, stdout_style());
}

void print_curves(const RunDetails& run) {
  if (run.curves.empty()) return;
  Listing listing(
      {{"curve", ""}, {"series", ""}, {"epochs", ""}, {"first", ""}, {"last", ""}, {"lowest", ""}, {"highest", ""}});
  const auto number = [](const std::optional<double>& value) { return value ? Cell::number(*value, 6) : Cell(); };
  for (const Curve& c : run.curves)
    listing.add({c.kind, c.series, Cell::integer(c.points),
                 c.first.value ? Cell::number(*c.first.value, 6) : Cell(text_of(c.first)),
                 c.last.value ? Cell::number(*c.last.value, 6) : Cell(text_of(c.last)), number(c.lowest),
                 number(c.highest)});
  std::cout << "\nCurves\n";
  listing.print(std::cout, TableFormat::text, stdout_style());
}

void print_text(const RunDetails& run) {
  const RunSummary& s = run.summary;
  std::cout << "run " << s.uid << '\n'
            << printable(s.label) << (s.seed ? ", seed " + std::to_string(*s.seed) : std::string()) << ", "
            << printable(s.dataset) << (s.fold ? ", fold " + std::to_string(s.fold) : std::string()) << ", experiment "
            << printable(s.experiment) << " (" << short_id(s.experiment_uid) << "), " << local_time(s.time_ms) << '\n'
            << s.status << (s.reason.empty() || s.reason == s.status ? "" : ": " + printable(s.reason)) << '\n';
  print_results(run);
  print_curves(run);
  print_facts("Parameters", run.params);
  print_facts("Effort", run.timing);
  print_facts("Identity", run.identity);
  print_facts("Environment", run.environment);
  print_facts("Tags", run.tags);
  print_facts("Notes", run.notes);
  print_facts("Artifacts", run.artifacts);
  if (run.log_tail.empty()) return;
  std::cout << "\nThe end of its log\n";
  std::string_view rest = run.log_tail;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    std::cout << "  " << printable(rest.substr(0, end)) << '\n';
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
}

}  // namespace

int run_show(std::span<const std::string> arguments) {
  CommonOptions options;
  boost::program_options::options_description description("Options");
  add_common(description, options);
  std::vector<std::string> rest;
  if (parse("show", description, arguments, rest)) return kDone;
  if (rest.size() != 1)
    throw ConfigError("runner show takes one run: the beginning or end of its id, as in runner ls.");
  ReadResults database(options.db);
  const RunDetails run = show_run(database, rest[0]);
  options.json ? print_json(run) : print_text(run);
  return kDone;
}

}  // namespace assay
