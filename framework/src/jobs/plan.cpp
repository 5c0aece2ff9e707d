// Decides for every trial whether it runs.

#include "jobs/plan.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "trial/attempt.hpp"

namespace assay {
namespace {

/// The end of a uid, as tables show it: beginnings are shared by neighbours in time.
std::string short_name(const std::string& run_uid) {
  return run_uid.size() > 8 ? run_uid.substr(run_uid.size() - 8) : run_uid;
}

/// Newest first: uids sort by time of birth.
std::vector<History::Known> known_runs(const ExecuteOptions& options, const std::string& trial_key) {
  if (!options.resume || !options.history) return {};
  auto out = options.history->runs_of(trial_key);
  std::ranges::sort(out, std::ranges::greater{}, &History::Known::run_uid);
  return out;
}

void decide(const ExecuteOptions& options, PlannedTrial& trial) {
  const auto known = known_runs(options, trial.plan.trial_key);
  const auto same_build = [&](const History::Known& run) {
    return options.any_build || run.build_key == trial.plan.build_key;
  };
  const auto done = [](const History::Known& run) { return run.status == "done"; };
  const auto finished = std::ranges::find_if(known, [&](const auto& run) { return done(run) && same_build(run); });
  if (finished != known.end()) {
    trial.plan.decision = TrialDecision::already_done;
    trial.plan.why = "done in run " + short_name(finished->run_uid);
    return;
  }
  const auto elsewhere = std::ranges::find_if(known, done);
  if (!options.resume)
    trial.plan.why = "run computes everything";
  else if (known.empty())
    trial.plan.why = "never ran";
  else if (elsewhere != known.end())
    trial.plan.why = "done by another build in run " + short_name(elsewhere->run_uid) + "; --any-build accepts that";
  else
    trial.plan.why = known.front().status + " before in run " + short_name(known.front().run_uid);
  for (const auto& run : known) {
    if (done(run) || !same_build(run) || !std::filesystem::exists(run.folder / kCheckpointFile)) continue;
    trial.continue_from = run.folder;
    trial.plan.why += "; continues from the checkpoint of run " + short_name(run.run_uid);
    return;
  }
}

}  // namespace

std::vector<PlannedTrial> plan_trials(const Experiment& experiment, std::span<const TaskReady> tasks,
                                      const ExecuteOptions& options) {
  std::vector<PlannedTrial> out;
  for (const Trial& trial : list_trials(experiment)) {
    PlannedTrial planned;
    planned.plan.trial = trial;
    planned.plan.run_uid = make_uid();
    planned.plan.task_key = tasks[trial.dataset].key;
    planned.plan.trial_key = trial_key(experiment, trial, planned.plan.task_key);
    planned.plan.build_key = build_key(experiment.models[trial.model]);
    decide(options, planned);
    out.push_back(std::move(planned));
  }
  return out;
}

}  // namespace assay
