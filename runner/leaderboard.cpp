// `runner leaderboard`: an experiment's models by rank.

#include <boost/program_options.hpp>
#include <iostream>
#include <sstream>

#include "assay/errors.hpp"

#include "results/queries.hpp"
#include "runner/command.hpp"
#include "runner/database_options.hpp"
#include "runner/leaderboard_text.hpp"
#include "runner/verbs.hpp"

namespace assay {

int run_leaderboard(std::span<const std::string> arguments) {
  namespace po = boost::program_options;
  CommonOptions options;
  std::string format = "table";
  std::vector<std::string> metrics, rest;
  po::options_description description("Options");
  add_common(description, options);
  description.add_options()("metric,m", po::value(&metrics), "Show this metric, as ndcg@10; may be repeated.")(
      "format,f", po::value(&format), "table, csv, json or markdown.");
  if (parse("leaderboard", description, arguments, rest)) return kDone;
  if (rest.size() > 1) throw ConfigError("runner leaderboard takes one experiment: its name or a part of its id.");
  const TableFormat shape = chosen_format(format, options.json);
  ReadResults database(options.db);
  const Leaderboard board = leaderboard(database, rest.empty() ? std::nullopt : std::optional(rest[0]));
  std::ostringstream out;  // nothing of it is printed where a metric turns out to be unknown
  if (shape == TableFormat::text) out << printable(board.experiment) << ", " << local_time(board.started_ms) << "\n\n";
  if (shape == TableFormat::markdown) out << "# " << printable(board.experiment) << "\n\n";
  print_leaderboard(out, board, shape, stdout_style(), metrics);
  std::cout << out.view();
  return kDone;
}

}  // namespace assay
