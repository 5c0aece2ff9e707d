#pragma once  // Which trials of an experiment are to run, and why.

#include <filesystem>
#include <span>
#include <vector>

#include "jobs/execute.hpp"
#include "jobs/needs.hpp"

namespace assay {

struct PlannedTrial {
  TrialPlanned plan;
  std::optional<TrialNeed> need = {};   ///< where the model says it
  std::filesystem::path continue_from;  ///< folder of an attempt with a checkpoint; empty: from the beginning
  std::filesystem::path finished_in;    ///< folder of an attempt that ended well after its runner had died; or empty
};

/// `tasks`: one a dataset, in the experiment's order. Resuming asks the history; otherwise everything runs.
[[nodiscard]] std::vector<PlannedTrial> plan_trials(const Experiment& experiment, std::span<const TaskReady> tasks,
                                                    const ExecuteOptions& options);

}  // namespace assay
