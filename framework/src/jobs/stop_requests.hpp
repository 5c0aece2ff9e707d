#pragma once  // What a signal to the runner asks for: to stop, to end at once, or what was asked before.

namespace assay {

/// The first signal asks to stop. Another one ends what runs at once, except
/// * within kSameRequest of the first: timeout(1) and some shells signal a process and then its group, and the trials
///   would be killed without their checkpoints;
/// * SIGHUP, however often it comes: shell and kernel may both tell of a closed terminal.
/// Knows no clock: times are given.
class StopRequests {
 public:
  static constexpr double kSameRequest = 1;  ///< seconds
  enum class Answer { stop, kill, nothing };
  /// `now`: seconds of a clock that never goes back.
  [[nodiscard]] Answer heed(int signal, double now);
  [[nodiscard]] bool stopping() const noexcept { return signal_ != 0; }
  [[nodiscard]] int signal() const noexcept { return signal_; }  ///< the last that counted; 0: none

 private:
  int signal_ = 0;
  double first_ = 0;
};

}  // namespace assay
