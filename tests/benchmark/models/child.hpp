// A measurement in a process of its own: CPU and wall time, and peak memory that nothing else has raised.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

namespace assay::bench {

struct Measured {
  double cpu = 0, wall = 0;  ///< seconds
  std::int64_t bytes = 0;    ///< peak memory beyond what there was when the watch was started
  char note[240] = {};       ///< a word on the result; or, where it failed, why
  bool ok = false;
};

/// What the process has used since.
class Watch {
 public:
  Watch();
  [[nodiscard]] double cpu() const;
  [[nodiscard]] double wall() const;

 private:
  double cpu_, wall_;
};

/// Gives freed memory back and forgets the peak so far; returns the bytes that are held.
std::int64_t begin_memory();
/// The peak since begin_memory(), beyond what it returned.
std::int64_t peak_beyond(std::int64_t held);

/// Runs `work` in a child, at most `cpu_seconds` of CPU (0: any time). What it throws becomes the note.
Measured in_child(const std::function<Measured()>& work, int cpu_seconds = 0);

/// Runs a shell command that prints "cpu wall bytes", seconds and bytes; its last words where it does not.
Measured in_program(const std::string& command);

}  // namespace assay::bench
