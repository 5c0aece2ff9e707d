// Leaderboards as CSV and JSON.

#include "runner/leaderboard_data.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <ostream>

#include "assay/errors.hpp"

#include "base/text.hpp"

namespace assay {
namespace {

using json = nlohmann::ordered_json;

Cell optional_cell(const std::optional<double>& value) { return value ? Cell::number(*value) : Cell(); }

json number(const std::optional<double>& value) { return value ? json(*value) : json(nullptr); }

json row_json(const LeaderboardTask& task, const LeaderboardRow& row, const Places& metrics) {
  json out{{"model", row.label}, {"seeds", row.seeds},   {"seeded", row.seeded},
           {"runs", row.runs},   {"failed", row.failed}, {"fit_seconds", number(row.fit_seconds)}};
  for (const std::size_t m : metrics)
    if (const auto* cell = cell_of(row, task.metrics[m].key))
      out["metrics"][cell->metric] = {{"rank", cell->rank},
                                      {"mean", cell->mean ? json(*cell->mean) : json("nan")},
                                      {"low", number(cell->low)},
                                      {"high", number(cell->high)},
                                      {"deviation", number(cell->deviation)}};
  if (row.difference)
    out["difference"] = {{"mean", row.difference->mean},
                         {"low", row.difference->low},
                         {"high", row.difference->high},
                         {"p", row.difference->p},
                         {"users", row.difference->units}};
  return out;
}

json task_json(const Leaderboard& board, const LeaderboardTask& task, std::span<const std::string> wanted) {
  json out{{"task", task.key},      {"dataset", task.dataset},       {"users", task.users}, {"items", task.items},
           {"train", task.train},   {"validation", task.validation}, {"test", task.test},   {"metrics", json::object()},
           {"rows", json::array()}, {"not_done", json::array()}};
  const Places metrics = chosen_metrics(board, task, TableFormat::json, wanted);
  for (const std::size_t m : metrics)
    out["metrics"][task.metrics[m].key] = {{"definition", task.metrics[m].definition},
                                           {"higher_is_better", task.metrics[m].higher_is_better}};
  for (const LeaderboardRow& row : task.rows) out["rows"].push_back(row_json(task, row, metrics));
  for (const RunSummary& run : task.missing)
    out["not_done"].push_back({{"run", run.uid},
                               {"model", run.label},
                               {"seed", run.seed ? json(*run.seed) : json(nullptr)},
                               {"fold", run.fold},
                               {"status", run.status},
                               {"reason", run.reason}});
  return out;
}

}  // namespace

Places chosen_metrics(const Leaderboard& board, const LeaderboardTask& task, TableFormat format,
                      std::span<const std::string> wanted) {
  std::vector<std::string> keys;
  for (const LeaderboardMetric& metric : task.metrics) keys.push_back(metric.key);
  Places places;
  if (task.metrics.empty()) return places;
  for (const std::string& key : wanted) {
    const auto found = std::ranges::find(keys, key);
    if (found == keys.end())
      throw ConfigError("--metric " + key + ": \"" + board.experiment + "\" has no such metric on " + task.dataset +
                        "." + did_you_mean(key, keys) + " It has: " + join(keys, ", ") + ".");
    places.push_back(static_cast<std::size_t>(found - keys.begin()));
  }
  if (!wanted.empty()) return places;
  const std::size_t at = board.primary.find('@');
  const std::string cutoff = at == std::string::npos ? "" : board.primary.substr(at);
  const bool all = format == TableFormat::csv || format == TableFormat::json;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::size_t own = keys[i].find('@');
    if (all || own == std::string::npos || keys[i].substr(own) == cutoff || keys[i] == board.primary)
      places.push_back(i);
  }
  return places;
}

const LeaderboardCell* cell_of(const LeaderboardRow& row, const std::string& metric) {
  const auto found = std::ranges::find(row.cells, metric, &LeaderboardCell::metric);
  return found == row.cells.end() ? nullptr : &*found;
}

void print_leaderboard_csv(std::ostream& out, const Leaderboard& board, std::span<const std::string> wanted) {
  Listing listing({{"experiment", ""},
                   {"experiment_uid", ""},
                   {"dataset", ""},
                   {"task", ""},
                   {"metric", ""},
                   {"rank", ""},
                   {"model", ""},
                   {"mean", ""},
                   {"low", ""},
                   {"high", ""},
                   {"deviation", ""},
                   {"seeds", ""},
                   {"runs", ""},
                   {"failed", ""},
                   {"fit_seconds", ""}});
  for (const LeaderboardTask& task : board.tasks)
    for (const std::size_t m : chosen_metrics(board, task, TableFormat::csv, wanted))
      for (const LeaderboardRow& row : task.rows)
        if (const auto* cell = cell_of(row, task.metrics[m].key))
          listing.add({board.experiment, board.uid, task.dataset, task.key, cell->metric, Cell::integer(cell->rank),
                       row.label, Cell::number(cell->mean.value_or(std::nan(""))), optional_cell(cell->low),
                       optional_cell(cell->high), optional_cell(cell->deviation), Cell::integer(row.seeds),
                       Cell::integer(row.runs), Cell::integer(row.failed), optional_cell(row.fit_seconds)});
  listing.print(out, TableFormat::csv);
}

void print_leaderboard_json(std::ostream& out, const Leaderboard& board, std::span<const std::string> wanted) {
  json root{{"experiment", board.experiment}, {"uid", board.uid},
            {"primary", board.primary},       {"reference", board.reference},
            {"started_ms", board.started_ms}, {"not_started", board.not_started},
            {"tasks", json::array()}};
  for (const LeaderboardTask& task : board.tasks) root["tasks"].push_back(task_json(board, task, wanted));
  out << root.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
}

}  // namespace assay
