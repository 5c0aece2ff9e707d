#pragma once  // A Run that lets a model train for a few epochs and watches what it does.

#include <atomic>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "assay/run.hpp"

namespace assay::conformance {

struct RunOptions {
  std::uint64_t seed = 1;
  int stop_after = 3;                ///< epochs
  int first_epoch = 0;               ///< what begin() returns: those of a loaded checkpoint
  std::function<void()> restore{};   ///< called by begin(), where the framework loads a checkpoint; may be empty
  std::function<void()> validate{};  ///< called at the end of every epoch; may be empty
  Executor* executor = nullptr;      ///< null: serial
  /// Calls of this Run, each piece of parallel work among them, until it is cancelled; negative: never. As in an
  /// experiment, pieces outside of epochs then throw Cancelled, and next() returns false.
  std::int64_t cancel_after = -1;
};

class WatchedRun final : public Run {
 public:
  explicit WatchedRun(RunOptions options);

  [[nodiscard]] int threads() const noexcept override;
  void parallel(std::int64_t chunks, void (*body)(void*, std::int64_t), void* context) override;
  [[nodiscard]] int begin(int epochs) override;
  [[nodiscard]] bool next() override;
  void progress(std::int64_t done, std::int64_t total) override;
  [[nodiscard]] bool cancelled() const noexcept override;
  void loss(std::string_view series, double value) override;
  void measure(std::string_view series, double value) override;
  [[nodiscard]] Random random(std::string_view purpose, std::uint64_t index) const override;
  [[nodiscard]] const Reader* input(std::string_view) const override { return nullptr; }
  void artifact(std::string_view name, std::span<const std::byte>) override;
  [[nodiscard]] Group& group() override;

  [[nodiscard]] bool iterative() const noexcept { return begun_; }
  [[nodiscard]] int epochs_done() const noexcept { return epoch_; }
  [[nodiscard]] int losses() const noexcept { return losses_; }
  [[nodiscard]] std::int64_t calls() const noexcept { return calls_; }
  /// A loss that was reported twice while no epoch ended in between, before begin() or without it; empty: none.
  [[nodiscard]] const std::string& repeated_outside() const noexcept { return repeated_outside_; }
  /// What was wrong with losses and progress; empty: nothing.
  [[nodiscard]] const std::string& bad_report() const noexcept { return bad_report_; }
  /// What was wrong with begin() and next(); empty: nothing.
  [[nodiscard]] const std::string& bad_loop() const noexcept { return bad_loop_; }

 private:
  struct Piece;
  void call() const noexcept { ++calls_; }
  [[nodiscard]] bool told_to_stop() const noexcept;

  RunOptions options_;
  mutable std::atomic<std::int64_t> calls_ = 0;
  std::set<std::string, std::less<>> outside_;  // losses reported outside of epochs
  std::string repeated_outside_;
  bool begun_ = false, stopped_ = false;
  int epoch_ = 0, losses_ = 0;
  std::string bad_report_, bad_loop_;
};

}  // namespace assay::conformance
