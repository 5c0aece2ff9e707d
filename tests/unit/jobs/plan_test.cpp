// What resuming does with what is known of a trial.

#include "jobs/plan.hpp"

#include <fstream>

#include "scratch_folder.hpp"
#include "trial/attempt.hpp"
#include "trial/evaluation_file.hpp"
#include "trial/manifest.hpp"

namespace assay {
namespace {

struct Past final : History {
  std::vector<Known> runs;  // of whichever trial
  bool in_an_experiment = false;
  std::optional<Elsewhere> on_others = {};  // the newest run on other data
  [[nodiscard]] std::optional<Elsewhere> on_other_data(const Asked& asked) const override {
    return asked.task_key == "task" && asked.label == "model" && asked.dataset == "shop" ? on_others : std::nullopt;
  }
  [[nodiscard]] std::vector<Known> runs_of(const std::string&) const override { return runs; }
  [[nodiscard]] bool planned(const std::string&) const override { return in_an_experiment; }
};

class Plan : public ScratchFolder {
 protected:
  void SetUp() override {
    ScratchFolder::SetUp();
    experiment_.datasets.resize(1);
    experiment_.models.resize(1);
    experiment_.models[0].traits.seeded = false;
    experiment_.models[0].params = "{}";
    experiment_.models[0].label = "model";
    experiment_.datasets[0].name = "shop";
    build_ = build_key(experiment_.models[0]);
    experiment_.metrics = {{"recall", "auc"}, {5, 10}, "recall@10"};
  }
  PlannedTrial planned(bool resume = true, bool any_build = false) {
    ExecuteOptions options;
    options.resume = resume;
    options.any_build = any_build;
    options.history = &past_;
    TaskReady task{"task", 0, {}};
    task.data.dataset_fingerprint = "data";
    task.data.split_fingerprint = "split";
    return plan_trials(experiment_, {&task, 1}, options).at(0);
  }
  void knows(const std::string& uid, const std::string& status, const std::string& build) {
    past_.runs.insert(past_.runs.begin(), {uid, status, build, subfolder(uid), "", metrics_});  // newest first
  }
  Experiment experiment_;
  Past past_;
  std::string build_;
  std::vector<std::string> metrics_{"recall@5", "recall@10", "auc"};
};

TEST_F(Plan, RunComputesEvenWhatIsDone) {
  knows("a", "done", build_);
  EXPECT_EQ(planned(false).plan.decision, TrialDecision::run);
}

TEST_F(Plan, WhatNeverRanRuns) { EXPECT_EQ(planned().plan.why, "never ran"); }

TEST_F(Plan, WhatRanOnOtherDataIsSaidToHaveAndWhatChangedSince) {
  past_.on_others = {"a", "other data", "split"};
  EXPECT_EQ(planned().plan.why, "the data changed since run a");
  past_.on_others = {"a", "data", "other split"};
  EXPECT_EQ(planned().plan.why, "the split changed since run a");
  past_.on_others = {"a", "data", "split"};
  EXPECT_EQ(planned().plan.why, "training.profile_with_validation changed since run a");
}

TEST_F(Plan, WhatAnInterruptionKeptFromBeginningIsSaidToBeThat) {
  past_.in_an_experiment = true;
  EXPECT_EQ(planned().plan.why, "was not started");
}

TEST_F(Plan, ADoneTrialWithoutTheMetricsThatAreAskedForRunsAgainAndSaysWhichItLacks) {
  knows("a", "done", build_);
  experiment_.metrics.cutoffs.push_back(50);
  const PlannedTrial trial = planned();
  EXPECT_EQ(trial.plan.decision, TrialDecision::run);
  EXPECT_EQ(trial.plan.why, "done in run a, but without recall@50");
}

TEST_F(Plan, WhatALivingProcessRunsIsLeftToIt) {
  knows("a", "running", build_);
  past_.runs[0].controller = "process 7 on here";
  const PlannedTrial trial = planned();
  EXPECT_EQ(trial.plan.decision, TrialDecision::elsewhere);
  EXPECT_EQ(trial.plan.earlier_run, "a");
  EXPECT_EQ(trial.plan.why, "process 7 on here runs it now, as run a");
}

TEST_F(Plan, TheOrderOfStoringCountsAndNotTheUidsWhichFollowTheClock) {
  knows("z", "cancelled", build_);
  knows("b", "crashed", build_);  // later, by a clock that was set back
  for (const auto& run : past_.runs) std::ofstream(run.folder / kCheckpointFile) << "x";
  EXPECT_EQ(planned().continue_from, folder_ / "b");
  EXPECT_TRUE(planned().plan.why.starts_with("crashed before"));
}

TEST_F(Plan, ALostRunWhoseWorkerEndedWellIsTakenOver) {
  knows("a", "lost", build_);
  Manifest manifest;
  manifest.attempt = "a";
  manifest.trial_key = planned().plan.trial_key;
  manifest.run.test.values = {{"recall", 5, 0.5, {}}, {"recall", 10, 0.5, {}}, {"auc", 0, 0.5, {}}};
  manifest.run.result_sha256 = result_sha256(manifest.run.test);
  write_evaluation(folder_ / "a", manifest.run.test);
  write_manifest(folder_ / "a", manifest);
  EXPECT_EQ(planned().finished_in, folder_ / "a");
  experiment_.metrics.cutoffs.push_back(50);
  EXPECT_TRUE(planned().finished_in.empty()) << "it lacks a metric";
  experiment_.metrics.cutoffs.pop_back();
  std::ofstream(folder_ / "a" / kManifestFile) << "{";
  EXPECT_TRUE(planned().finished_in.empty()) << "it is damaged";
}

TEST_F(Plan, WhatIsDoneByTheSameBuildIsSkippedWithItsRun) {
  knows("a", "failed", build_);
  knows("b", "done", build_);
  const PlannedTrial trial = planned();
  EXPECT_EQ(trial.plan.decision, TrialDecision::already_done);
  EXPECT_EQ(trial.plan.why, "done in run b");
}

TEST_F(Plan, AnotherBuildCountsOnlyWhenAsked) {
  knows("a", "done", "another build");
  EXPECT_EQ(planned().plan.decision, TrialDecision::run);
  EXPECT_NE(planned().plan.why.find("another build"), std::string::npos);
  EXPECT_EQ(planned(true, true).plan.decision, TrialDecision::already_done);
}

TEST_F(Plan, AFailedTrialIsNeverDone) {
  for (const char* status :
       {"failed", "crashed", "diverged", "cancelled", "timeout", "out_of_memory", "lost", "running"}) {
    past_.runs.clear();
    knows("a", status, build_);
    EXPECT_EQ(planned(true, true).plan.decision, TrialDecision::run) << status;
    EXPECT_TRUE(planned().plan.why.starts_with(status));
  }
}

TEST_F(Plan, TheNewestCheckpointOfTheSameBuildIsContinued) {
  knows("a", "cancelled", build_);
  knows("b", "crashed", build_);
  knows("c", "cancelled", "another build");
  for (const auto& run : past_.runs) std::ofstream(run.folder / kCheckpointFile) << "x";
  EXPECT_EQ(planned().continue_from, folder_ / "b");
  EXPECT_EQ(planned(true, true).continue_from, folder_ / "c");
  EXPECT_TRUE(planned(false).continue_from.empty());
}

TEST_F(Plan, WithoutACheckpointItBeginsAgain) {
  knows("a", "cancelled", build_);
  EXPECT_TRUE(planned().continue_from.empty());
}

}  // namespace
}  // namespace assay
