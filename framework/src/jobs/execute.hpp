#pragma once  // Runs an experiment: prepares data, schedules trials over a backend, tells observers.

#include <exception>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "experiment/experiment.hpp"
#include "trial/observer.hpp"

namespace assay {

struct ExecuteOptions {
  std::filesystem::path runs_folder;  ///< <db>.runs: attempt folders lie here
  std::filesystem::path cache_folder;
  const History* history = nullptr;  ///< with `resume`
  bool resume = false;               ///< skip trials that are done; continue checkpoints of those that are not
  bool any_build = false;            ///< resume: a run of another build counts too
  std::string file_text, command_line;
};
struct ExecuteResult {
  int done = 0, failed = 0, skipped = 0;
  int elsewhere = 0;    ///< trials left to other processes that run them now
  int not_started = 0;  ///< trials that an interruption kept from beginning
  bool interrupted = false;
  int signal = 0;                     ///< that interrupted it
  int unread = 0;                     ///< of `failed`: trials whose data could not be read
  std::exception_ptr unread_because;  ///< what reading the first such dataset ended with
};

/// Blocks until all trials ended. A dataset that cannot be read costs its own trials, which are failed. SIGINT, SIGTERM
/// or SIGHUP: no new trials, running ones checkpoint and stop. A second SIGINT or SIGTERM, a second later or more,
/// kills (StopRequests); SIGHUP never does, for a closed terminal may send it twice. What the engine itself cannot do
/// (a folder on a full disk) ends the experiment the same way, and is thrown when all is stored.
[[nodiscard]] ExecuteResult execute(const Experiment&, const ExecuteOptions&, std::span<Observer* const> observers);

/// `runner prepare REQUEST.json`: reads, filters and splits one dataset in a process of its own, prints PreparedInfo as
/// JSON.
[[nodiscard]] int run_prepare(const std::filesystem::path& request);

}  // namespace assay
