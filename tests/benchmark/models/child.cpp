// Child processes, clocks and the kernel's count of memory.

#include "child.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <exception>
#include <fstream>
#include <malloc.h>
#include <sstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace assay::bench {
namespace {

double seconds_of(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

std::int64_t status_bytes(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(field)) return std::stoll(line.substr(field.size() + 1)) * 1024;
  return 0;
}

void write_note(Measured& m, const std::string& note) { std::snprintf(m.note, sizeof m.note, "%s", note.c_str()); }

[[noreturn]] void work_and_leave(const std::function<Measured()>& work, int cpu_seconds, int to) {
  if (cpu_seconds > 0) {
    const rlimit limit{static_cast<rlim_t>(cpu_seconds), static_cast<rlim_t>(cpu_seconds) + 5};
    setrlimit(RLIMIT_CPU, &limit);
  }
  Measured m;
  try {
    m = work();
    m.ok = true;
  } catch (const std::exception& e) {
    write_note(m, e.what());
  }
  const bool sent = write(to, &m, sizeof m) == sizeof m;
  _exit(sent ? 0 : 1);
}

}  // namespace

Watch::Watch() : cpu_(seconds_of(CLOCK_PROCESS_CPUTIME_ID)), wall_(seconds_of(CLOCK_MONOTONIC)) {}
double Watch::cpu() const { return seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu_; }
double Watch::wall() const { return seconds_of(CLOCK_MONOTONIC) - wall_; }

std::int64_t begin_memory() {
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << 5;  // VmHWM becomes VmRSS
  return status_bytes("VmRSS:");
}

std::int64_t peak_beyond(std::int64_t held) { return std::max<std::int64_t>(0, status_bytes("VmHWM:") - held); }

Measured in_child(const std::function<Measured()>& work, int cpu_seconds) {
  int pipes[2];
  Measured m;
  if (pipe(pipes) != 0) return m;
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    close(pipes[0]);
    work_and_leave(work, cpu_seconds, pipes[1]);
  }
  close(pipes[1]);
  const bool read_all = read(pipes[0], &m, sizeof m) == sizeof m;
  close(pipes[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (read_all) return m;
  m = {};
  const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  if (signal == SIGXCPU || (signal == SIGKILL && cpu_seconds > 0))
    write_note(m, "> " + std::to_string(cpu_seconds) + " s");
  else
    write_note(m, signal ? std::string("ended by ") + strsignal(signal) : "ended without a word");
  return m;
}

Measured in_program(const std::string& command) {
  Measured m;
  FILE* out = popen((command + " 2>&1").c_str(), "r");
  std::string last;
  for (char line[400]; out && std::fgets(line, sizeof line, out);)
    if (line[0] != '\n') last = line;
  if (out) pclose(out);
  std::istringstream words(last);
  m.ok = static_cast<bool>(words >> m.cpu >> m.wall >> m.bytes);
  if (!m.ok) write_note(m, last.substr(0, last.find('\n')));
  return m;
}

}  // namespace assay::bench
