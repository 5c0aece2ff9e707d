// What resuming does with what is known of a trial.

#include "jobs/plan.hpp"

#include <fstream>

#include "scratch_folder.hpp"
#include "trial/attempt.hpp"

namespace assay {
namespace {

struct Past final : History {
  std::vector<Known> runs;  // of whichever trial
  [[nodiscard]] std::vector<Known> runs_of(const std::string&) const override { return runs; }
};

class Plan : public ScratchFolder {
 protected:
  void SetUp() override {
    ScratchFolder::SetUp();
    experiment_.datasets.resize(1);
    experiment_.models.resize(1);
    experiment_.models[0].traits.seeded = false;
    experiment_.models[0].params = "{}";
    build_ = build_key(experiment_.models[0]);
  }
  PlannedTrial planned(bool resume = true, bool any_build = false) {
    ExecuteOptions options;
    options.resume = resume;
    options.any_build = any_build;
    options.history = &past_;
    const TaskReady task{"task", 0, {}};
    return plan_trials(experiment_, {&task, 1}, options).at(0);
  }
  void knows(const std::string& uid, const std::string& status, const std::string& build) {
    past_.runs.push_back({uid, status, build, subfolder(uid)});
  }
  Experiment experiment_;
  Past past_;
  std::string build_;
};

TEST_F(Plan, RunComputesEvenWhatIsDone) {
  knows("a", "done", build_);
  EXPECT_EQ(planned(false).plan.decision, TrialDecision::run);
}

TEST_F(Plan, WhatNeverRanRuns) { EXPECT_EQ(planned().plan.why, "never ran"); }

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
