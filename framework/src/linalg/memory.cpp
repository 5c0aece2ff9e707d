// How much memory this process may still take.

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

#include "assay/linalg.hpp"

#include "linalg/total_memory.hpp"

namespace assay {
namespace {

constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max();

/// The first number of a file, or `otherwise` ("max" is no number).
std::int64_t number_in(const std::string& path, std::int64_t otherwise) {
  std::ifstream file(path);
  std::int64_t value = 0;
  return file >> value ? value : otherwise;
}

/// MemAvailable of /proc/meminfo, in bytes.
std::int64_t free_on_machine() {
  std::ifstream file("/proc/meminfo");
  for (std::string key, rest; file >> key && std::getline(file, rest);)
    if (key == "MemAvailable:") return std::stoll(rest) * 1024;
  return kUnlimited;
}

std::int64_t left_of_address_space() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kUnlimited;
  const std::int64_t used = number_in("/proc/self/statm", 0) * sysconf(_SC_PAGESIZE);
  return std::max<std::int64_t>(0, static_cast<std::int64_t>(limit.rlim_cur) - used);
}

struct GroupMemory {
  std::int64_t limit = kUnlimited, left = kUnlimited;
};
/// The least of the control group (version 2) of this process and those above it.
GroupMemory of_control_groups() {
  std::ifstream file("/proc/self/cgroup");
  std::string line, group;
  while (std::getline(file, line))
    if (line.starts_with("0::/")) group = line.substr(3);
  GroupMemory least;
  for (; !group.empty(); group.erase(group.rfind('/'))) {
    const std::string folder = "/sys/fs/cgroup" + (group == "/" ? "" : group);
    const std::int64_t limit = number_in(folder + "/memory.max", kUnlimited);
    if (limit == kUnlimited) continue;
    least.limit = std::min(least.limit, limit);
    least.left = std::min(least.left, std::max<std::int64_t>(0, limit - number_in(folder + "/memory.current", 0)));
  }
  return least;
}

}  // namespace

std::int64_t available_memory() {
  return std::min({free_on_machine(), left_of_address_space(), of_control_groups().left});
}

std::int64_t total_memory() {
  return std::min(std::int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE), of_control_groups().limit);
}

}  // namespace assay
