#pragma once  // What the machine and the libraries are that run an attempt, and how workers are made reproducible.

#include <string>
#include <vector>

#include "trial/observer.hpp"

namespace assay {

[[nodiscard]] EnvironmentRecord this_environment();

/// NAME=value for a worker: one thread for every OpenMP, and, when reproducible, the instruction set class
/// that oneDNN may use (the same on every x86-64 machine that can run this build).
[[nodiscard]] std::vector<std::string> worker_environment(bool reproducible);

/// Most memory this process has used, bytes (VmHWM: unlike getrusage, it does not remember the parent's).
[[nodiscard]] std::int64_t peak_memory();
/// CPU time of this process, all threads, seconds.
[[nodiscard]] double cpu_seconds();
/// A clock that only goes forward, seconds.
[[nodiscard]] double steady_seconds();

}  // namespace assay
