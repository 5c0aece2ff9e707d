#pragma once  // Which process runs an experiment, and whether it still does.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "results/database.hpp"

namespace assay {

/// Names a process once and for all: ids of processes are used again, start times within a boot are not.
struct Controller {
  std::string host, boot, pid_namespace;  ///< boot: the kernel's boot id; namespace: "pid:[4026531836]"
  std::int64_t pid = 0, start = 0;        ///< start: clock ticks from boot
  bool operator==(const Controller&) const = default;
};
[[nodiscard]] Controller this_process();

/// The file on which the controller of an experiment holds a FileLock for as long as it lives: FILE.runs/….lock. Who
/// is in another container sees no process, but the lock.
[[nodiscard]] std::filesystem::path controller_lock(const std::filesystem::path& db, const std::string& experiment_uid);

/// `unknown` where it cannot be seen from here: on another machine, or in another container where no lock tells it
/// (copies of a database, those of an Assay that had no locks yet, folders that may not be read).
enum class Liveness : std::uint8_t { alive, dead, unknown };
/// A lock that is held decides, then the process where it can be seen, then a lock that is free. Of another machine a
/// free lock tells nothing: a network may hand files over, but not their locks.
[[nodiscard]] Liveness liveness(const Controller& controller, const std::filesystem::path& lock);

/// An experiment whose end was not stored.
struct OpenExperiment {
  std::int64_t id = 0;
  std::string uid, name;
  Controller controller;
  Liveness state = Liveness::unknown;
};
[[nodiscard]] std::vector<OpenExperiment> open_experiments(Database& database);

}  // namespace assay
