// Tells a second request to stop from the echo of the first.

#include "jobs/stop_requests.hpp"

#include <csignal>

namespace assay {

StopRequests::Answer StopRequests::heed(int signal, double now) {
  if (!stopping()) {
    signal_ = signal;
    first_ = now;
    return Answer::stop;
  }
  if (signal == SIGHUP || now - first_ < kSameRequest) return Answer::nothing;
  signal_ = signal;
  return Answer::kill;
}

}  // namespace assay
