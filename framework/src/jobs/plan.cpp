// Decides for every trial whether it runs.

#include "jobs/plan.hpp"

#include <algorithm>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "trial/attempt.hpp"
#include "trial/manifest.hpp"

namespace assay {
namespace {

/// What the experiment asks for, as results are named: "ndcg@10".
std::vector<std::string> metric_names(const MetricsSpec& metrics) {
  std::vector<std::string> out;
  for (const MetricInfo& info : all_metrics()) {
    if (std::ranges::find(metrics.names, info.name) == metrics.names.end()) continue;
    if (!info.at_cutoff) out.push_back(info.name);
    if (info.at_cutoff)
      for (const int cutoff : metrics.cutoffs) out.push_back(info.name + "@" + std::to_string(cutoff));
  }
  return out;
}

/// Decides on one trial, by the runs that are known of it.
class Decision {
 public:
  Decision(const Experiment& experiment, const TaskReady& task, const ExecuteOptions& options,
           const std::vector<std::string>& metrics, PlannedTrial& trial)
      : experiment_(experiment), task_(task), options_(options), metrics_(metrics), trial_(trial), plan_(trial.plan) {
    if (options.resume && options.history) known_ = options.history->runs_of(plan_.trial_key);
  }

  void take() {
    if (!options_.resume) {
      plan_.why = "run computes everything";
      return;
    }
    if (is_done() || runs_elsewhere() || finished_alone()) return;
    plan_.why = why_it_runs();
    continue_a_checkpoint();
  }

 private:
  using Known = History::Known;
  static bool done(const Known& run) { return run.status == "done"; }
  [[nodiscard]] bool same_build(const Known& run) const {
    return options_.any_build || run.build_key == plan_.build_key;
  }
  [[nodiscard]] std::vector<std::string> lacking(const Known& run) const {
    std::vector<std::string> out;
    for (const std::string& metric : metrics_)
      if (std::ranges::find(run.metrics, metric) == run.metrics.end()) out.push_back(metric);
    return out;
  }

  bool is_done() {
    const auto found =
        std::ranges::find_if(known_, [&](const auto& r) { return done(r) && same_build(r) && lacking(r).empty(); });
    if (found == known_.end()) return false;
    plan_.decision = TrialDecision::already_done;
    plan_.earlier_run = found->run_uid;
    plan_.why = "done in run " + short_id(found->run_uid);
    return true;
  }

  bool runs_elsewhere() {
    const auto found =
        std::ranges::find_if(known_, [&](const auto& r) { return !r.controller.empty() && same_build(r); });
    if (found == known_.end()) return false;
    plan_.decision = TrialDecision::elsewhere;
    plan_.earlier_run = found->run_uid;
    plan_.why = found->controller + (found->status == "planned" ? " is going to run it" : " runs it now") +
                ", as run " + short_id(found->run_uid);
    return true;
  }

  /// A worker that outlived its runner by a moment may have come to its end.
  bool finished_alone() {
    for (const Known& run : known_) {
      if (run.status != "lost" || !same_build(run) || !finished(run)) continue;
      trial_.finished_in = run.folder;
      plan_.why = "takes the results of run " + short_id(run.run_uid) + ", which ended well after its runner had died";
      return true;
    }
    return false;
  }

  [[nodiscard]] bool finished(const Known& run) const {
    try {
      if (is_missing(run.folder / kManifestFile)) return false;
      const Manifest manifest = read_manifest(run.folder);
      Known with_metrics = run;
      for (const MetricValue& v : manifest.run.test.values)
        with_metrics.metrics.push_back(v.metric + (v.cutoff > 0 ? "@" + std::to_string(v.cutoff) : ""));
      return manifest.run.status == RunStatus::done && manifest.trial_key == plan_.trial_key &&
             lacking(with_metrics).empty();
    } catch (const Error&) {
      return false;
    }
  }

  [[nodiscard]] std::string why_it_runs() const {
    if (known_.empty()) return options_.history->planned(plan_.trial_key) ? "was not started" : why_it_is_new();
    const auto poorer = std::ranges::find_if(known_, [&](const auto& r) { return done(r) && same_build(r); });
    if (poorer != known_.end())
      return "done in run " + short_id(poorer->run_uid) + ", but without " + join(lacking(*poorer), ", ");
    const auto elsewhere = std::ranges::find_if(known_, done);
    if (elsewhere != known_.end())
      return "done by another build in run " + short_id(elsewhere->run_uid) + "; --any-build accepts that";
    return known_.front().status + " before in run " + short_id(known_.front().run_uid);
  }

  /// A trial of other data is another trial; who expected it to be done wants to know what changed.
  [[nodiscard]] std::string why_it_is_new() const {
    const Trial& trial = plan_.trial;
    const auto before =
        options_.history->on_other_data({experiment_.name, experiment_.datasets[trial.dataset].name,
                                         experiment_.models[trial.model].label, trial.seed, trial.fold, task_.key});
    if (!before) return "never ran";
    const char* changed = before->dataset_fingerprint != task_.data.dataset_fingerprint ? "the data"
                          : before->split_fingerprint != task_.data.split_fingerprint
                              ? "the split"
                              : "training.profile_with_validation";
    return std::string(changed) + " changed since run " + short_id(before->run_uid);
  }

  void continue_a_checkpoint() {
    for (const Known& run : known_) {
      std::error_code none;
      if (done(run) || !same_build(run) || !std::filesystem::exists(run.folder / kCheckpointFile, none)) continue;
      trial_.continue_from = run.folder;
      plan_.why += "; continues from the checkpoint of run " + short_id(run.run_uid);
      return;
    }
  }

  const Experiment& experiment_;
  const TaskReady& task_;
  const ExecuteOptions& options_;
  const std::vector<std::string>& metrics_;
  PlannedTrial& trial_;
  TrialPlanned& plan_;
  std::vector<Known> known_;
};

}  // namespace

std::vector<PlannedTrial> plan_trials(const Experiment& experiment, std::span<const TaskReady> tasks,
                                      const ExecuteOptions& options) {
  const std::vector<std::string> metrics = metric_names(experiment.metrics);
  std::vector<PlannedTrial> out;
  for (const Trial& trial : list_trials(experiment)) {
    PlannedTrial planned;
    planned.plan.trial = trial;
    planned.plan.run_uid = make_uid();
    planned.plan.task_key = tasks[trial.dataset].key;
    planned.plan.trial_key = trial_key(experiment, trial, planned.plan.task_key);
    planned.plan.build_key = build_key(experiment.models[trial.model]);
    if (tasks[trial.dataset].trouble.empty())
      Decision(experiment, tasks[trial.dataset], options, metrics, planned).take();
    else
      planned.plan.why = "its data cannot be read";
    out.push_back(std::move(planned));
  }
  return out;
}

}  // namespace assay
