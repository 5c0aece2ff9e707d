// fork and exec. Between the two only async-signal-safe calls are allowed: the parent may have threads.

#include "process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "assay/errors.hpp"

namespace {

/// What the child needs, laid out before fork().
struct Prepared {
  std::string log;
  std::vector<std::string> environment;
  std::vector<char*> argv, envp;
};

std::string_view name_of(std::string_view entry) { return entry.substr(0, entry.find('=')); }

Prepared prepare(const Launch& launch) {
  Prepared out;
  out.log = launch.folder + "/log.txt";
  for (char** entry = environ; *entry; ++entry)
    if (std::ranges::none_of(launch.environment, [&](auto own) { return name_of(own) == name_of(*entry); }))
      out.environment.emplace_back(*entry);
  out.environment.insert(out.environment.end(), launch.environment.begin(), launch.environment.end());
  for (const std::string& word : launch.command) out.argv.push_back(const_cast<char*>(word.c_str()));
  for (std::string& entry : out.environment) out.envp.push_back(entry.data());
  out.argv.push_back(nullptr);
  out.envp.push_back(nullptr);
  return out;
}

/// In the child: reports errno to the parent and ends.
[[noreturn]] void give_up(int report) {
  const int error = errno;
  static_cast<void>(!::write(report, &error, sizeof error));
  ::_exit(127);
}

[[noreturn]] void become(const Prepared& prepared, long long memory_bytes, pid_t parent, int report) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(127);  // it died before we could ask to be told
  for (const int signal : std::array{SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGALRM}) ::signal(signal, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const rlimit core{0, 0};
  ::setrlimit(RLIMIT_CORE, &core);
  const rlimit data{static_cast<rlim_t>(memory_bytes), static_cast<rlim_t>(memory_bytes)};
  if (memory_bytes > 0 && ::setrlimit(RLIMIT_DATA, &data) != 0) give_up(report);
  const int in = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int log = ::open(prepared.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (in < 0 || log < 0) give_up(report);
  if (::dup2(in, 0) < 0 || ::dup2(log, 1) < 0 || ::dup2(log, 2) < 0) give_up(report);
  ::execve(prepared.argv[0], prepared.argv.data(), prepared.envp.data());
  give_up(report);
}

/// 0, or the errno with which the child gave up.
int await_exec(int report) {
  int error = 0;
  ssize_t n = 0;
  do n = ::read(report, &error, sizeof error);
  while (n < 0 && errno == EINTR);
  return n == static_cast<ssize_t>(sizeof error) ? error : 0;
}

}  // namespace

pid_t start_process(const Launch& launch) {
  const Prepared prepared = prepare(launch);
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) throw assay::Unavailable(std::string("no pipe: ") + std::strerror(errno));
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) become(prepared, launch.memory_bytes, parent, pipe[1]);
  const int fork_error = errno;
  ::close(pipe[1]);
  const int error = child < 0 ? 0 : await_exec(pipe[0]);
  ::close(pipe[0]);
  if (child < 0) throw assay::Unavailable(std::string("cannot start a process: ") + std::strerror(fork_error));
  if (error == 0) return child;
  ::waitpid(child, nullptr, 0);
  throw assay::PluginError("backend local cannot execute " + launch.command[0] + ": " + std::strerror(error));
}

long long oom_kills() {
  std::ifstream in("/proc/vmstat");
  long long value = 0;
  for (std::string name; in >> name >> value;)
    if (name == "oom_kill") return value;
  return -1;
}
