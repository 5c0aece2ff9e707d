// One execution of an experiment.

#include "jobs/campaign.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <typeinfo>
#include <utility>

#include "base/files.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "data/json.hpp"
#include "data/split.hpp"
#include "jobs/code_record.hpp"
#include "jobs/prepare_request.hpp"
#include "jobs/trial_outcome.hpp"
#include "plugin/catalogue.hpp"
#include "trial/attempt.hpp"
#include "trial/environment.hpp"
#include "trial/events.hpp"
#include "trial/manifest.hpp"

namespace assay {
namespace {

constexpr double kReadEventsEvery = 0.1;  // seconds
constexpr int kTriesToHold = 3;           // prepared data that somebody removes as soon as it is there

}  // namespace

Campaign::Campaign(const Experiment& experiment, const ExecuteOptions& options, std::span<Observer* const> observers)
    : experiment_(experiment), options_(options), observers_(observers), uid_(make_uid()) {}

void Campaign::tell(const std::function<void(Observer&)>& what) noexcept {
  if (failure_) return;
  try {
    for (Observer* observer : observers_) what(*observer);
  } catch (...) {
    failure_ = std::current_exception();
  }
}

void Campaign::message(const std::string& text) {
  tell([&](Observer& o) { o.message(text); });
}

void Campaign::begin() {
  ExperimentStarted event;
  event.uid = uid_;
  event.experiment = &experiment_;
  event.file_text = options_.file_text;
  event.command_line = options_.command_line;
  event.code = code_record(experiment_.file.parent_path());
  event.time_ms = now_ms();
  event.trials = list_trials(experiment_).size();
  tell([&](Observer& o) { o.experiment_started(event); });
}

void Campaign::prepare(const std::function<bool()>& keep_waiting) {
  for (std::size_t i = 0; i < experiment_.datasets.size(); ++i) {
    message("reading " + experiment_.datasets[i].name);
    TaskReady task;
    task.dataset = i;
    try {
      task.data = prepared(experiment_.datasets[i], keep_waiting);
      refuse_a_twin(i, task.data);
    } catch (const Cancelled&) {
      throw;
    } catch (const Error& e) {
      if (typeid(e) == typeid(Error)) throw;  // a full disk would be full for the others, too
      task = unread(i, e);
    }
    task.key = task_key(experiment_, task.data.dataset_fingerprint, task.data.split_fingerprint);
    tell([&](Observer& o) { o.task_ready(task); });
    tasks_.push_back(std::move(task));
  }
}

/// Two names for the same data would be two names for the same trials.
void Campaign::refuse_a_twin(std::size_t dataset, const PreparedInfo& data) const {
  for (const TaskReady& other : tasks_)
    if (other.data.dataset_fingerprint == data.dataset_fingerprint)
      throw DataError("dataset \"" + experiment_.datasets[dataset].name + "\" has the same content as dataset \"" +
                      experiment_.datasets[other.dataset].name + "\": the trials of one are those of the other.");
}

/// Prepared data, held so that nobody removes it.
PreparedInfo Campaign::prepared(const DatasetSpec& dataset, const std::function<bool()>& keep_waiting) {
  const PrepareRequest request{dataset, experiment_.filter, experiment_.split, options_.cache_folder};
  PreparedInfo data;
  for (int tries = 0; tries < kTriesToHold; ++tries) {
    data = prepare_in_child(request, options_.runs_folder, keep_waiting);
    in_use_.emplace_back(data.file);
    if (in_use_.back().file_is_there()) break;  // else it was removed before it was held
  }
  return data;
}

/// Its trials need a task that their rows belong to. Its key is made of the source instead of the content, so that it
/// is never that of data which was read.
TaskReady Campaign::unread(std::size_t dataset, const Error& error) {
  const DatasetSpec& spec = experiment_.datasets[dataset];
  if (!result_.unread_because) result_.unread_because = std::current_exception();
  TaskReady task;
  task.dataset = dataset;
  task.trouble = error.what();
  task.data.raw_fingerprint = "unread:" + sha256_hex(to_json(spec));
  task.data.dataset_fingerprint = "unread:" + sha256_hex(to_json(spec) + "\n" + to_json(experiment_.filter));
  task.data.split_fingerprint = fingerprint(experiment_.split);
  return task;
}

std::vector<Scheduler::Work> Campaign::plan() {
  trials_ = plan_trials(experiment_, tasks_, options_);
  states_ = std::vector<State>(trials_.size());
  Needs needs(experiment_, options_.runs_folder);
  std::vector<Scheduler::Work> to_run;
  for (std::size_t i = 0; i < trials_.size(); ++i) {
    const TrialPlanned& plan = trials_[i].plan;
    tell([&](Observer& o) { o.trial_planned(plan); });
    if (const std::string& trouble = tasks_[plan.trial.dataset].trouble; !trouble.empty()) {
      ++result_.unread;
      refused(i, "not started: " + trouble);
    } else if (plan.decision == TrialDecision::already_done) {
      ++result_.skipped;
    } else if (plan.decision == TrialDecision::elsewhere) {
      ++result_.elsewhere;
    } else if (!trials_[i].finished_in.empty()) {
      take_over(i);
    } else if (const std::string why = look_ahead(i, needs); why.empty()) {
      to_run.push_back({i, trials_[i].need ? trials_[i].need->memory : 0});
    } else {
      refused(i, "not started: " + why);
    }
  }
  if (largest_ > 0)
    message("the largest trial needs about " + human_bytes(trials_[largest_ - 1].need->memory) + " of memory (" +
            experiment_.models[trials_[largest_ - 1].plan.trial.model].label + "); all keep about " +
            human_bytes(kept_) + " on disk");
  return to_run;
}

/// What a trial will take, and why the machine cannot give it; empty where it can.
std::string Campaign::look_ahead(std::size_t trial, Needs& needs) {
  PlannedTrial& planned = trials_[trial];
  const Trial& which = planned.plan.trial;
  planned.need = needs.of(which.model, which.dataset, tasks_[which.dataset].data);
  if (!planned.need) return "";
  std::string why = needs.refusal(*planned.need);
  if (why.empty()) {
    kept_ += planned.need->kept;
    if (largest_ == 0 || planned.need->memory > trials_[largest_ - 1].need->memory) largest_ = trial + 1;
  }
  return why;
}

/// The results of an attempt that ended well when nobody listened any more become those of this trial.
void Campaign::take_over(std::size_t trial) {
  const std::filesystem::path& folder = trials_[trial].finished_in;
  const std::string& uid = trials_[trial].plan.run_uid;
  Manifest manifest = read_manifest(folder);
  const std::int64_t begun = manifest.run.time_ms - std::llround(1e3 * manifest.run.total_seconds);
  tell([&](Observer& o) { o.run_started({uid, manifest.attempt, manifest.run.environment.hostname, folder, begun}); });
  tell([&](Observer& o) { o.run_points({uid, read_points(folder, "refit", std::numeric_limits<int>::max()), -1}); });
  manifest.run.tags.emplace_back("taken_over_from_run", manifest.run_uid);
  tell_end(trial, std::move(manifest.run));
}

AttemptSpec Campaign::attempt_spec(const PlannedTrial& trial, const std::string& id) const {
  const TrialPlanned& plan = trial.plan;
  return {.id = id,
          .run_uid = plan.run_uid,
          .experiment = experiment_.name,
          .trial_key = plan.trial_key,
          .build_key = plan.build_key,
          .task_key = plan.task_key,
          .dataset = experiment_.datasets[plan.trial.dataset].name,
          .task_file = tasks_[plan.trial.dataset].data.file,
          .model = experiment_.models[plan.trial.model],
          .seed = plan.trial.seed,
          .fold = plan.trial.fold,
          .threads = experiment_.threads,
          .reproducible = experiment_.reproducible,
          .save_models = experiment_.save_models,
          .training = experiment_.training,
          .metrics = experiment_.metrics,
          .continue_from = trial.continue_from};
}

AttemptOrder Campaign::order(std::size_t trial) {
  AttemptOrder out;
  out.id = make_uid();
  out.folder = std::filesystem::absolute(options_.runs_folder) / out.id;
  make_folder(out.folder);
  const AttemptSpec spec = attempt_spec(trials_[trial], out.id);
  write_attempt(out.folder, spec);
  out.command = {runner_executable().string(), "worker", "{folder}"};
  out.environment = worker_environment(experiment_.reproducible);
  out.inputs = {spec.model.library, spec.task_file};
  const bool begun = states_[trial].begun;
  states_[trial] = {};  // a second attempt has events of its own
  states_[trial].begun = begun;
  return out;
}

void Campaign::tell_start(std::size_t trial, const AttemptOrder& attempt, const std::string& host) {
  if (std::exchange(states_[trial].told_start, true)) return;
  states_[trial].begun = true;
  const RunStarted event{trials_[trial].plan.run_uid, attempt.id, host, attempt.folder, now_ms()};
  tell([&](Observer& o) { o.run_started(event); });
}

void Campaign::running(std::size_t trial, const AttemptOrder& attempt, const std::string& host) {
  tell_start(trial, attempt, host);
  const double now = steady_seconds();
  if (now - states_[trial].last_read < kReadEventsEvery) return;
  states_[trial].last_read = now;
  tell_events(trial, attempt.id);
}

void Campaign::tell_events(std::size_t trial, const std::string& attempt) {
  const std::string& uid = trials_[trial].plan.run_uid;
  RunPoints points{uid, {}, -1};
  RunProgress progress{uid, "", 0, 0};
  for (Event& event : states_[trial].tail.read(*backend_, attempt)) {
    if (event.kind == Event::Kind::restored) {
      points = {uid, {}, 0};  // what follows repeats all points up to the restored epoch
    } else if (event.kind == Event::Kind::points) {
      std::ranges::move(event.points, std::back_inserter(points.points));
    } else if (event.kind == Event::Kind::progress) {
      progress = {uid, event.phase, event.done, event.total};
    }
  }
  if (!points.points.empty() || points.replaces_after >= 0) tell([&](Observer& o) { o.run_points(points); });
  if (!progress.phase.empty()) tell([&](Observer& o) { o.run_progress(progress); });
}

bool Campaign::ended(std::size_t trial, const AttemptOrder& attempt, const AttemptEnd& end) {
  tell_start(trial, attempt, end.host);
  tell_events(trial, attempt.id);
  RunEnded run = judged(attempt, end);
  if (run.status == RunStatus::lost && end.state == AttemptState::preempted && !stopping_) {
    trials_[trial].continue_from = attempt.folder;
    return true;
  }
  tell_end(trial, std::move(run));
  return false;
}

/// A folder that cannot be read or written costs one trial.
RunEnded Campaign::judged(const AttemptOrder& attempt, const AttemptEnd& end) const {
  try {
    return outcome_of(*backend_, attempt, end, stopping_);
  } catch (const std::exception& e) {
    RunEnded run;
    run.status = RunStatus::failed;
    run.reason = e.what();
    run.time_ms = now_ms();
    return run;
  }
}

void Campaign::refused(std::size_t trial, const std::string& why) {
  RunEnded run;
  run.status = RunStatus::failed;
  run.reason = why;
  run.time_ms = now_ms();
  tell_end(trial, std::move(run));
}

void Campaign::tell_end(std::size_t trial, RunEnded run) {
  run.run_uid = trials_[trial].plan.run_uid;
  if (trials_[trial].need) run.tags.emplace_back("estimated_memory_bytes", std::to_string(trials_[trial].need->memory));
  states_[trial].begun = true;
  if (run.status == RunStatus::done)
    ++result_.done;
  else if (run.status != RunStatus::cancelled)
    ++result_.failed;
  tell([&](Observer& o) { o.run_ended(run); });
}

ExecuteResult Campaign::end(bool interrupted) {
  result_.interrupted = interrupted;
  const auto all = static_cast<int>(trials_.empty() ? list_trials(experiment_).size() : trials_.size());
  const auto begun = static_cast<int>(std::ranges::count(states_, true, &State::begun));
  result_.not_started = all - begun - result_.skipped - result_.elsewhere;
  const ExperimentEnded event{uid_,        now_ms(),           result_.done, result_.failed, result_.skipped,
                              interrupted, result_.not_started};
  tell([&](Observer& o) { o.experiment_ended(event); });
  return result_;
}

}  // namespace assay
