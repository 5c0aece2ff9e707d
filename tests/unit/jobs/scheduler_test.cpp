// Scheduling over a backend that the test commands, step by step.

#include "jobs/scheduler.hpp"

#include <gtest/gtest.h>

#include "fake_backend.hpp"

namespace assay {
namespace {

struct Diary final : Scheduler::Listener {
  std::vector<std::string> lines;
  std::map<std::size_t, int> orders;
  bool retry = true;
  AttemptOrder order(std::size_t trial) override {
    AttemptOrder out;
    out.id = std::to_string(trial) + "-" + std::to_string(++orders[trial]);
    return out;
  }
  void running(std::size_t trial, const AttemptOrder&, const std::string& host) override {
    lines.push_back("running " + std::to_string(trial) + " on " + host);
  }
  bool ended(std::size_t, const AttemptOrder& attempt, const AttemptEnd& end) override {
    lines.push_back("ended " + attempt.id + (end.reason.empty() ? "" : " " + end.reason));
    return retry && end.state != AttemptState::ended;
  }
  void refused(std::size_t trial, const std::string& why) override {
    lines.push_back("refused " + std::to_string(trial) + " " + why);
  }
  [[nodiscard]] bool has(const std::string& line) const { return std::ranges::find(lines, line) != lines.end(); }
};

constexpr Resources kOneThread{1, 1, 0, 0};

class Scheduling : public testing::Test {
 protected:
  Scheduler& with(std::initializer_list<std::size_t> trials, Resources each = kOneThread) {
    std::vector<Scheduler::Work> work;
    for (const std::size_t trial : trials) work.push_back({trial, 0});
    return with(work, each);
  }
  Scheduler& with(const std::vector<Scheduler::Work>& work, Resources each = kOneThread) {
    return scheduler_.emplace(backend_, backend_.capacity_, "label", work, each, diary_);
  }
  FakeBackend backend_;
  Diary diary_;
  std::optional<Scheduler> scheduler_;
};

TEST_F(Scheduling, RunsAllTrialsInOrderAndNeverMoreThanTheJobs) {
  Scheduler& s = with({0, 1, 2, 3, 4});
  int steps = 0;
  while (s.step()) {
    ASSERT_LE(backend_.running(), 2);
    ASSERT_LT(++steps, 100);
    if (!backend_.jobs.empty()) backend_.end(backend_.jobs.begin()->first);
  }
  EXPECT_EQ(backend_.submitted, (std::vector<std::string>{"0-1", "1-1", "2-1", "3-1", "4-1"}));
  EXPECT_EQ(backend_.forgotten.size(), 5u);
}

TEST_F(Scheduling, AStartIsToldInTheSameStep) {
  with({0}).step();
  EXPECT_TRUE(diary_.has("running 0 on node7"));
}

TEST_F(Scheduling, TheSumOfThreadsStaysWithinTheCores) {
  backend_.capacity_ = {8, 4, 0, 0};
  with({0, 1, 2}, {1, 2, 0, 0}).step();
  EXPECT_EQ(backend_.running(), 2);
}

TEST_F(Scheduling, TheSumOfMemoryStaysWithinTheMachine) {
  backend_.capacity_ = {8, 8, 1000, 0};
  with({0, 1, 2}, {1, 1, 400, 0}).step();
  EXPECT_EQ(backend_.running(), 2);
}

TEST_F(Scheduling, TrialsThatTogetherNeedMoreThanTheMachineRunOneAfterTheOther) {
  backend_.capacity_ = {8, 8, 1000, 0};
  Scheduler& s = with(std::vector<Scheduler::Work>{{0, 600}, {1, 600}, {2, 300}, {3, 5000}});
  s.step();
  EXPECT_EQ(backend_.submitted, (std::vector<std::string>{"0-1"}));
  backend_.end("0-1");
  s.step();
  EXPECT_EQ(backend_.submitted, (std::vector<std::string>{"0-1", "1-1", "2-1"})) << "these two fit";
  backend_.end("2-1");
  s.step();
  EXPECT_EQ(backend_.running(), 1);
  backend_.end("1-1");
  s.step();
  EXPECT_EQ(backend_.submitted.back(), "3-1") << "alone it may try: an estimate is no limit";
}

TEST_F(Scheduling, ALimitCountsWhereItIsMoreThanTheEstimate) {
  backend_.capacity_ = {8, 8, 1000, 0};
  with(std::vector<Scheduler::Work>{{0, 100}, {1, 100}, {2, 100}}, {1, 1, 400, 0}).step();
  EXPECT_EQ(backend_.running(), 2);
}

TEST_F(Scheduling, ATrialThatCanNeverFitIsAnErrorAtOnce) {
  EXPECT_THROW(with({0}, {1, 3, 0, 0}), ConfigError);
  backend_.capacity_.memory_bytes = 10;
  EXPECT_THROW(with({0}, {1, 1, 11, 0}), ConfigError);
}

TEST_F(Scheduling, APreemptedAttemptIsTriedAgainAtMostThreeTimesAndAhead) {
  backend_.capacity_ = {1, 1, 0, 0};
  Scheduler& s = with({0, 1});
  for (int i = 1; i <= 3; ++i) {
    s.step();
    backend_.end("0-" + std::to_string(i), AttemptState::preempted);
  }
  s.step();
  EXPECT_EQ(backend_.submitted, (std::vector<std::string>{"0-1", "0-2", "0-3", "1-1"}));
}

TEST_F(Scheduling, AnAttemptThatTheBackendNoLongerKnowsIsLostAfterThreeListings) {
  diary_.retry = false;
  Scheduler& s = with({0});
  s.step();
  backend_.jobs.at("0-1").hidden = true;
  s.step();
  s.step();
  EXPECT_FALSE(diary_.has("ended 0-1 the backend no longer knows it"));
  EXPECT_FALSE(s.step());
  EXPECT_TRUE(diary_.has("ended 0-1 the backend no longer knows it"));
}

TEST_F(Scheduling, ABackendThatDoesNotAnswerLosesNothing) {
  Scheduler& s = with({0});
  s.step();
  backend_.deaf = true;
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(s.step());
  backend_.deaf = false;
  backend_.end("0-1");
  EXPECT_FALSE(s.step());
  EXPECT_TRUE(diary_.has("ended 0-1"));
}

TEST_F(Scheduling, ABusyBackendGetsTheSameAttemptAgainAfterGrowingPauses) {
  backend_.unavailable = 4;
  Scheduler& s = with({0});
  int steps = 0;
  while (backend_.submitted.empty()) {
    ASSERT_LT(++steps, 100);
    EXPECT_TRUE(s.step());
  }
  EXPECT_EQ(steps, 1 + 1 + 2 + 4 + 8);
  EXPECT_EQ(backend_.submitted, (std::vector<std::string>{"0-1"}));
}

TEST_F(Scheduling, ARefusedTrialDoesNotKeepTheOthersFromRunning) {
  backend_.refuses = true;
  Scheduler& s = with({0, 1});
  EXPECT_FALSE(s.step());
  EXPECT_TRUE(diary_.has("refused 0 no such queue"));
  EXPECT_TRUE(diary_.has("refused 1 no such queue"));
}

TEST_F(Scheduling, StoppingStartsNothingNewAndAsksWhatRuns) {
  Scheduler& s = with({0, 1, 2});
  s.step();
  s.stop(false);
  EXPECT_EQ(backend_.cancelled.size(), 2u);
  EXPECT_TRUE(s.step());
  backend_.end("0-1", AttemptState::preempted);
  EXPECT_TRUE(s.step());
  s.stop(true);
  EXPECT_EQ(backend_.killed, (std::vector<std::string>{"1-1"}));
  backend_.end("1-1");
  EXPECT_FALSE(s.step());
  EXPECT_EQ(backend_.submitted.size(), 2u);
}

}  // namespace
}  // namespace assay
