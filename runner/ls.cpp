// `runner ls`: the runs in the database, newest first.

#include <boost/program_options.hpp>
#include <cmath>
#include <iostream>
#include <limits>

#include "assay/errors.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "results/queries.hpp"
#include "runner/command.hpp"
#include "runner/database_options.hpp"
#include "runner/leaderboard_text.hpp"
#include "runner/verbs.hpp"

namespace assay {
namespace {

namespace po = boost::program_options;

Cell number_cell(const StoredNumber& number, int decimals) {
  if (number.missing()) return {};
  if (number.value) return Cell::number(*number.value, decimals);
  const double infinity = std::numeric_limits<double>::infinity();
  return Cell::number(number.code == "nan" ? std::nan("") : number.code == "inf" ? infinity : -infinity);
}

Emphasis emphasis_of(const std::string& status) {
  if (status == "done") return Emphasis::none;
  return status == "running" || status == "planned" ? Emphasis::faint : Emphasis::bad;
}

/// What has no room on a narrow terminal goes in this order.
constexpr std::string_view kExpendable[] = {"fold", "fit_seconds", "metric", "dataset", "experiment", "seed"};
constexpr std::size_t kReasonWidth = 20;  // in which a reason can be read, wrapped

std::vector<Cell> row_of(const RunSummary& run, bool for_people) {
  const bool says_more = !run.reason.empty() && !(for_people && run.reason == run.status);
  return {Cell(run.uid).as(short_id(run.uid)),
          for_people ? Cell(local_time(run.time_ms)) : Cell::integer(run.time_ms),
          run.experiment,
          run.dataset,
          run.label,
          run.seed ? Cell::integer(*run.seed) : Cell(),
          Cell::integer(run.fold),
          Cell(run.status).with(emphasis_of(run.status)),
          run.primary_metric,
          number_cell(run.primary, 4),
          run.fit_seconds ? Cell::number(*run.fit_seconds, 2) : Cell(),
          says_more ? Cell(run.reason) : Cell()};
}

Listing listing_of(const std::vector<RunSummary>& runs, bool for_people) {
  Listing listing({{"run", ""},
                   {"started", ""},
                   {"experiment", ""},
                   {"dataset", ""},
                   {"model", ""},
                   {"seed", ""},
                   {"fold", ""},
                   {"status", ""},
                   {"metric", ""},
                   {"value", ""},
                   {"fit_seconds", "fit s"},
                   {"reason", ""}});
  for (const RunSummary& run : runs) listing.add(row_of(run, for_people));
  return listing;
}

/// On standard output, as many columns as fit; those that do not are named on standard error.
void print_fitting(Listing listing, std::size_t width, bool quiet) {
  std::vector<std::string> left_out;
  for (const std::string_view name : kExpendable) {
    if (width == 0 || listing.text_width(kReasonWidth) <= width) break;
    left_out.push_back(std::string(name));
    listing = listing.without(name);
  }
  listing.print(std::cout, TableFormat::text, stdout_style());
  if (!left_out.empty() && !quiet)
    std::cerr << wrapped("No room here for " + join(left_out, ", ") + ": runner ls --format csv shows all.", width)
              << "\n";
}

}  // namespace

int run_ls(std::span<const std::string> arguments) {
  CommonOptions options;
  std::string experiment, format = "table";
  std::int64_t limit = 50;
  po::options_description description("Options");
  add_common(description, options);
  description.add_options()("experiment,e", po::value(&experiment), "Only runs of this experiment: name or id.")(
      "limit,n", po::value(&limit), "So many, the newest; 0: all (50).")("format,f", po::value(&format),
                                                                         "table, csv, json or markdown.");
  std::vector<std::string> rest;
  if (parse("ls", description, arguments, rest)) return kDone;
  if (!rest.empty()) throw ConfigError("runner ls takes no arguments. runner show " + rest[0] + " shows one run.");
  if (limit < 0) throw ConfigError("runner ls: --limit must be 0 (all) or more.");
  const TableFormat shape = chosen_format(format, options.json);
  ReadResults database(options.db);
  const auto chosen = experiment.empty() ? std::nullopt : std::optional(experiment);
  std::vector<RunSummary> runs = list_runs(database, chosen, limit > 0 ? limit + 1 : 0);
  const bool more = limit > 0 && runs.size() > static_cast<std::size_t>(limit);
  if (more) runs.pop_back();
  const bool for_people = shape == TableFormat::text || shape == TableFormat::markdown;
  if (shape == TableFormat::text)
    print_fitting(listing_of(runs, for_people), stdout_style().width, options.quiet);
  else
    listing_of(runs, for_people).print(std::cout, shape);
  if (more && !options.quiet)
    std::cerr << "The newest " << limit << " of " << database.integer("SELECT count(*) FROM runs")
              << " runs; --limit 0 shows all.\n";
  if (!options.quiet)
    for (const NotStarted& missing :
         not_started(database, chosen ? std::optional(find_experiment(database, chosen)) : std::nullopt))
      std::cerr << not_started_text(missing);
  return kDone;
}

}  // namespace assay
