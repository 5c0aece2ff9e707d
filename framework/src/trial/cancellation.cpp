// The signal handler of a worker. What it may touch has to be global.

#include "trial/cancellation.hpp"

#include <csignal>
#include <unistd.h>

namespace assay {
namespace {

std::atomic<bool> cancel_requested{false};
pid_t controller = 0;
constexpr unsigned kGraceSeconds = 30;

extern "C" void on_terminate(int) {
  cancel_requested.store(true);
  if (::getppid() != controller) ::alarm(kGraceSeconds);
}

}  // namespace

void listen_for_cancellation() {
  controller = ::getppid();
  struct sigaction action {};
  action.sa_handler = &on_terminate;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGTERM, &action, nullptr);
}

std::atomic<bool>& cancellation() noexcept { return cancel_requested; }

}  // namespace assay
