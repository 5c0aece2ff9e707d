#pragma once  // The only writer of the results database: stores what the engine tells while an experiment runs.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "trial/observer.hpp"

namespace assay {

/// Copies each event into a queue; one thread writes batches (every 250 ms or 500 rows) in transactions of their own,
/// so that training never waits for the disk. What goes wrong there is thrown, as DatabaseError, by the next call.
/// Called from one thread.
class Recorder final : public Observer, public History {
 public:
  /// Opens or makes the database and its folders, and marks runs whose controller died as lost. Throws DatabaseError
  /// for files that are not ours, newer schemas, damaged files and network file systems.
  explicit Recorder(std::filesystem::path db);
  ~Recorder() override;  ///< as close(), but silent; call close() to learn of errors
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  void experiment_started(const ExperimentStarted&) override;
  void task_ready(const TaskReady&) override;
  void trial_planned(const TrialPlanned&) override;
  void run_started(const RunStarted&) override;
  void run_points(const RunPoints&) override;
  void run_ended(const RunEnded&) override;
  void experiment_ended(const ExperimentEnded&) override;  ///< returns when all is committed, as flush()
  void message(const std::string&) override;

  /// Newest first; also those that run at this moment ("running").
  [[nodiscard]] std::vector<Known> runs_of(const std::string& trial_key) const override;
  [[nodiscard]] std::optional<Elsewhere> on_other_data(const Asked&) const override;
  [[nodiscard]] bool planned(const std::string& trial_key) const override;

  void flush();  ///< returns when all that was told is committed
  /// Writes what is left and folds the write-ahead log into the file: the database is one file again, as soon as no
  /// other process has it open.
  void close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay
