#pragma once  // Which process runs an experiment, and whether it still does.

#include <cstdint>
#include <string>

namespace assay {

/// Names a process once and for all: ids of processes are used again, start times within a boot are not.
struct Controller {
  std::string host, boot, pid_namespace;  ///< boot: the kernel's boot id; namespace: "pid:[4026531836]"
  std::int64_t pid = 0, start = 0;        ///< start: clock ticks from boot
  bool operator==(const Controller&) const = default;
};
[[nodiscard]] Controller this_process();

/// `unknown` where it cannot be seen from here: another machine, another container.
enum class Liveness : std::uint8_t { alive, dead, unknown };
[[nodiscard]] Liveness liveness(const Controller& controller);

}  // namespace assay
