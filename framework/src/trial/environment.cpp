// Facts of machine and libraries, from /proc and the libraries themselves.

#include "trial/environment.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "linalg/onednn_version.hpp"

namespace assay {
namespace {

/// The value after "NAME:" or "NAME=" of the first line that begins with NAME; empty where there is none.
std::string line_of(const char* file, std::string_view name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(name)) continue;
    const auto sign = line.find_first_of(":=", name.size());
    if (sign == std::string::npos) continue;
    const auto begin = line.find_first_not_of(" \t\"", sign + 1);
    const auto end = line.find_last_not_of(" \t\"");
    return begin == std::string::npos ? "" : line.substr(begin, end - begin + 1);
  }
  return {};
}

int usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
}

/// The class of instruction sets within which results have the same bits.
std::string isa_class() {
#if defined(__x86_64__)
  if (const char* pinned = std::getenv("ONEDNN_MAX_CPU_ISA"); pinned && *pinned) {
    std::string out = pinned;
    for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return "x86-64 " + out;
  }
  if (__builtin_cpu_supports("avx512f")) return "x86-64 avx512";
  return __builtin_cpu_supports("avx2") ? "x86-64 avx2" : "x86-64";
#else
  utsname name{};
  ::uname(&name);
  return name.machine;
#endif
}

}  // namespace

EnvironmentRecord this_environment() {
  EnvironmentRecord out;
  utsname name{};
  ::uname(&name);
  out.hostname = name.nodename;
  out.os = line_of("/etc/os-release", "PRETTY_NAME");
  out.kernel = std::string(name.sysname) + " " + name.release;
  out.cpu = line_of("/proc/cpuinfo", "model name");
  if (out.cpu.empty()) out.cpu = name.machine;
  out.isa = isa_class();
  out.compiler = "gcc " __VERSION__;
  out.assay_version = ASSAY_VERSION;
  out.onednn_version = onednn_version();
  out.cores = usable_cores();
  out.memory_bytes = std::int64_t{::sysconf(_SC_PHYS_PAGES)} * ::sysconf(_SC_PAGESIZE);
  // Whole GiB: what firmware and kernel keep for themselves changes between boots.
  const std::int64_t gib = (out.memory_bytes + (1 << 29)) >> 30;
  out.hw_key = sha256_hex(out.cpu + "\n" + std::to_string(out.cores) + "\n" + std::to_string(gib)).substr(0, 16);
  return out;
}

std::vector<std::string> worker_environment(bool reproducible) {
  std::vector<std::string> out{"OMP_NUM_THREADS=1", "OMP_WAIT_POLICY=passive", "LC_ALL=C.UTF-8"};
#if defined(__x86_64__)
  if (reproducible && __builtin_cpu_supports("avx2")) out.emplace_back("ONEDNN_MAX_CPU_ISA=AVX2");
#else
  static_cast<void>(reproducible);
#endif
  return out;
}

std::int64_t peak_memory() {
  const std::string value = line_of("/proc/self/status", "VmHWM");
  return std::strtoll(value.c_str(), nullptr, 10) * 1024;
}

}  // namespace assay
