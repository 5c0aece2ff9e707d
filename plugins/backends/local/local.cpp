// Backend `local`: workers are child processes of the runner, on this machine.

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <map>
#include <optional>
#include <sched.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "assay/backend.hpp"
#include "assay/plugin.hpp"

#include "process.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using assay::AttemptState;

constexpr std::int64_t kForever = 4'000'000'000;  // seconds; much more would be beyond the end of the clock

int usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

struct Job {
  std::string label, folder, reason;
  pid_t pid = 0;
  AttemptState state = AttemptState::running;
  int exit_code = 0, signal = 0;
  std::optional<Clock::time_point> time_limit, kill_at;
  long long oom_kills_before = 0;
  bool killed_by_us = false;
};

class Local final : public assay::Backend {
 public:
  struct Params {
    int jobs = 0;
    int cores = 0;
    int grace = 30;
    static constexpr auto fields() {
      return std::tuple{
          assay::field(&Params::jobs, "jobs", "Trials that run at the same time; 0: as many as the cores allow.")
              .in(0, 4096),
          assay::field(&Params::cores, "cores",
                       "Threads of all running trials together; 0: all cores this process may use.")
              .in(0, 4096),
          assay::field(&Params::grace, "grace", "Seconds that a trial gets to save its state when it is stopped.")
              .in(0, 3600)};
    }
  };
  explicit Local(Params params) : params_(params) {}
  Local(const Local&) = delete;
  Local& operator=(const Local&) = delete;
  ~Local() override {
    for (auto& [id, job] : jobs_) end(job);
  }

  assay::Resources capacity() override {
    const int cores = params_.cores > 0 ? params_.cores : usable_cores();
    const auto memory = std::int64_t{::sysconf(_SC_PHYS_PAGES)} * ::sysconf(_SC_PAGESIZE);
    return {params_.jobs > 0 ? params_.jobs : cores, cores, memory, 0};
  }

  void submit(const assay::Attempt& attempt) override {
    const std::string id(attempt.id);
    if (jobs_.contains(id)) return;
    if (attempt.resources.processes > 1) throw assay::PluginError("backend local runs trials of one process only");
    std::vector<std::string> command;
    for (std::string_view word : attempt.command) command.push_back(filled(word, attempt.folder));
    Job job;
    job.label = attempt.label;
    job.folder = attempt.folder;
    job.oom_kills_before = oom_kills();
    job.pid = start_process({job.folder, command, attempt.environment, attempt.resources.memory_bytes});
    if (const auto limit = attempt.resources.seconds; limit > 0 && limit < kForever)
      job.time_limit = Clock::now() + std::chrono::seconds(limit);
    jobs_.emplace(id, std::move(job));
  }

  void list(std::string_view label, assay::StatusSink& sink) override {
    for (auto& [id, job] : jobs_) {
      watch(job);
      if (job.label == label) sink.status({id, job.state, job.exit_code, job.signal, job.reason, host_});
    }
  }

  void cancel(std::string_view id, bool by_force) override {
    const auto found = jobs_.find(id);
    if (found != jobs_.end() && found->second.state == AttemptState::running) stop(found->second, by_force);
  }

  void read(std::string_view id, std::string_view file, std::int64_t offset, assay::ByteSink& sink) override {
    const auto found = jobs_.find(id);
    if (found == jobs_.end() || file.starts_with('/') || file.find("..") != std::string_view::npos) return;
    const int fd = ::open((found->second.folder + "/" + std::string(file)).c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    std::array<std::byte, 65536> buffer;
    for (ssize_t n = 0; (n = ::pread(fd, buffer.data(), buffer.size(), offset)) > 0; offset += n)
      sink.bytes(std::span(buffer).first(static_cast<std::size_t>(n)));
    ::close(fd);
  }

  void forget(std::string_view id) override {
    const auto found = jobs_.find(id);
    if (found == jobs_.end()) return;
    end(found->second);
    jobs_.erase(found);
  }

 private:
  /// In one pass: a folder may be called "{inputs}", too.
  static std::string filled(std::string_view word, std::string_view folder) {
    constexpr std::string_view kFolder = "{folder}", kInputs = "{inputs}";
    std::string out;
    while (!word.empty()) {
      const bool is_folder = word.starts_with(kFolder), is_inputs = word.starts_with(kInputs);
      if (is_folder) out += folder;
      if (is_inputs) out += '/';
      if (!is_folder && !is_inputs) out += word[0];
      word.remove_prefix(is_folder ? kFolder.size() : is_inputs ? kInputs.size() : 1);
    }
    return out;
  }

  void stop(Job& job, bool by_force) const {
    if (by_force) {
      job.killed_by_us = true;
      ::kill(-job.pid, SIGKILL);
    } else if (!job.kill_at) {
      ::kill(-job.pid, SIGTERM);
      job.kill_at = Clock::now() + std::chrono::seconds(params_.grace);
    }
  }

  /// Ends the whole process tree and takes the exit status, so that no zombie stays.
  static void end(Job& job) {
    if (job.state != AttemptState::running) return;
    ::kill(-job.pid, SIGKILL);
    ::waitpid(job.pid, nullptr, 0);
    job.state = AttemptState::ended;
  }

  void watch(Job& job) const {
    if (job.state != AttemptState::running) return;
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(job.pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == job.pid)
      return ended(job);
    const auto now = Clock::now();
    if (job.time_limit && now >= *job.time_limit) {
      job.time_limit.reset();
      job.reason = "timeout";
      stop(job, false);
    }
    if (job.kill_at && now >= *job.kill_at) stop(job, true);
  }

  static void ended(Job& job) {
    ::kill(-job.pid, SIGKILL);  // what the worker left behind in its group, whose number is ours until it is reaped
    int status = 0;
    ::waitpid(job.pid, &status, 0);
    job.state = AttemptState::ended;
    job.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    job.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (job.signal == SIGKILL && !job.killed_by_us && job.reason.empty() && oom_kills() > job.oom_kills_before)
      job.reason = "out of memory";
  }

  Params params_;
  std::string host_ = [] {
    std::array<char, 256> name{};
    ::gethostname(name.data(), name.size() - 1);
    return std::string(name.data());
  }();
  std::map<std::string, Job, std::less<>> jobs_;
};

}  // namespace

ASSAY_PLUGIN("local", "1.0.0",
             assay::component<assay::Backend, Local>("local", "Trials as processes on this machine."));
