#pragma once  // Which attempts a backend runs when. Knows no clock, no files and no signals: step() is called again and
              // again.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "assay/backend.hpp"

namespace assay {

/// An attempt that owns its texts.
struct AttemptOrder {
  std::string id;
  std::filesystem::path folder;
  std::vector<std::string> command, environment;
  std::vector<std::filesystem::path> inputs;
};

/// The last word of a backend on an attempt.
struct AttemptEnd {
  AttemptState state = AttemptState::ended;  ///< ended, preempted or lost
  int exit_code = 0, signal = 0;
  std::string reason = {}, host = {};
};

class Scheduler {
 public:
  /// Told by step(), on its thread. Trials go by number.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual AttemptOrder order(std::size_t trial) = 0;  ///< its next attempt; the folder is made here
    /// At every step while it runs: read its events.
    virtual void running(std::size_t trial, const AttemptOrder& attempt, const std::string& host) = 0;
    /// True: try again with a new attempt (only asked when preempted or lost, at most kAttempts times).
    virtual bool ended(std::size_t trial, const AttemptOrder& attempt, const AttemptEnd& end) = 0;
    /// It could not even be submitted.
    virtual void refused(std::size_t trial, const std::string& why) = 0;
  };
  static constexpr int kAttempts = 3;
  struct Work {
    std::size_t trial = 0;
    std::int64_t memory_bytes = 0;  ///< that it is thought to take; 0: not known
  };

  /// `capacity`: what all running trials share. `each`: what every trial may take. Throws ConfigError where that is
  /// more. Trials that would need more memory than there is together run one after the other; one alone may try.
  Scheduler(Backend& backend, Resources capacity, std::string label, const std::vector<Work>& work, Resources each,
            Listener& listener);

  /// Looks at what runs, starts what fits. False: nothing runs and nothing is left to start.
  bool step();
  /// No new trials; running ones are asked to stop, or ended.
  void stop(bool by_force);
  [[nodiscard]] bool stopping() const noexcept { return stopping_; }
  [[nodiscard]] std::size_t running() const noexcept { return running_.size(); }

 private:
  struct Running {
    Work work;
    AttemptOrder order;
    int missing = 0;  // listings in a row that did not name it
  };
  void look();
  [[nodiscard]] bool start_what_fits();
  [[nodiscard]] bool submit(const AttemptOrder& order);
  void finish(const std::string& id, const AttemptEnd& end);
  [[nodiscard]] bool fits(const Work& work) const;
  [[nodiscard]] std::int64_t memory_of(const Work& work) const;

  Backend& backend_;
  std::string label_;
  std::deque<Work> waiting_;
  Resources each_, capacity_;
  Listener& listener_;
  std::map<std::string, Running> running_;
  std::map<std::size_t, int> attempts_;  // of a trial so far
  std::optional<AttemptOrder> pending_;  // of waiting_.front(): made, but the backend was unavailable
  bool stopping_ = false;
  int pause_ = 0, next_pause_ = 1;  // steps to wait after the backend was unavailable
};

}  // namespace assay
