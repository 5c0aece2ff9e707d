// posix_spawn, two pipes and a pidfd.

#include "plugin/child.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <limits>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "assay/errors.hpp"

namespace assay {
namespace {

constexpr std::size_t kKept = 1 << 20;
constexpr int kAskEveryMs = 50;

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { close(); }
  void close() noexcept {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

struct Pipe {
  Descriptor read, write;
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw Error(std::string("cannot make a pipe: ") + std::strerror(errno));
    read = Descriptor(ends[0]);
    write = Descriptor(ends[1]);
  }
};

pid_t spawn(std::span<const std::string> argv, const Pipe& out, const Pipe& err) {
  std::vector<char*> words;
  for (const auto& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out.write.get(), 1);
  ::posix_spawn_file_actions_adddup2(&actions, err.write.get(), 2);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, words[0], &actions, nullptr, words.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw Error("cannot start " + argv[0] + ": " + std::strerror(error));
  return pid;
}

/// Takes what is there. False at the end.
bool drain(const Descriptor& from, std::string& to) {
  std::array<char, 65536> buffer;
  const ssize_t n = ::read(from.get(), buffer.data(), buffer.size());
  if (n < 0) return errno == EINTR || errno == EAGAIN;
  to.append(buffer.data(), std::min(static_cast<std::size_t>(n), kKept - std::min(kKept, to.size())));
  return n > 0;
}

int milliseconds_until(std::chrono::steady_clock::time_point end) {
  using namespace std::chrono;
  const auto left = duration_cast<milliseconds>(end - steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left + 1, 0, std::numeric_limits<int>::max()));  // a month is more
}

enum class Followed { ended, timed_out, unwanted };

/// Collects the output until the child ends (a grandchild may hold the pipes open longer).
Followed follow(pid_t pid, Pipe& out, Pipe& err, std::chrono::steady_clock::time_point end,
                const std::function<bool()>& keep_waiting, ChildResult& result) {
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (process.get() < 0) throw Error(std::string("pidfd_open: ") + std::strerror(errno));
  ::fcntl(out.read.get(), F_SETFL, O_NONBLOCK);
  ::fcntl(err.read.get(), F_SETFL, O_NONBLOCK);
  for (;;) {
    pollfd events[] = {{process.get(), POLLIN, 0}, {out.read.get(), POLLIN, 0}, {err.read.get(), POLLIN, 0}};
    const int left = milliseconds_until(end);
    const int ready = ::poll(events, 3, keep_waiting ? std::min(left, kAskEveryMs) : left);
    if (ready < 0 && errno != EINTR) throw Error(std::string("poll: ") + std::strerror(errno));
    if (keep_waiting && !keep_waiting()) return Followed::unwanted;
    if (ready == 0 && left == 0) return Followed::timed_out;
    if (ready <= 0) continue;
    const bool ended = (events[0].revents & POLLIN) != 0;
    if (events[1].revents != 0 && !drain(out.read, result.out)) out.read.close();
    if (events[2].revents != 0 && !drain(err.read, result.err)) err.read.close();
    if (ended && events[1].revents == 0 && events[2].revents == 0) return Followed::ended;
  }
}

}  // namespace

std::string ChildResult::trouble() const {
  if (timed_out) return "took longer than " + std::to_string(seconds) + " s and was stopped";
  if (signal != 0) {
    const char* name = ::sigabbrev_np(signal);
    return "crashed (" + (name ? "SIG" + std::string(name) : "signal " + std::to_string(signal)) + ")";
  }
  return exit_code == 0 ? "" : "ended with exit code " + std::to_string(exit_code);
}

ChildResult run_child(std::span<const std::string> argv, int seconds, const std::function<bool()>& keep_waiting) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  Pipe out, err;
  ChildResult result;
  result.seconds = seconds;
  const pid_t pid = spawn(argv, out, err);
  out.write.close();
  err.write.close();
  const auto reap = [&] {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
  };
  try {
    const Followed how = follow(pid, out, err, end, keep_waiting, result);
    result.timed_out = how == Followed::timed_out;
    if (how != Followed::ended) ::kill(pid, SIGKILL);
  } catch (...) {
    ::kill(pid, SIGKILL);
    reap();
    throw;
  }
  const int status = reap();
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  return result;
}

}  // namespace assay
