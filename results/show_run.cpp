// One run with all that is known of it.

#include "assay/errors.hpp"

#include "base/text.hpp"
#include "results/codec.hpp"
#include "results/find.hpp"
#include "results/queries.hpp"

namespace assay {
namespace {

/// The id of the one run that `id` names.
std::int64_t find_run(Database& database, const std::string& id) {
  Statement& find = database.prepare("SELECT r.id, r.uid FROM runs r WHERE " + match_uid("r.uid") + " LIMIT 6");
  find.bind(id);
  std::vector<std::string> uids;
  std::int64_t run = 0;
  while (find.step()) {
    run = find.integer(0);
    uids.push_back(find.text(1));
  }
  find.reset();
  if (id.empty() || uids.empty())
    throw ConfigError(database.file().string() + ": no run's id begins or ends with \"" + id +
                      "\". runner ls lists the runs.");
  if (uids.size() > 1) {
    if (uids.size() == 6) uids.back() = "…";
    throw ConfigError("\"" + id + "\" is part of several runs' ids: " + join(uids, ", ") + ". Give more of it.");
  }
  return run;
}

/// The columns of a statement's only row, by name; those that are NULL or empty are left out.
Facts facts(Database& database, std::string_view sql, std::int64_t run) {
  Statement& row = database.prepare(sql);
  row.bind(run);
  Facts out;
  if (row.step())
    for (int c = 0; c < row.columns(); ++c)
      if (!row.null(c) && !row.text(c).empty())
        out.push_back({row.name(c), row.text(c), row.type(c) != Statement::Type::text});
  row.reset();
  return out;
}

/// Rows of name and value.
Facts pairs(Database& database, std::string_view sql, std::int64_t run) {
  Statement& rows = database.prepare(sql);
  rows.bind(run);
  Facts out;
  while (rows.step()) out.push_back({rows.text(0), rows.text(1), false});
  rows.reset();
  return out;
}

std::vector<StoredResult> results_of(Database& database, std::int64_t run, const std::string& primary) {
  Statement& rows = database.prepare(
      "SELECT m.key, m.definition, x.value, x.code, m.higher_is_better FROM results x JOIN metrics m ON m.id = "
      "x.metric_id WHERE x.run_id = ?1 ORDER BY m.key = ?2 DESC, m.id");
  rows.bind(run, primary);
  std::vector<StoredResult> out;
  while (rows.step()) out.push_back({rows.text(0), rows.text(1), stored_number(rows, 2), rows.integer(4) != 0});
  rows.reset();
  return out;
}

std::vector<Curve> curves_of(Database& database, std::int64_t run) {
  Statement& rows = database.prepare(
      "SELECT kind, series, count(*), max(epoch), min(value), max(value), "
      "(SELECT value FROM points f WHERE f.run_id = p.run_id AND f.kind = p.kind AND f.series = p.series "
      "ORDER BY epoch LIMIT 1), (SELECT code FROM points f WHERE f.run_id = p.run_id AND f.kind = p.kind AND f.series "
      "= p.series ORDER BY epoch LIMIT 1), (SELECT value FROM points f WHERE f.run_id = p.run_id AND f.kind = p.kind "
      "AND f.series = p.series ORDER BY epoch DESC LIMIT 1), (SELECT code FROM points f WHERE f.run_id = p.run_id AND "
      "f.kind = p.kind AND f.series = p.series ORDER BY epoch DESC LIMIT 1) "
      "FROM points p WHERE run_id = ?1 GROUP BY kind, series ORDER BY kind, series");
  rows.bind(run);
  std::vector<Curve> out;
  while (rows.step())
    out.push_back({rows.text(0), rows.text(1), rows.integer(2), rows.integer(3), stored_number(rows, 6),
                   stored_number(rows, 8), rows.maybe_real(4), rows.maybe_real(5)});
  rows.reset();
  return out;
}

RunSummary summary_of(Database& database, std::int64_t run) {
  Statement& row = database.prepare("SELECT " + summary_columns() + "WHERE r.id = ?1");
  row.bind(run);
  static_cast<void>(row.step());
  RunSummary summary = read_summary(row, dead_experiments(database));
  row.reset();
  return summary;
}

constexpr std::string_view kIdentity =
    "SELECT t.key AS trial, k.key AS task, r.build_key AS build, t.model, p.library, p.library_sha256, t.threads, "
    "t.training, e.file AS experiment_file, e.command_line, c.revision, iif(c.dirty, 'yes, see code_states.diff', '') "
    "AS uncommitted_changes, r.host, r.folder, r.attempts FROM runs r JOIN trials t ON t.id = r.trial_id "
    "JOIN tasks k ON k.id = t.task_id JOIN experiments e ON e.id = r.experiment_id JOIN plugins p ON p.id = "
    "r.plugin_id "
    "LEFT JOIN code_states c ON c.id = e.code_state_id WHERE r.id = ?1";

constexpr std::string_view kTiming =
    "SELECT epochs, best_epoch, iif(stopped_early, 'yes', 'no') AS stopped_early, read_seconds, fit_seconds, "
    "fit_cpu_seconds, evaluate_seconds, score_seconds, total_seconds, peak_bytes, tied_places, empty_lists, "
    "result_sha256 FROM runs WHERE id = ?1 AND status = 'done'";

constexpr std::string_view kEnvironment =
    "SELECT v.hostname, v.os, v.kernel, v.cpu, v.isa, v.cores, v.memory_bytes, v.compiler, v.assay_version, "
    "v.onednn_version, v.hw_key FROM runs r JOIN environments v ON v.id = r.environment_id "
    "WHERE r.id = ?1";

}  // namespace

RunDetails show_run(Database& database, const std::string& id) {
  const std::int64_t run = find_run(database, id);
  RunDetails details;
  details.summary = summary_of(database, run);
  details.identity = facts(database, kIdentity, run);
  details.timing = facts(database, kTiming, run);
  details.environment = facts(database, kEnvironment, run);
  details.params = pairs(database,
                         "SELECT p.name, p.value FROM params p "
                         "JOIN runs r ON r.trial_id = p.trial_id WHERE r.id = ?1 "
                         "ORDER BY p.name",
                         run);
  details.tags = pairs(database, "SELECT name, value FROM tags WHERE run_id = ?1 ORDER BY name", run);
  details.notes = pairs(database, "SELECT author, text FROM notes WHERE run_id = ?1 ORDER BY id", run);
  details.artifacts = pairs(database, "SELECT name, file FROM artifacts WHERE run_id = ?1 ORDER BY name", run);
  details.results = results_of(database, run, details.summary.primary_metric);
  details.curves = curves_of(database, run);
  const Facts json =
      facts(database, "SELECT t.params FROM runs r JOIN trials t ON t.id = r.trial_id WHERE r.id = ?1", run);
  if (!json.empty()) details.params_json = json.front().value;
  const Facts log = facts(database, "SELECT log_tail FROM runs WHERE id = ?1", run);
  if (!log.empty()) details.log_tail = log.front().value;
  return details;
}

StoredLists stored_lists(Database& database, const std::string& id) {
  Statement& row = database.prepare(
      "SELECT r.uid, d.fingerprint, k.split_fingerprint, et.prepared, r.fold, l.units, l.places, g.units, l.items, "
      "l.scores FROM runs r JOIN top_lists l ON l.run_id = r.id JOIN eval_units g ON g.id = r.eval_units_id "
      "JOIN trials t ON t.id = r.trial_id JOIN tasks k ON k.id = t.task_id JOIN datasets d ON d.id = r.dataset_id "
      "JOIN experiment_tasks et ON et.experiment_id = r.experiment_id AND et.task_id = k.id WHERE r.id = ?1");
  row.bind(find_run(database, id));
  if (!row.step()) throw ConfigError("run " + id + " kept no lists: only runs that are done have them.");
  StoredLists out{row.text(0), row.text(1), row.text(2), row.text(3), row.integer(4), {}};
  const std::int64_t users = row.integer(5), places = row.integer(6);
  out.lists.top_n = static_cast<int>(places);
  out.lists.users = unpack_integers(row.blob(7), users);
  out.lists.top_items = unpack_integers(row.blob(8), users * places);
  out.lists.top_scores = unpack_floats(row.blob(9), users * places);
  row.reset();
  return out;
}

}  // namespace assay
