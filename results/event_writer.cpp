// The events of an experiment, as rows.

#include "results/event_writer.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <system_error>

#include "base/text.hpp"
#include "results/codec.hpp"
#include "results/controller.hpp"

namespace assay {
namespace {

/// A number as it is stored: NULL and a code where it is not finite.
struct Stored {
  std::optional<double> value;
  std::optional<std::string_view> code;
};
Stored stored(double value) {
  if (std::isfinite(value)) return {value, {}};
  return {{}, std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf"};
}

}  // namespace

const char* to_text(RunStatus status) noexcept {
  switch (status) {
    case RunStatus::done:
      return "done";
    case RunStatus::failed:
      return "failed";
    case RunStatus::diverged:
      return "diverged";
    case RunStatus::crashed:
      return "crashed";
    case RunStatus::timeout:
      return "timeout";
    case RunStatus::out_of_memory:
      return "out_of_memory";
    case RunStatus::cancelled:
      return "cancelled";
    case RunStatus::lost:
      return "lost";
  }
  return "failed";
}

const char* to_text(PointKind kind) noexcept {
  switch (kind) {
    case PointKind::loss:
      return "loss";
    case PointKind::measure:
      return "measure";
    case PointKind::validation:
      return "validation";
  }
  return "measure";
}

const Experiment& EventWriter::experiment() const {
  if (!experiment_) throw Error("the recorder was told of a trial before its experiment");
  return *experiment_;
}

const EventWriter::RunIds& EventWriter::ids_of(const std::string& run_uid) const {
  const auto found = runs_.find(run_uid);
  if (found == runs_.end()) throw Error("the recorder was told of run " + run_uid + ", which was never planned");
  return found->second;
}

const EventWriter::TaskIds& EventWriter::task_of(const std::string& task_key) const {
  const auto found = tasks_.find(task_key);
  if (found == tasks_.end()) throw Error("the recorder was told of a trial of task " + task_key + " before its data");
  return found->second;
}

const std::string& EventWriter::block(const char* name) const {
  static const std::string nothing = "{}";
  const auto found = blocks_.find(name);
  return found == blocks_.end() ? nothing : found->second;
}

void EventWriter::event(std::int64_t run, std::int64_t time_ms, const char* kind, const std::string& text) {
  const std::optional<std::int64_t> about = run ? std::optional(run) : std::nullopt;
  database_.prepare("INSERT INTO events (experiment_id, run_id, time_ms, kind, text) VALUES (?1, ?2, ?3, ?4, ?5)")
      .run(experiment_id_, about, time_ms, kind, text);
}

void EventWriter::experiment_started(const ExperimentStarted& e, std::shared_ptr<const Experiment> experiment) {
  experiment_ = std::move(experiment);
  blocks_.clear();
  const auto resolved = nlohmann::json::parse(experiment_->resolved, nullptr, false);
  if (resolved.is_object())
    for (const auto& [name, value] : resolved.items()) blocks_[name] = value.dump();
  const Experiment& x = *experiment_;
  const Controller self = this_process();
  Statement& insert = database_.prepare(
      "INSERT INTO experiments (uid, name, description, file, file_text, command_line, config_id, code_state_id, "
      "backend_id, reference, primary_metric, trials, started_ms, controller_host, controller_boot, "
      "controller_namespace, controller_pid, controller_start) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)");
  insert.run(e.uid, x.name, x.description, x.file.string(), e.file_text, e.command_line, config_id(x.resolved),
             code_state_id(e.code),
             plugin_id("backend", x.backend.plugin, x.backend.library, x.backend.library_sha256, ""), x.reference,
             x.metrics.primary, e.trials, e.time_ms, self.host, self.boot, self.pid_namespace, self.pid, self.start);
  experiment_id_ = database_.last_id();
  event(0, e.time_ms, "experiment_started", x.name);
}

void EventWriter::task_ready(const TaskReady& e) {
  const DatasetSpec& spec = experiment().datasets.at(e.dataset);
  const std::int64_t dataset = dataset_id(spec, e.data);
  Statement& insert = database_.prepare(
      "INSERT INTO tasks (key, dataset_id, split_fingerprint, split, filter, train, validation, test) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (key) DO UPDATE SET key = key RETURNING id");
  insert.bind(e.key, dataset, e.data.split_fingerprint, block("split"), block("filter"), e.data.train,
              e.data.validation, e.data.test);
  static_cast<void>(insert.step());
  const std::int64_t task = insert.integer(0);
  insert.reset();
  tasks_[e.key] = {task, dataset};
  database_
      .prepare(
          "INSERT OR REPLACE INTO experiment_tasks (experiment_id, position, task_id, dataset_id, prepared, "
          "from_cache, read_seconds) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
      .run(experiment_id_, e.dataset, task, dataset, e.data.file.string(), e.data.from_cache, e.data.read_seconds);
  event(0, now_ms(), e.trouble.empty() ? "task_ready" : "task_unread",
        spec.name + (e.trouble.empty() ? "" : ": " + e.trouble));
}

void EventWriter::trial_planned(const TrialPlanned& e) {
  const std::string& label = experiment().models.at(e.trial.model).label;
  const TaskIds& task = task_of(e.task_key);
  const std::int64_t trial = trial_id(e);
  const bool reused = e.decision != TrialDecision::run;
  const std::optional<std::int64_t> run = reused ? earlier_run(e, trial) : new_run(e, trial);
  if (!run) return;
  runs_[e.run_uid] = {*run, e.task_key, e.trial.fold};
  database_
      .prepare(
          "INSERT OR REPLACE INTO experiment_runs (experiment_id, label, trial_id, run_id, dataset_id, reused, why) "
          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
      .run(experiment_id_, label, trial, *run, task.dataset, reused, e.why);
}

void EventWriter::run_started(const RunStarted& e) {
  const RunIds& ids = ids_of(e.run_uid);
  database_
      .prepare(
          "UPDATE runs SET status = 'running', attempts = attempts + 1, attempt_id = ?2, host = ?3, folder = ?4, "
          "started_ms = coalesce(started_ms, ?5) WHERE id = ?1")
      .run(ids.run, e.attempt_id, e.host, e.folder.string(), e.time_ms);
  event(ids.run, e.time_ms, "run_started", e.attempt_id);
}

void EventWriter::run_points(const RunPoints& e) {
  const RunIds& ids = ids_of(e.run_uid);
  if (e.replaces_after >= 0)
    database_.prepare("DELETE FROM points WHERE run_id = ?1 AND epoch > ?2").run(ids.run, e.replaces_after);
  Statement& insert = database_.prepare(
      "INSERT OR REPLACE INTO points (run_id, kind, series, epoch, value, code, time_ms) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  for (const Point& point : e.points) {
    const Stored value = stored(point.value);
    insert.run(ids.run, to_text(point.kind), point.series, point.epoch, value.value, value.code, point.time_ms);
  }
}

void EventWriter::run_ended(const RunEnded& e) {
  const RunIds& ids = ids_of(e.run_uid);
  database_.prepare("UPDATE runs SET status = ?2, reason = ?3, log_tail = ?4, ended_ms = ?5 WHERE id = ?1")
      .run(ids.run, to_text(e.status), e.reason, e.log_tail, e.time_ms);
  if (e.status == RunStatus::done) done(ids, e);
  for (const auto& [name, file] : e.artifacts) {
    std::error_code error;
    const auto bytes = std::filesystem::file_size(file, error);
    database_.prepare("INSERT OR REPLACE INTO artifacts (run_id, name, file, bytes) VALUES (?1, ?2, ?3, ?4)")
        .run(ids.run, name, file.string(), error ? std::nullopt : std::optional(bytes));
  }
  for (const auto& [name, value] : e.tags)
    database_.prepare("INSERT OR REPLACE INTO tags (run_id, name, value) VALUES (?1, ?2, ?3)")
        .run(ids.run, name, value);
  event(ids.run, e.time_ms, "run_ended", e.reason.empty() ? to_text(e.status) : to_text(e.status) + (": " + e.reason));
}

void EventWriter::done(const RunIds& ids, const RunEnded& e) {
  database_
      .prepare(
          "UPDATE runs SET epochs = ?2, best_epoch = ?3, stopped_early = ?4, read_seconds = ?5, fit_seconds = ?6, "
          "fit_cpu_seconds = ?7, evaluate_seconds = ?8, score_seconds = ?9, total_seconds = ?10, peak_bytes = ?11, "
          "tied_places = ?12, empty_lists = ?13, result_sha256 = ?14, environment_id = ?15, eval_units_id = ?16 "
          "WHERE id = ?1")
      .run(ids.run, e.epochs, e.best_epoch, e.stopped_early, e.read_seconds, e.fit_seconds, e.fit_cpu_seconds,
           e.evaluate_seconds, e.test.score_seconds, e.total_seconds, e.peak_bytes, e.test.tied_places,
           e.test.empty_lists, e.result_sha256, environment_id(e.environment), eval_units_id(ids, e.test));
  for (const MetricValue& metric : e.test.values) {
    const std::int64_t id = metric_id(metric);
    const Stored value = stored(metric.value);
    database_.prepare("INSERT OR REPLACE INTO results (run_id, metric_id, value, code) VALUES (?1, ?2, ?3, ?4)")
        .run(ids.run, id, value.value, value.code);
    if (!metric.per_user.empty())
      database_.prepare("INSERT OR REPLACE INTO unit_metrics (run_id, metric_id, count, data) VALUES (?1, ?2, ?3, ?4)")
          .run(ids.run, id, metric.per_user.size(), packer_.pack(std::span<const float>(metric.per_user)));
  }
  if (e.test.top_n > 0)
    database_
        .prepare("INSERT OR REPLACE INTO top_lists (run_id, units, places, items, scores) VALUES (?1, ?2, ?3, ?4, ?5)")
        .run(ids.run, e.test.users.size(), e.test.top_n, packer_.pack(std::span<const Index>(e.test.top_items)),
             scores_packer_.pack(std::span<const float>(e.test.top_scores)));
}

void EventWriter::experiment_ended(const ExperimentEnded& e) {
  database_
      .prepare(
          "UPDATE runs SET status = 'cancelled', reason = 'the experiment ended before it did', ended_ms = ?2 "
          "WHERE experiment_id = ?1 AND status = 'running'")
      .run(experiment_id_, e.time_ms);
  remove_planned(experiment_id_);
  database_
      .prepare(
          "UPDATE experiments SET ended_ms = ?2, done = ?3, failed = ?4, skipped = ?5, interrupted = ?6 "
          "WHERE id = ?1")
      .run(experiment_id_, e.time_ms, e.done, e.failed, e.skipped, e.interrupted);
  event(0, e.time_ms, "experiment_ended", e.interrupted ? "interrupted" : "");
}

void EventWriter::message(const std::string& text, std::int64_t time_ms) {
  if (experiment_id_) event(0, time_ms, "message", text);
}

}  // namespace assay
