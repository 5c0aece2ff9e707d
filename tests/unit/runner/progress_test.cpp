// What the user reads while an experiment runs.

#include "runner/progress.hpp"

#include <algorithm>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "runner/table.hpp"
#include "small_terminal.hpp"

namespace assay {
namespace {

class Paper final : public ProgressScreen {
 public:
  void write(std::string_view more) override { text += more; }
  [[nodiscard]] std::size_t width() const override { return 100; }
  std::string text;
};

class Story : public testing::Test {
 protected:
  Story() {
    experiment_.name = "story";
    experiment_.datasets.resize(1);
    experiment_.datasets[0].name = "shop";
    experiment_.models.resize(2);
    experiment_.models[0].label = "popularity";
    experiment_.models[1].label = "cfgan";
  }
  void begin(Observer& to) {
    ExperimentStarted started;
    started.experiment = &experiment_;
    started.time_ms = now_ms();
    started.trials = 2;
    to.experiment_started(started);
    TaskReady task;
    task.data.users = 1234567;
    task.data.items = 10;
    task.data.from_cache = true;
    to.task_ready(task);
    to.trial_planned({"a", "", "", "", {0, 0, std::nullopt, 0}, TrialDecision::run, "never ran"});
    to.trial_planned({"b", "", "", "", {0, 1, 7, 0}, TrialDecision::run, "never ran"});
  }
  static RunEnded ending(const std::string& uid, RunStatus status, std::int64_t time_ms) {
    RunEnded run;
    run.run_uid = uid;
    run.status = status;
    run.time_ms = time_ms;
    return run;
  }
  Experiment experiment_;
};

TEST_F(Story, PlainLinesTellTheStartAndTheEndOfEveryTrial) {
  Paper paper;
  {
    ProgressDisplay display(paper, {ProgressMode::plain, false});
    begin(display);
    display.run_started({"b", "attempt", "host", "", 1000});
    RunEnded run = ending("b", RunStatus::done, 63000);
    run.epochs = 30;
    run.best_epoch = 20;
    run.stopped_early = true;
    run.test.values = {{"ndcg", 10, 0.25, {}}};
    display.run_ended(run);
    RunEnded crash = ending("a", RunStatus::crashed, 500);
    crash.reason = "crashed with SIGSEGV";
    crash.log_tail = "first\nsecond \x1b[31m\n";
    display.run_started({"a", "attempt", "host", "", 100});
    display.run_ended(crash);
  }
  EXPECT_NE(paper.text.find("shop: 1,234,567 users × 10 items"), std::string::npos) << paper.text;
  EXPECT_NE(paper.text.find("[2/2] cfgan, seed 7: runs, never ran\n"), std::string::npos);
  EXPECT_NE(paper.text.find("[2/2] cfgan, seed 7: started\n"), std::string::npos);
  EXPECT_NE(paper.text.find("[2/2] cfgan, seed 7: done in 1:02  ndcg@10 0.2500  epoch 20 of 30, stopped early\n"),
            std::string::npos);
  EXPECT_NE(paper.text.find("[1/2] popularity: crashed after 0.4 s: crashed with SIGSEGV\n"
                            "      | first\n      | second \\x1b[31m\n"),
            std::string::npos)
      << "a log cannot steer the terminal";
}

TEST_F(Story, QuietShowsFailuresOnly) {
  Paper paper;
  ProgressDisplay display(paper, {ProgressMode::quiet, false});
  begin(display);
  display.run_started({"a", "attempt", "host", "", 100});
  display.run_ended(ending("a", RunStatus::done, 200));
  EXPECT_EQ(paper.text, "");
  RunEnded failed = ending("b", RunStatus::failed, 200);
  failed.reason = "no luck";
  display.run_ended(failed);
  EXPECT_NE(paper.text.find("no luck"), std::string::npos);
}

TEST_F(Story, ALiveBlockShowsBarsLossesAndTheMetricAndLeavesOnlyTheEndings) {
  SmallTerminal terminal(120);
  ProgressDisplay display(terminal, {ProgressMode::live, false});
  begin(display);
  display.run_started({"b", "attempt", "host", "", now_ms()});
  display.run_points(
      {"b", {{3, PointKind::loss, "generator", 0.5, 0}, {3, PointKind::validation, "ndcg@10", 0.25, 0}}, -1});
  display.run_progress({"b", "fit", 3, 6});
  display.tick();
  const auto screen = terminal.screen();
  const auto line = std::ranges::find_if(screen, [](const auto& l) { return l.find("fit 3/6") != std::string::npos; });
  ASSERT_NE(line, screen.end());
  EXPECT_NE(line->find("██████████░░░░░░░░░░"), std::string::npos) << *line;
  EXPECT_NE(line->find("ndcg@10 0.2500 (best)  generator 0.5"), std::string::npos) << *line;
  display.run_ended(ending("b", RunStatus::done, now_ms()));
  display.experiment_ended({"uid", now_ms(), 1, 0, 0, false});
  EXPECT_NE(terminal.screen().back().find("story: 1 done"), std::string::npos);
}

TEST_F(Story, ANarrowTerminalShowsWholeWordsAndNumbers) {
  SmallTerminal terminal(60);
  ProgressDisplay display(terminal, {ProgressMode::live, false});
  begin(display);
  display.run_started({"b", "attempt", "host", "", now_ms()});
  display.run_points(
      {"b", {{3, PointKind::loss, "generator", 0.5, 0}, {3, PointKind::validation, "ndcg@10", 0.25, 0}}, -1});
  display.run_progress({"b", "fit", 3, 6});
  display.message("stopping: 1 running trial may save its state; a second Ctrl-C ends it");
  std::string screen;
  for (const std::string& line : terminal.screen()) {
    EXPECT_LE(display_width(line), 60U);
    screen += line + "\n";
  }
  EXPECT_NE(screen.find("a second Ctrl-C ends it\n"), std::string::npos) << screen;
  EXPECT_EQ(screen.find("generat"), std::string::npos) << screen;
}

TEST(SecondsLeft, GoesByThePaceOfThePhaseItself) {
  TrialView trial;
  trial.phase_ms = 10000;
  trial.phase_done = 50;  // continued from a checkpoint
  trial.done = 60;
  trial.total = 100;
  EXPECT_DOUBLE_EQ(seconds_left(trial, 15000), 20);
  trial.done = 50;
  EXPECT_LT(seconds_left(trial, 15000), 0) << "nothing done yet: unknown";
}

TEST(DurationText, IsShort) {
  EXPECT_EQ(duration_text(0.42), "0.4 s");
  EXPECT_EQ(duration_text(42.4), "42 s");
  EXPECT_EQ(duration_text(187), "3:07");
  EXPECT_EQ(duration_text(3765), "1:02:45");
}

}  // namespace
}  // namespace assay
