// Keeps stdout for ourselves while a plugin's code runs.

#include "base/guarded_stdout.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <iostream>
#include <string>
#include <unistd.h>

#include "assay/errors.hpp"

namespace assay {
namespace {

void flush_all() {
  std::cout.flush();
  std::fflush(stdout);
}

}  // namespace

GuardedStdout::GuardedStdout() {
  flush_all();
  real_ = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (real_ >= 0) ::dup2(STDERR_FILENO, STDOUT_FILENO);
}

GuardedStdout::~GuardedStdout() {
  flush_all();
  if (real_ < 0) return;  // stdout was closed before
  ::dup2(real_, STDOUT_FILENO);
  ::close(real_);
}

void GuardedStdout::tell(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t n = ::write(real_, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw Error(std::string("cannot write to stdout: ") + std::strerror(errno));
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace assay
