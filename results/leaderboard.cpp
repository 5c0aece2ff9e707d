// The ranking of an experiment's models: v_leaderboard, with what people need beside it.

#include <algorithm>

#include "results/find.hpp"
#include "results/queries.hpp"

namespace assay {
namespace {

LeaderboardRow& row_of(LeaderboardTask& task, const std::string& label) {
  const auto found = std::ranges::find(task.rows, label, &LeaderboardRow::label);
  if (found != task.rows.end()) return *found;
  task.rows.emplace_back().label = label;
  return task.rows.back();
}

std::vector<LeaderboardTask> tasks_of(Database& database, const std::string& uid) {
  Statement& rows = database.prepare(
      "SELECT k.key, d.name, d.users, d.items, k.train, k.validation, k.test FROM experiment_tasks et "
      "JOIN experiments e ON e.id = et.experiment_id JOIN tasks k ON k.id = et.task_id "
      "JOIN datasets d ON d.id = et.dataset_id WHERE e.uid = ?1 ORDER BY et.position");
  rows.bind(uid);
  std::vector<LeaderboardTask> tasks;
  while (rows.step()) {
    LeaderboardTask task;
    task.key = rows.text(0);
    task.dataset = rows.text(1);
    task.users = rows.integer(2);
    task.items = rows.integer(3);
    task.train = rows.integer(4);
    task.validation = rows.integer(5);
    task.test = rows.integer(6);
    if (std::ranges::find(tasks, task.key, &LeaderboardTask::key) == tasks.end()) tasks.push_back(std::move(task));
  }
  rows.reset();
  return tasks;
}

void read_cells(Database& database, const std::string& uid, LeaderboardTask& task) {
  Statement& rows = database.prepare(
      "SELECT l.label, l.metric, l.rank, l.mean, l.low, l.high, l.deviation, l.seeds, l.runs, l.failed, "
      "l.higher_is_better, l.definition FROM v_leaderboard l JOIN metrics m ON m.key = l.metric AND m.definition = "
      "l.definition WHERE l.experiment_uid = ?1 AND l.task = ?2 ORDER BY l.is_primary DESC, m.id, l.rank, "
      "l.label");
  rows.bind(uid, task.key);
  while (rows.step()) {
    const std::string metric = rows.text(1);
    if (task.metrics.empty() || task.metrics.back().key != metric)
      task.metrics.push_back({metric, rows.text(11), rows.integer(10) != 0});
    LeaderboardRow& row = row_of(task, rows.text(0));
    row.seeds = rows.integer(7);
    row.runs = rows.integer(8);
    row.failed = rows.integer(9);
    row.cells.push_back(
        {metric, rows.integer(2), rows.maybe_real(3), rows.maybe_real(4), rows.maybe_real(5), rows.maybe_real(6)});
  }
  rows.reset();
}

void read_runs(Database& database, const std::string& uid, LeaderboardTask& task) {
  Statement& rows = database.prepare(
      "SELECT er.label, avg(r.fit_seconds), max(r.seed IS NOT NULL) FROM experiment_runs er "
      "JOIN experiments e ON e.id = er.experiment_id JOIN runs r ON r.id = er.run_id JOIN trials t ON t.id = "
      "er.trial_id "
      "JOIN tasks k ON k.id = t.task_id WHERE e.uid = ?1 AND k.key = ?2 AND r.status = 'done' GROUP BY er.label");
  rows.bind(uid, task.key);
  while (rows.step()) {
    LeaderboardRow& row = row_of(task, rows.text(0));
    row.fit_seconds = rows.maybe_real(1);
    row.seeded = rows.integer(2) != 0;
  }
  rows.reset();
  const std::set<std::int64_t> dead = dead_experiments(database);
  Statement& others =
      database.prepare("SELECT " + summary_columns() +
                       "JOIN experiment_runs er ON er.run_id = r.id JOIN experiments w ON w.id = er.experiment_id "
                       "JOIN trials t ON t.id = r.trial_id JOIN tasks k ON k.id = t.task_id "
                       "WHERE w.uid = ?1 AND k.key = ?2 AND r.status <> 'done' ORDER BY r.id");
  others.bind(uid, task.key);
  while (others.step()) {
    RunSummary run = read_summary(others, dead);
    if (run.status == "planned" && dead.contains(others.integer(15))) continue;  // counted as not started
    task.missing.push_back(std::move(run));
  }
  others.reset();
}

void add_differences(Database& database, const Leaderboard& board, LeaderboardTask& task) {
  if (board.reference.empty()) return;
  const UnitValues reference = unit_values(database, board.uid, task.key, board.reference, board.primary);
  for (LeaderboardRow& row : task.rows)
    if (row.label != board.reference)
      row.difference =
          paired_difference(unit_values(database, board.uid, task.key, row.label, board.primary), reference);
}

}  // namespace

Leaderboard leaderboard(Database& database, const std::optional<std::string>& experiment) {
  Leaderboard board;
  board.uid = find_experiment(database, experiment);
  Statement& head =
      database.prepare("SELECT name, primary_metric, reference, started_ms FROM experiments WHERE uid = ?1");
  head.bind(board.uid);
  static_cast<void>(head.step());
  board.experiment = head.text(0);
  board.primary = head.text(1);
  board.reference = head.text(2);
  board.started_ms = head.integer(3);
  head.reset();
  for (const NotStarted& missing : not_started(database, board.uid)) board.not_started = missing.trials;
  board.tasks = tasks_of(database, board.uid);
  for (LeaderboardTask& task : board.tasks) {
    read_cells(database, board.uid, task);
    read_runs(database, board.uid, task);
    add_differences(database, board, task);
  }
  return board;
}

}  // namespace assay
