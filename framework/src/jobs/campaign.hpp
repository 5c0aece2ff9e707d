#pragma once  // One execution of an experiment: what the scheduler's events mean, and what observers are told.

#include <exception>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "assay/errors.hpp"

#include "data/lock.hpp"
#include "jobs/event_tail.hpp"
#include "jobs/execute.hpp"
#include "jobs/plan.hpp"
#include "jobs/scheduler.hpp"
#include "trial/attempt.hpp"

namespace assay {

/// Observers are told in the order begin, prepare, plan, (runs), end. When one throws, the others hear no more and
/// trouble() holds what it threw.
class Campaign final : public Scheduler::Listener {
 public:
  Campaign(const Experiment& experiment, const ExecuteOptions& options, std::span<Observer* const> observers);

  void begin();
  /// A dataset that cannot be read costs its own trials only. Throws Cancelled, and Error where the machine is at
  /// fault.
  void prepare(const std::function<bool()>& keep_waiting);
  [[nodiscard]] std::vector<Scheduler::Work> plan();  ///< the trials that are to run
  void tick() {
    tell([](Observer& o) { o.tick(); });
  }
  void message(const std::string& text);
  /// What keeps the experiment from going on. Observers hear the end all the same; see trouble().
  void fail(std::exception_ptr trouble) { trouble_ = std::move(trouble); }
  ExecuteResult end(bool interrupted);

  void set_backend(Backend& backend) { backend_ = &backend; }
  void set_stopping() { stopping_ = true; }
  [[nodiscard]] bool troubled() const noexcept { return failure_ || trouble_; }
  [[nodiscard]] const std::string& uid() const noexcept { return uid_; }
  [[nodiscard]] std::exception_ptr trouble() const noexcept { return failure_ ? failure_ : trouble_; }

  AttemptOrder order(std::size_t trial) override;
  void running(std::size_t trial, const AttemptOrder& attempt, const std::string& host) override;
  bool ended(std::size_t trial, const AttemptOrder& attempt, const AttemptEnd& end) override;
  void refused(std::size_t trial, const std::string& why) override;

 private:
  struct State {
    bool begun = false;       // it has or will have a run
    bool told_start = false;  // of this attempt
    EventTail tail;
    double last_read = 0;
  };
  void tell(const std::function<void(Observer&)>& what) noexcept;
  void refuse_a_twin(std::size_t dataset, const PreparedInfo& data) const;
  [[nodiscard]] PreparedInfo prepared(const DatasetSpec& dataset, const std::function<bool()>& keep_waiting);
  [[nodiscard]] TaskReady unread(std::size_t dataset, const Error& error);
  void tell_start(std::size_t trial, const AttemptOrder& attempt, const std::string& host);
  void tell_events(std::size_t trial, const std::string& attempt);
  void tell_end(std::size_t trial, RunEnded run);
  void take_over(std::size_t trial);
  [[nodiscard]] RunEnded judged(const AttemptOrder& attempt, const AttemptEnd& end) const;
  [[nodiscard]] std::string look_ahead(std::size_t trial, Needs& needs);
  [[nodiscard]] AttemptSpec attempt_spec(const PlannedTrial& trial, const std::string& id) const;

  const Experiment& experiment_;
  const ExecuteOptions& options_;
  std::span<Observer* const> observers_;
  Backend* backend_ = nullptr;
  std::string uid_;
  std::vector<TaskReady> tasks_;
  std::vector<SharedLock> in_use_;  ///< on the prepared data: `runner gc` leaves it alone
  std::size_t largest_ = 0;         ///< place + 1 of the trial that needs most memory; 0: none says
  std::int64_t kept_ = 0;           ///< bytes on disk that all trials will leave
  std::vector<PlannedTrial> trials_;
  std::vector<State> states_;
  ExecuteResult result_;
  bool stopping_ = false;
  std::exception_ptr failure_, trouble_;
};

}  // namespace assay
