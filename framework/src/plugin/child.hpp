#pragma once  // A child process that is waited for: what it wrote and how it ended.

#include <functional>
#include <span>
#include <string>

namespace assay {

struct ChildResult {
  int exit_code = -1;      ///< -1 where a signal ended it
  int signal = 0;          ///< 0: it ended by itself
  bool timed_out = false;  ///< it was killed after its time
  std::string out, err;    ///< the first MiB of each
  /// "crashed (SIGSEGV)", "took longer than 30 s", "ended with exit code 3"; empty after exit code 0.
  [[nodiscard]] std::string trouble() const;
  int seconds = 0;  ///< the limit it ran under
};

/// Runs argv[0] with empty input and waits at most `seconds`. Any thread. `keep_waiting`, where given, is asked some
/// twenty times a second: false ends the child, whose result then has signal SIGKILL. Throws Error where it cannot be
/// started.
[[nodiscard]] ChildResult run_child(std::span<const std::string> argv, int seconds,
                                    const std::function<bool()>& keep_waiting = {});

}  // namespace assay
