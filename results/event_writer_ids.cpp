// Rows that are shared: found by their content, made where they are new.

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "results/codec.hpp"
#include "results/controller.hpp"
#include "results/event_writer.hpp"

namespace assay {
namespace {

/// Runs an "INSERT … ON CONFLICT … DO UPDATE … RETURNING id".
template <class... Values>
std::int64_t find_or_insert(Database& database, std::string_view sql, const Values&... values) {
  Statement& statement = database.prepare(sql);
  statement.bind(values...);
  if (!statement.step()) throw DatabaseError("a row was neither found nor made: " + std::string(sql));
  const std::int64_t id = statement.integer(0);
  statement.reset();
  return id;
}

/// SHA-256 of parts that cannot run into each other.
std::string sha256_of(std::initializer_list<std::string_view> parts) {
  Sha256 hash;
  for (const std::string_view part : parts) {
    hash.add(std::to_string(part.size()) + ":");
    hash.add(part);
  }
  return hash.hex();
}

void add_params(Database& database, std::int64_t trial, const std::string& params) {
  const auto object = nlohmann::json::parse(params, nullptr, false);
  if (!object.is_object()) return;
  for (const auto& [name, value] : object.items()) {
    std::optional<double> number;
    if (value.is_number()) number = value.get<double>();
    if (value.is_boolean()) number = value.get<bool>() ? 1 : 0;
    database.prepare("INSERT OR REPLACE INTO params (trial_id, name, value, number) VALUES (?1, ?2, ?3, ?4)")
        .run(trial, name, value.is_string() ? value.get<std::string>() : value.dump(), number);
  }
}

}  // namespace

void EventWriter::mark_lost_runs() {
  Transaction transaction(database_);
  std::vector<std::filesystem::path> locks;
  for (const OpenExperiment& e : open_experiments(database_)) {
    if (e.state != Liveness::dead) continue;
    const std::string reason = "its controller, process " + std::to_string(e.controller.pid) + " on " +
                               e.controller.host + ", ended without a word";
    database_
        .prepare(
            "UPDATE runs SET reason = ?2, ended_ms = ?3, status = 'lost' "
            "WHERE experiment_id = ?1 AND status = 'running'")
        .run(e.id, reason, now_ms());
    remove_planned(e.id);
    database_.prepare("UPDATE experiments SET interrupted = 1, ended_ms = ?2 WHERE id = ?1").run(e.id, now_ms());
    locks.push_back(controller_lock(database_.file(), e.uid));
  }
  transaction.commit();
  std::error_code stays;
  for (const std::filesystem::path& lock : locks) std::filesystem::remove(lock, stays);
}

std::int64_t EventWriter::config_id(const std::string& resolved) {
  return find_or_insert(database_,
                        "INSERT INTO configs (sha256, resolved) VALUES (?1, ?2) "
                        "ON CONFLICT (sha256) DO UPDATE SET sha256 = sha256 RETURNING id",
                        sha256_hex(resolved), resolved);
}

std::optional<std::int64_t> EventWriter::code_state_id(const CodeRecord& code) {
  if (code.commit.empty()) return std::nullopt;
  return find_or_insert(database_,
                        "INSERT INTO code_states (sha256, revision, dirty, diff) VALUES (?1, ?2, ?3, ?4) "
                        "ON CONFLICT (sha256) DO UPDATE SET sha256 = sha256 RETURNING id",
                        sha256_of({code.commit, code.dirty ? "dirty" : "clean", code.diff}), code.commit, code.dirty,
                        code.diff);
}

std::int64_t EventWriter::environment_id(const EnvironmentRecord& e) {
  const std::string hash =
      sha256_of({e.hostname, e.os, e.kernel, e.cpu, e.isa, e.compiler, e.assay_version, e.onednn_version,
                 std::to_string(e.cores), std::to_string(e.memory_bytes), e.hw_key});
  return find_or_insert(database_,
                        "INSERT INTO environments (sha256, hostname, os, kernel, cpu, isa, compiler, assay_version, "
                        "onednn_version, cores, memory_bytes, hw_key) "
                        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) "
                        "ON CONFLICT (sha256) DO UPDATE SET sha256 = sha256 RETURNING id",
                        hash, e.hostname, e.os, e.kernel, e.cpu, e.isa, e.compiler, e.assay_version, e.onednn_version,
                        e.cores, e.memory_bytes, e.hw_key);
}

std::int64_t EventWriter::plugin_id(const char* kind, const std::string& name, const std::string& library,
                                    const std::string& sha256, const std::string& build_id) {
  return find_or_insert(database_,
                        "INSERT INTO plugins (kind, name, library, library_sha256, build_id) "
                        "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (kind, name, library_sha256) "
                        "DO UPDATE SET build_id = iif(build_id = '', excluded.build_id, build_id) RETURNING id",
                        kind, name, library, sha256, build_id);
}

std::int64_t EventWriter::dataset_id(const DatasetSpec& spec, const PreparedInfo& data) {
  const std::int64_t reader = plugin_id("dataset", spec.plugin, spec.library, spec.library_sha256, "");
  return find_or_insert(
      database_,
      "INSERT INTO datasets (name, fingerprint, raw_fingerprint, source_key, reader_id, params, licence, citation, "
      "users, items, interactions, raw_users, raw_items, raw_interactions, skipped_lines, has_times) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) "
      "ON CONFLICT (name, fingerprint) DO UPDATE SET name = name RETURNING id",
      spec.name, data.dataset_fingerprint, data.raw_fingerprint, data.source_key, reader, spec.params, spec.licence,
      spec.citation, data.users, data.items, data.interactions, data.raw_users, data.raw_items, data.raw_interactions,
      data.skipped_lines, data.has_times);
}

std::int64_t EventWriter::trial_id(const TrialPlanned& e) {
  const ModelSpec& model = experiment().models.at(e.trial.model);
  const std::optional<std::int64_t> seed =
      e.trial.seed ? std::optional(static_cast<std::int64_t>(*e.trial.seed)) : std::nullopt;
  const int threads = model.traits.any_threads ? 1 : experiment().threads;
  const std::int64_t known = database_.integer("SELECT coalesce(max(id), 0) FROM trials");
  const std::int64_t id =
      find_or_insert(database_,
                     "INSERT INTO trials (key, task_id, fold, model, params, training, seed, threads) "
                     "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (key) DO UPDATE SET key = key RETURNING id",
                     e.trial_key, task_of(e.task_key).task, e.trial.fold, model.plugin, model.params, block("training"),
                     seed, threads);
  if (id > known) add_params(database_, id, model.params);
  return id;
}

std::int64_t EventWriter::new_run(const TrialPlanned& e, std::int64_t trial) {
  const ModelSpec& model = experiment().models.at(e.trial.model);
  const std::optional<std::int64_t> seed =
      e.trial.seed ? std::optional(static_cast<std::int64_t>(*e.trial.seed)) : std::nullopt;
  const std::int64_t plugin = plugin_id("model", model.plugin, model.library, model.library_sha256, model.build_id);
  database_
      .prepare(
          "INSERT INTO runs (uid, experiment_id, trial_id, dataset_id, plugin_id, build_key, label, fold, seed, "
          "status, planned_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'planned', ?10)")
      .run(e.run_uid, experiment_id_, trial, task_of(e.task_key).dataset, plugin, e.build_key, model.label,
           e.trial.fold, seed, now_ms());
  return database_.last_id();
}

/// None where a run that another process was going to start is gone by now.
std::optional<std::int64_t> EventWriter::earlier_run(const TrialPlanned& e, std::int64_t trial) {
  Statement& find = database_.prepare(
      "SELECT id FROM runs WHERE trial_id = ?1 AND (uid = ?2 OR (?2 = '' AND status = 'done')) "
      "ORDER BY build_key = ?3 DESC, id DESC LIMIT 1");
  find.bind(trial, e.earlier_run, e.build_key);
  const std::optional<std::int64_t> id = find.step() ? std::optional(find.integer(0)) : std::nullopt;
  find.reset();
  if (!id && e.decision == TrialDecision::already_done)
    throw Error("trial " + e.trial_key + " counts as done, but no run of it is in the database");
  return id;
}

void EventWriter::remove_planned(std::int64_t experiment) {
  for (const char* sql :
       {"DELETE FROM experiment_runs WHERE run_id IN (SELECT id FROM runs WHERE experiment_id = ?1 AND status = "
        "'planned')",
        "DELETE FROM runs WHERE experiment_id = ?1 AND status = 'planned'"})
    database_.prepare(sql).run(experiment);
}

std::int64_t EventWriter::eval_units_id(const RunIds& ids, const Evaluation& test) {
  Sha256 hash;
  hash.add(ids.task_key + " " + std::to_string(ids.fold) + " ");
  hash.add_values(std::span<const Index>(test.users));
  return find_or_insert(database_,
                        "INSERT INTO eval_units (sha256, task_id, fold, kind, count, units) "
                        "VALUES (?1, ?2, ?3, 'user', ?4, ?5) "
                        "ON CONFLICT (sha256) DO UPDATE SET sha256 = sha256 RETURNING id",
                        hash.hex(), task_of(ids.task_key).task, ids.fold, test.users.size(),
                        packer_.pack(std::span<const Index>(test.users)));
}

std::int64_t EventWriter::metric_id(const MetricValue& value) {
  const auto& all = all_metrics();
  const auto info = std::ranges::find(all, value.metric, &MetricInfo::name);
  if (info == all.end()) throw Error("metric \"" + value.metric + "\" has no definition in all_metrics()");
  return find_or_insert(
      database_,
      "INSERT INTO metrics (name, cutoff, definition, higher_is_better, per_unit) "
      "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (name, cutoff, definition, higher_is_better, per_unit) "
      "DO UPDATE SET name = name RETURNING id",
      value.metric, value.cutoff, info->definition, info->higher_is_better, info->per_user);
}

}  // namespace assay
