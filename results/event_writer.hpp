#pragma once  // Turns the engine's events into rows. Knows tables and ids; threads and transactions are its caller's.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "results/codec.hpp"
#include "results/database.hpp"
#include "trial/observer.hpp"

namespace assay {

class EventWriter {
 public:
  explicit EventWriter(Database& database) : database_(database) {}
  EventWriter(const EventWriter&) = delete;
  EventWriter& operator=(const EventWriter&) = delete;

  /// Ends what dead controllers left open: runs that had begun are lost, the others go. A transaction of its own.
  void mark_lost_runs();

  // Each within the caller's transaction. Events of runs that were never planned throw Error.
  void experiment_started(const ExperimentStarted&, std::shared_ptr<const Experiment>);
  void task_ready(const TaskReady&);
  void trial_planned(const TrialPlanned&);
  void run_started(const RunStarted&);
  void run_points(const RunPoints&);
  void run_ended(const RunEnded&);
  void experiment_ended(const ExperimentEnded&);
  void message(const std::string&, std::int64_t time_ms);

 private:
  struct TaskIds {
    std::int64_t task, dataset;
  };
  struct RunIds {
    std::int64_t run;
    std::string task_key;
    int fold;
  };
  [[nodiscard]] const Experiment& experiment() const;
  [[nodiscard]] const RunIds& ids_of(const std::string& run_uid) const;
  [[nodiscard]] const TaskIds& task_of(const std::string& task_key) const;
  [[nodiscard]] const std::string& block(const char* name) const;
  void event(std::int64_t run, std::int64_t time_ms, const char* kind, const std::string& text);
  std::int64_t config_id(const std::string& resolved);
  std::optional<std::int64_t> code_state_id(const CodeRecord&);  ///< none outside of a repository
  std::int64_t environment_id(const EnvironmentRecord&);
  std::int64_t plugin_id(const char* kind, const std::string& name, const std::string& library,
                         const std::string& sha256, const std::string& build_id);
  std::int64_t dataset_id(const DatasetSpec&, const PreparedInfo&);
  std::int64_t trial_id(const TrialPlanned&);
  std::int64_t new_run(const TrialPlanned&, std::int64_t trial);
  std::optional<std::int64_t> earlier_run(const TrialPlanned&, std::int64_t trial);
  void remove_planned(std::int64_t experiment);  ///< runs that never began
  std::int64_t eval_units_id(const RunIds&, const Evaluation&);
  std::int64_t metric_id(const MetricValue&);
  void done(const RunIds&, const RunEnded&);

  Database& database_;
  Packer packer_, scores_packer_;  ///< two, because a row with two vectors needs both at once
  std::shared_ptr<const Experiment> experiment_;
  std::map<std::string, std::string> blocks_;  ///< of the resolved experiment, by name: JSON
  std::int64_t experiment_id_ = 0;
  std::map<std::string, TaskIds> tasks_;
  std::map<std::string, RunIds> runs_;
};

[[nodiscard]] const char* to_text(RunStatus) noexcept;
[[nodiscard]] const char* to_text(PointKind) noexcept;

}  // namespace assay
