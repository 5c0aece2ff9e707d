#pragma once  // Keeps stdout for ourselves while a plugin's code runs in this process.

#include <string_view>

namespace assay {

/// While it lives, whatever is written to file descriptor 1, stdio's stdout or std::cout goes to stderr: a plugin that
/// prints corrupts no answer. One at a time; made and destroyed while no other thread prints.
class GuardedStdout {
 public:
  GuardedStdout();
  ~GuardedStdout();
  GuardedStdout(const GuardedStdout&) = delete;
  GuardedStdout& operator=(const GuardedStdout&) = delete;
  /// Writes to the real stdout, at once. Throws Error where nobody reads it.
  void tell(std::string_view text) const;

 private:
  int real_ = -1;
};

}  // namespace assay
