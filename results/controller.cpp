// Processes as /proc shows them.

#include "results/controller.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <unistd.h>

namespace assay {
namespace {

std::string first_line(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

/// Field 22 of /proc/PID/stat; 0 where there is no such process. The name before it may hold blanks and parentheses.
std::int64_t start_of(std::int64_t pid) {
  const std::string line = first_line("/proc/" + std::to_string(pid) + "/stat");
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
  return {host_name(), first_line("/proc/sys/kernel/random/boot_id"), names.string(), pid, start_of(pid)};
}

Liveness liveness(const Controller& controller) {
  const Controller self = this_process();
  if (controller.boot != self.boot)  // another machine, or ours before it was started again
    return controller.host == self.host ? Liveness::dead : Liveness::unknown;
  if (controller.pid_namespace != self.pid_namespace) return Liveness::unknown;
  return start_of(controller.pid) == controller.start ? Liveness::alive : Liveness::dead;
}

}  // namespace assay
