#pragma once  // One child process with a process group, a log file and limits of its own.

#include <span>
#include <string>
#include <string_view>
#include <sys/types.h>

struct Launch {
  std::string folder;                             ///< working files: log.txt
  std::span<const std::string> command;           ///< argv
  std::span<const std::string_view> environment;  ///< NAME=value, beside and above our own
  long long memory_bytes;                         ///< RLIMIT_DATA; 0: none
};

/// Starts it; throws assay::Unavailable when the system has no process or memory left, assay::PluginError when the
/// program cannot be executed. The child gets SIGTERM when the calling thread ends.
[[nodiscard]] pid_t start_process(const Launch& launch);

/// The system's count of processes killed for want of memory, -1 where it does not tell.
[[nodiscard]] long long oom_kills();
