// Processes as /proc shows them, or their locks.

#include "results/controller.hpp"

#include <array>
#include <filesystem>
#include <sstream>
#include <system_error>
#include <unistd.h>

#include "base/files.hpp"
#include "data/lock.hpp"

namespace assay {
namespace {

/// Field 22 of /proc/PID/stat; 0 where there is no such process. The name before it may hold blanks and parentheses.
std::int64_t start_of(std::int64_t pid) {
  const std::string line = first_line_of("/proc/" + std::to_string(pid) + "/stat");
  const std::size_t end = line.rfind(')');
  if (end == std::string::npos) return 0;
  std::istringstream fields(line.substr(end + 1));
  std::string field;
  for (int i = 3; i <= 22; ++i) fields >> field;
  return std::stoll(field);
}

std::string host_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

}  // namespace

Controller this_process() {
  std::error_code ignored;
  const std::filesystem::path names = std::filesystem::read_symlink("/proc/self/ns/pid", ignored);
  const std::int64_t pid = ::getpid();
  return {host_name(), first_line_of("/proc/sys/kernel/random/boot_id"), names.string(), pid, start_of(pid)};
}

std::filesystem::path controller_lock(const std::filesystem::path& db, const std::string& experiment_uid) {
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(db, error);  // all links to it have one lock
  return std::filesystem::path((error ? db : real).string() + ".runs") / ("controller-" + experiment_uid + ".lock");
}

Liveness liveness(const Controller& controller, const std::filesystem::path& lock) {
  const LockState state = lock_state(lock);
  if (state == LockState::held) return Liveness::alive;
  const Controller self = this_process();
  if (controller.boot != self.boot)  // another machine, or ours before it was started again
    return controller.host == self.host ? Liveness::dead : Liveness::unknown;
  if (controller.pid_namespace == self.pid_namespace)
    return start_of(controller.pid) == controller.start ? Liveness::alive : Liveness::dead;
  return state == LockState::free ? Liveness::dead : Liveness::unknown;
}

std::vector<OpenExperiment> open_experiments(Database& database) {
  Statement& rows = database.prepare(
      "SELECT id, uid, name, controller_host, controller_boot, controller_namespace, controller_pid, controller_start "
      "FROM experiments WHERE ended_ms IS NULL");
  std::vector<OpenExperiment> out;
  while (rows.step()) {
    OpenExperiment e{rows.integer(0), rows.text(1), rows.text(2), {}, {}};
    e.controller = {rows.text(3), rows.text(4), rows.text(5), rows.integer(6), rows.integer(7)};
    e.state = liveness(e.controller, controller_lock(database.file(), e.uid));
    out.push_back(std::move(e));
  }
  rows.reset();
  return out;
}

}  // namespace assay
