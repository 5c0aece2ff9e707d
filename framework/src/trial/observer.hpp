#pragma once  // What the engine tells while an experiment runs. results/ stores it, runner/ shows it; the engine knows
              // neither.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/prepared.hpp"
#include "eval/evaluator.hpp"
#include "experiment/experiment.hpp"

namespace assay {

struct EnvironmentRecord {  ///< of the machine that ran an attempt
  std::string hostname, os, kernel, cpu, isa, compiler, assay_version, onednn_version;
  int cores = 0;
  std::int64_t memory_bytes = 0;
  std::string hw_key;  ///< hash of stable hardware facts
};
struct CodeRecord {
  std::string commit, diff;
  bool dirty = false;
};  ///< of the experiment file's git repository, if any

struct ExperimentStarted {
  std::string uid;  ///< UUIDv7
  const Experiment* experiment;
  std::string file_text, command_line;
  CodeRecord code;
  std::int64_t time_ms = 0;
  std::size_t trials = 0;  ///< all of them, also those that are already done
};

struct TaskReady {  ///< data of one dataset is prepared, or could not be
  std::string key;
  std::size_t dataset = 0;
  PreparedInfo data;
  std::string trouble = {};  ///< why it could not; then `data` says nothing of what it holds
};

/// `elsewhere`: another process runs it at this moment, or will.
enum class TrialDecision : std::uint8_t { run, already_done, elsewhere };
struct TrialPlanned {
  std::string run_uid, trial_key, build_key, task_key;
  Trial trial;
  TrialDecision decision = TrialDecision::run;
  std::string why;               ///< "never ran", "failed before", "done in run …"
  std::string earlier_run = {};  ///< that stands for the trial where it is not to run; empty: any that is done
};

struct RunStarted {
  std::string run_uid, attempt_id, host;
  std::filesystem::path folder;
  std::int64_t time_ms = 0;
};

enum class PointKind : std::uint8_t { loss, measure, validation };
struct Point {
  int epoch = 0;
  PointKind kind = PointKind::loss;
  std::string series;
  double value = 0;
  std::int64_t time_ms = 0;
};
struct RunPoints {
  std::string run_uid;
  std::vector<Point> points;
  int replaces_after = -1;
};  ///< >= 0: points of later epochs are void
struct RunProgress {
  std::string run_uid, phase;
  std::int64_t done = 0, total = 0;
};  ///< phase: read, fit, evaluate

enum class RunStatus : std::uint8_t { done, failed, diverged, crashed, timeout, out_of_memory, cancelled, lost };
struct RunEnded {
  std::string run_uid;
  RunStatus status = RunStatus::done;
  std::string reason, log_tail;  ///< empty when done
  std::int64_t time_ms = 0;
  // What follows is filled when done.
  int epochs = 0, best_epoch = 0;
  bool stopped_early = false;
  double read_seconds = 0, fit_seconds = 0, fit_cpu_seconds = 0, evaluate_seconds = 0, total_seconds = 0;
  std::int64_t peak_bytes = 0;
  Evaluation test;            ///< per-user values and top lists included
  std::string result_sha256;  ///< of the exact bits of all test metric values
  EnvironmentRecord environment;
  std::vector<std::pair<std::string, std::filesystem::path>> artifacts;  ///< name, file (model.safetensors, …)
  std::vector<std::pair<std::string, std::string>> tags;                 ///< e.g. mxcsr_restored=1
};
struct ExperimentEnded {
  std::string uid;
  std::int64_t time_ms = 0;
  int done = 0, failed = 0, skipped = 0;
  bool interrupted = false;
  int not_started = 0;  ///< they leave no run
};

/// Called from one thread. An exception ends the experiment (after the running trials were asked to stop).
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void experiment_started(const ExperimentStarted&) {}
  virtual void task_ready(const TaskReady&) {}
  virtual void trial_planned(const TrialPlanned&) {}
  virtual void run_started(const RunStarted&) {}
  virtual void run_points(const RunPoints&) {}
  virtual void run_progress(const RunProgress&) {}
  virtual void run_ended(const RunEnded&) {}
  virtual void experiment_ended(const ExperimentEnded&) {}
  /// About four times a second while anything goes on: for displays that show time.
  virtual void tick() {}
  /// A word for the user that is not tied to a trial ("reading movielens-small").
  virtual void message(const std::string&) {}
};

/// What the engine asks when it resumes.
class History {
 public:
  virtual ~History() = default;
  struct Known {
    std::string run_uid, status, build_key;
    std::filesystem::path folder;
    std::string controller = {};            ///< "process 4711 on host", where that still is at it
    std::vector<std::string> metrics = {};  ///< "ndcg@10", …: what a done run has
  };
  /// The executions of a trial, newest first: in the order in which they were stored, whatever the clock said.
  [[nodiscard]] virtual std::vector<Known> runs_of(const std::string& trial_key) const = 0;
  /// The newest run of such a trial on other data: of an experiment, dataset and model of these names, and of this
  /// seed and fold.
  struct Asked {
    std::string experiment, dataset, label;
    std::optional<std::uint64_t> seed;
    int fold = 0;
    std::string task_key;  ///< that it does not have
  };
  struct Elsewhere {
    std::string run_uid, dataset_fingerprint, split_fingerprint;
  };
  [[nodiscard]] virtual std::optional<Elsewhere> on_other_data(const Asked&) const { return std::nullopt; }
  /// An experiment has had this trial, whether it came to a run of it or not.
  [[nodiscard]] virtual bool planned(const std::string&) const { return false; }
};

}  // namespace assay
