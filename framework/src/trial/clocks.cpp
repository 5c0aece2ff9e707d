// The clocks of a process: apart from the environment, whose record needs oneDNN.

#include <ctime>

#include "trial/environment.hpp"

namespace assay {
namespace {

double seconds_of(clockid_t clock) {
  timespec t{};
  ::clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

}  // namespace

double cpu_seconds() { return seconds_of(CLOCK_PROCESS_CPUTIME_ID); }
double steady_seconds() { return seconds_of(CLOCK_MONOTONIC); }

}  // namespace assay
