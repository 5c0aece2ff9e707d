#pragma once  // What people ask of the results database, as values; printing them is the runner's business.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eval/evaluator.hpp"
#include "results/database.hpp"

namespace assay {

/// A stored number: finite, or one of the codes "nan", "inf", "-inf"; `missing` where there is none.
struct StoredNumber {
  std::optional<double> value;
  std::string code;
  [[nodiscard]] bool missing() const noexcept { return !value && code.empty(); }
};

struct RunSummary {
  std::string uid, experiment, experiment_uid, dataset, label, status, reason, primary_metric;
  std::optional<std::int64_t> seed;
  std::int64_t fold = 0;
  StoredNumber primary;
  std::optional<double> fit_seconds, total_seconds;
  std::int64_t time_ms = 0;  ///< started, or planned where it did not start
};

/// Newest first. `experiment`: as for find_experiment(); none: all. `limit` 0: no limit. Runs whose
/// controller died show as "lost", also before anyone wrote so.
[[nodiscard]] std::vector<RunSummary> list_runs(Database& database, const std::optional<std::string>& experiment,
                                                std::int64_t limit);

/// Trials of an experiment that never began, because it was interrupted; they have no runs.
struct NotStarted {
  std::string experiment, experiment_uid;
  std::int64_t trials = 0;
};
/// Of the newest experiment of each name (of one uid: of that experiment); those that run still and those that lack
/// nothing are left out.
[[nodiscard]] std::vector<NotStarted> not_started(Database& database,
                                                  const std::optional<std::string>& experiment_uid = std::nullopt);

struct Curve {
  std::string kind, series;
  std::int64_t points = 0, last_epoch = 0;
  StoredNumber first, last;
  std::optional<double> lowest, highest;
};
struct StoredResult {
  std::string metric, definition;
  StoredNumber value;
  bool higher_is_better = true;
};
struct Fact {
  std::string name, value;
  bool numeric = false;  ///< `value` is a number, as JSON writes it
};
using Facts = std::vector<Fact>;
struct RunDetails {
  RunSummary summary;
  Facts identity;  ///< trial, task, build, plugin, files, code
  Facts params;    ///< of the model
  std::string params_json;
  Facts timing;       ///< seconds, epochs, memory
  Facts environment;  ///< empty unless done
  Facts tags, notes;
  std::vector<StoredResult> results;  ///< the primary metric first
  std::vector<Curve> curves;
  Facts artifacts;  ///< name, file
  std::string log_tail;
};
/// By the beginning or end of its uid, or the beginning of its short_id(). Throws ConfigError where none or several
/// match.
[[nodiscard]] RunDetails show_run(Database& database, const std::string& id);

/// The lists that a run kept, and where the data lies that gives their indices names.
struct StoredLists {
  std::string run, dataset_fingerprint, split_fingerprint;
  std::filesystem::path prepared;  ///< it may be gone
  std::int64_t fold = 0;
  Evaluation lists;  ///< users, top_n, top_items and top_scores are filled
};
/// Throws ConfigError where the run kept none.
[[nodiscard]] StoredLists stored_lists(Database& database, const std::string& id);

struct LeaderboardCell {
  std::string metric;
  std::int64_t rank = 0;
  std::optional<double> mean, low, high, deviation;  ///< mean: none where a value is not finite
};
/// Against the reference model, on the primary metric: mean over units of the paired difference (seeds and folds
/// averaged within a unit), with a 95 % t-interval over units.
struct Difference {
  double mean = 0, low = 0, high = 0, p = 1;
  std::int64_t units = 0;
};
struct LeaderboardRow {
  std::string label;
  std::int64_t seeds = 0, runs = 0, failed = 0;
  bool seeded = false;                 ///< with one seed, the training's noise is unknown
  std::optional<double> fit_seconds;   ///< mean
  std::vector<LeaderboardCell> cells;  ///< in the order of the task's metrics
  std::optional<Difference> difference;
};
struct LeaderboardMetric {
  std::string key, definition;
  bool higher_is_better = true;
};
struct LeaderboardTask {
  std::string key, dataset;
  std::int64_t users = 0, items = 0, train = 0, validation = 0, test = 0;
  std::vector<LeaderboardMetric> metrics;  ///< the primary one first, the others in the order of the experiment
  std::vector<LeaderboardRow> rows;        ///< by rank in the primary metric
  std::vector<RunSummary> missing;         ///< runs that are not done, with their reasons
};
struct Leaderboard {
  std::string experiment, uid, primary, reference;
  std::int64_t started_ms = 0;
  std::int64_t not_started = 0;        ///< trials that an interruption kept from beginning
  std::vector<LeaderboardTask> tasks;  ///< in the experiment's order
};
/// The experiment's uid: by name (the latest of that name), or by a part of a uid as for show_run(); none: the latest
/// of all. Throws ConfigError with a suggestion; DatabaseError where there is no experiment at all.
[[nodiscard]] std::string find_experiment(Database& database, const std::optional<std::string>& experiment);
[[nodiscard]] Leaderboard leaderboard(Database& database, const std::optional<std::string>& experiment);

/// Metric values of each unit, averaged over the done runs (seeds and folds) of a label in an experiment's task; empty
/// where there are none.
struct UnitValues {
  std::vector<std::int64_t> units;  ///< dense indices, ascending
  std::vector<double> values;
};
[[nodiscard]] UnitValues unit_values(Database& database, const std::string& experiment_uid, const std::string& task_key,
                                     const std::string& label, const std::string& metric);
/// Paired by unit; none where fewer than two units are shared.
[[nodiscard]] std::optional<Difference> paired_difference(const UnitValues& of, const UnitValues& against);

}  // namespace assay
