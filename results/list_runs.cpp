// Lists of runs, and finding one by a part of its uid.

#include "assay/errors.hpp"

#include "base/text.hpp"
#include "results/controller.hpp"
#include "results/find.hpp"
#include "results/queries.hpp"

namespace assay {

StoredNumber stored_number(const Statement& row, int column) { return {row.maybe_real(column), row.text(column + 1)}; }

std::set<std::int64_t> dead_experiments(Database& database) {
  std::set<std::int64_t> dead;
  for (const OpenExperiment& e : open_experiments(database))
    if (e.state == Liveness::dead) dead.insert(e.id);
  return dead;
}

std::string match_uid(std::string_view column) {
  const std::string c(column);
  // Its end, of 8 characters, is the short_id() that people see; they type the beginning of that too.
  return "(" + c + " = ?1 OR substr(" + c + ", 1, length(?1)) = ?1 OR substr(" + c + ", -length(?1)) = ?1 OR substr(" +
         c + ", -8, length(?1)) = ?1)";
}

RunSummary read_summary(const Statement& row, const std::set<std::int64_t>& dead) {
  RunSummary run;
  run.uid = row.text(0);
  run.experiment = row.text(1);
  run.experiment_uid = row.text(2);
  run.dataset = row.text(3);
  run.label = row.text(4);
  run.status = row.text(5);
  run.reason = row.text(6);
  run.primary_metric = row.text(7);
  run.seed = row.maybe_integer(8);
  run.fold = row.integer(9);
  run.primary = stored_number(row, 10);
  run.fit_seconds = row.maybe_real(12);
  run.total_seconds = row.maybe_real(13);
  run.time_ms = row.integer(14);
  if (!dead.contains(row.integer(15))) return run;
  if (run.status == "running") run.status = "lost";
  if (run.reason.empty() && run.status != "done") run.reason = "its controller ended without a word";
  return run;
}

const std::string& summary_columns() {
  static const std::string columns =
      "r.uid, e.name, e.uid, d.name, r.label, r.status, r.reason, e.primary_metric, r.seed, r.fold, x.value, x.code, "
      "r.fit_seconds, r.total_seconds, coalesce(r.started_ms, r.planned_ms), r.experiment_id FROM runs r "
      "JOIN experiments e ON e.id = r.experiment_id JOIN datasets d ON d.id = r.dataset_id "
      "LEFT JOIN results x ON x.run_id = r.id "
      "AND x.metric_id IN (SELECT m.id FROM metrics m WHERE m.key = e.primary_metric) ";
  return columns;
}

std::vector<RunSummary> list_runs(Database& database, const std::optional<std::string>& experiment,
                                  std::int64_t limit) {
  const std::set<std::int64_t> dead = dead_experiments(database);
  std::string sql = "SELECT " + summary_columns();
  if (experiment)
    sql +=
        "JOIN experiment_runs er ON er.run_id = r.id JOIN experiments w ON w.id = er.experiment_id WHERE (w.name = ?1 "
        "OR " +
        match_uid("w.uid") + ") GROUP BY r.id ";
  sql += "ORDER BY r.id DESC LIMIT ?2";
  Statement& rows = database.prepare(sql);
  if (experiment) static_cast<void>(find_experiment(database, experiment));  // says what there is where none matches
  rows.bind(experiment, limit > 0 ? limit : -1);
  std::vector<RunSummary> runs;
  while (rows.step()) {
    RunSummary run = read_summary(rows, dead);
    if (run.status == "planned" && dead.contains(rows.integer(15))) continue;  // it never came to be
    runs.push_back(std::move(run));
  }
  rows.reset();
  return runs;
}

std::vector<NotStarted> not_started(Database& database, const std::optional<std::string>& experiment_uid) {
  const std::set<std::int64_t> dead = dead_experiments(database);
  Statement& rows = database.prepare(
      "SELECT e.name, e.uid, e.trials - (SELECT count(*) FROM experiment_runs er JOIN runs r ON r.id = er.run_id "
      "WHERE er.experiment_id = e.id AND NOT (r.experiment_id = e.id AND r.status = 'planned')), e.id, e.ended_ms "
      "FROM experiments e WHERE iif(?1 IS NULL, e.id = (SELECT max(n.id) FROM experiments n WHERE n.name = e.name), "
      "e.uid = ?1) ORDER BY e.id DESC");
  rows.bind(experiment_uid);
  std::vector<NotStarted> out;
  while (rows.step())
    if (rows.integer(2) > 0 && (!rows.null(4) || dead.contains(rows.integer(3))))
      out.push_back({rows.text(0), rows.text(1), rows.integer(2)});
  rows.reset();
  return out;
}

std::string find_experiment(Database& database, const std::optional<std::string>& experiment) {
  Statement& find =
      database.prepare(experiment ? "SELECT uid, name = ?1 FROM experiments WHERE name = ?1 OR " + match_uid("uid") +
                                        " ORDER BY name = ?1 DESC, id DESC LIMIT 2"
                                  : std::string("SELECT uid, 1 FROM experiments ORDER BY id DESC LIMIT 1"));
  if (experiment) find.bind(*experiment);
  if (find.step()) {
    const std::string uid = find.text(0);
    const bool by_name = find.integer(1) != 0;
    const bool several = find.step() && !by_name;
    find.reset();
    if (several) throw ConfigError("\"" + *experiment + "\" is part of several experiments' ids. Give more of it.");
    return uid;
  }
  if (!experiment) throw DatabaseError(database.file().string() + ": there is no experiment in it yet.");
  std::vector<std::string> names;
  Statement& all = database.prepare("SELECT DISTINCT name FROM experiments ORDER BY name");
  while (all.step()) names.push_back(all.text(0));
  all.reset();
  throw ConfigError(database.file().string() + ": there is no experiment \"" + *experiment + "\"." +
                    did_you_mean(*experiment, names) + " It has: " + join(names, ", ") + ".");
}

}  // namespace assay
