#pragma once  // Shows how an experiment goes: a live table on a terminal, plain lines elsewhere.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "runner/live_block.hpp"
#include "trial/observer.hpp"

namespace assay {

enum class ProgressMode : std::uint8_t {
  quiet,  ///< failures and words of warning only
  plain,  ///< a line at the start and the end of every trial, and every 30 s
  live,   ///< a block at the bottom of the terminal
};
struct ProgressStyle {
  ProgressMode mode = ProgressMode::plain;
  bool colour = false;
  /// For this process' standard error: NO_COLOR, TERM=dumb, --quiet.
  static ProgressStyle of_stderr(bool quiet);
};

/// What is known of a trial that runs.
struct TrialView {
  std::size_t number = 0;  ///< from 1
  std::string name;        ///< "cfgan_item, seed 2"; with the dataset where there are several
  std::string phase;
  std::int64_t done = 0, total = 0;
  std::int64_t started_ms = 0, phase_ms = 0, phase_done = 0;  ///< when the phase began, and where
  std::int64_t said_ms = 0;                                   ///< last plain line
  std::map<std::string, double> losses;
  double metric = 0, best = 0;  ///< the training metric on the validation part
  bool has_metric = false;
};

/// Seconds until the phase ends at the pace so far; negative: unknown.
[[nodiscard]] double seconds_left(const TrialView& trial, std::int64_t now_ms);
[[nodiscard]] std::string duration_text(double seconds);  ///< "0.4 s", "12 s", "3:07", "1:02:45"

class ProgressDisplay final : public Observer {
 public:
  ProgressDisplay(ProgressScreen& screen, ProgressStyle style) : screen_(screen), block_(screen), style_(style) {}
  ~ProgressDisplay() override;
  void experiment_started(const ExperimentStarted&) override;
  void task_ready(const TaskReady&) override;
  void trial_planned(const TrialPlanned&) override;
  void run_started(const RunStarted&) override;
  void run_points(const RunPoints&) override;
  void run_progress(const RunProgress&) override;
  void run_ended(const RunEnded&) override;
  void experiment_ended(const ExperimentEnded&) override;
  void tick() override;
  void message(const std::string&) override;

 private:
  void say(const std::string& line, bool important = false);
  void redraw(const std::string& above = "");
  [[nodiscard]] std::vector<std::string> block_lines() const;
  [[nodiscard]] std::string live_line(const TrialView&, std::size_t name_width, std::size_t width) const;
  [[nodiscard]] std::vector<std::string> facts(const TrialView&) const;
  [[nodiscard]] std::string ending(const TrialView&, const RunEnded&) const;
  [[nodiscard]] std::string place(const TrialView&) const;  ///< "[2/6] "
  [[nodiscard]] std::string coloured(const std::string& text, const char* code) const;

  ProgressScreen& screen_;
  LiveBlock block_;
  ProgressStyle style_;
  std::string title_, primary_, training_metric_;
  bool higher_is_better_ = true;
  std::vector<std::string> dataset_names_, model_labels_;
  std::set<std::size_t> unread_;             // datasets
  std::map<std::string, TrialView> trials_;  // planned and running, by run uid
  std::vector<std::string> running_;         // uids in the order of their start
  std::string doing_;                        // what goes on while no trial runs
  std::size_t planned_ = 0, all_ = 0, over_ = 0, skipped_ = 0;
  std::int64_t started_ms_ = 0;
};

}  // namespace assay
