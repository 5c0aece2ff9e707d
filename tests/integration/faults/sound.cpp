// Whether a database is sound: SQLite's own checks, and questions whose answer must be empty.

#include "faults.hpp"
#include "results/database.hpp"

namespace assay {
namespace {

constexpr const char* kQuestions[] = {
    // What every done run has, and no other one.
    "SELECT 'done without all of its facts: ' || uid FROM runs WHERE status = 'done' AND (result_sha256 IS NULL OR "
    "environment_id IS NULL OR eval_units_id IS NULL OR ended_ms IS NULL OR fit_seconds IS NULL)",
    "SELECT 'done with ' || count(x.metric_id) || ' results: ' || r.uid FROM runs r LEFT JOIN results x ON x.run_id = "
    "r.id WHERE r.status = 'done' GROUP BY r.id HAVING count(x.metric_id) <> 15",
    "SELECT 'done with ' || count(x.metric_id) || ' vectors: ' || r.uid FROM runs r LEFT JOIN unit_metrics x ON "
    "x.run_id = r.id WHERE r.status = 'done' GROUP BY r.id HAVING count(x.metric_id) <> 15",
    "SELECT 'done without lists: ' || uid FROM runs WHERE status = 'done' AND id NOT IN (SELECT run_id FROM top_lists)",
    "SELECT 'results of a run that is ' || status || ': ' || uid FROM runs WHERE status <> 'done' AND (result_sha256 "
    "IS "
    "NOT NULL OR id IN (SELECT run_id FROM results UNION SELECT run_id FROM unit_metrics UNION SELECT run_id FROM "
    "top_lists))",
    // Curves begin at epoch 1 and have no holes.
    "SELECT 'a curve with a hole: ' || r.uid FROM points p JOIN runs r ON r.id = p.run_id WHERE p.series = 'walk' "
    "GROUP "
    "BY r.id HAVING count(*) <> max(p.epoch) OR min(p.epoch) <> 1",
    // Rows that belong together came together.
    "SELECT 'of no experiment: ' || uid FROM runs WHERE id NOT IN (SELECT run_id FROM experiment_runs)",
    "SELECT 'planned in an experiment that is over: ' || r.uid FROM runs r JOIN experiments e ON e.id = "
    "r.experiment_id "
    "WHERE r.status IN ('planned', 'running') AND e.ended_ms IS NOT NULL",
    "SELECT 'an experiment without data: ' || e.uid FROM experiments e JOIN runs r ON r.experiment_id = e.id WHERE "
    "e.id "
    "NOT IN (SELECT experiment_id FROM experiment_tasks)",
    "SELECT 'a trial without parameters: ' || key FROM trials WHERE params <> '{}' AND id NOT IN (SELECT trial_id FROM "
    "params)",
};

void ask(Database& db, const std::string& sql, std::vector<std::string>& answers) {
  Statement& rows = db.prepare(sql);
  while (rows.step()) answers.push_back(rows.text(0));
  rows.reset();
}

}  // namespace

std::vector<std::string> faults_of(const std::filesystem::path& database) {
  std::vector<std::string> out;
  if (!std::filesystem::exists(database) || std::filesystem::file_size(database) == 0) return out;
  Database db(database, Database::Access::read);
  ask(db, "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'", out);
  ask(db, "SELECT 'foreign key: ' || \"table\" || ' row ' || rowid FROM pragma_foreign_key_check", out);
  if (db.integer("PRAGMA user_version") == 0) return out;  // killed before there were tables
  for (const char* question : kQuestions) ask(db, question, out);
  return out;
}

}  // namespace assay
