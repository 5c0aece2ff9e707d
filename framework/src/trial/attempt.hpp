#pragma once  // attempt.json: all that a worker must know. Written by the controller, read by the worker.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "experiment/experiment.hpp"

namespace assay {

/// One execution of a trial. The stored form is described in docs/design/attempts.md.
struct AttemptSpec {
  std::string id;       ///< names the folder too; the worker stops when attempt.json names another one
  std::string run_uid;  ///< the row that this attempt fills
  std::string experiment, trial_key, build_key, task_key, dataset;
  std::filesystem::path task_file;  ///< prepared data
  ModelSpec model;
  std::optional<std::uint64_t> seed;
  int fold = 0, threads = 1;
  bool reproducible = true, save_models = true;
  TrainingSpec training;
  MetricsSpec metrics;
  std::filesystem::path continue_from;  ///< folder of an attempt whose checkpoint is to be taken up; empty: none
};

inline constexpr const char* kAttemptFile = "attempt.json";
inline constexpr const char* kEventsFile = "events.ndjson";
inline constexpr const char* kManifestFile = "manifest.json";
inline constexpr const char* kLogFile = "log.txt";
inline constexpr const char* kCheckpointFile = "checkpoint.safetensors";
inline constexpr const char* kModelFile = "model.safetensors";
inline constexpr const char* kModelSideFile = "model.json";
inline constexpr const char* kEvaluationFile = "evaluation.safetensors";

void write_attempt(const std::filesystem::path& folder, const AttemptSpec& attempt);
[[nodiscard]] AttemptSpec read_attempt(const std::filesystem::path& folder);  ///< throws DataError
[[nodiscard]] std::string read_attempt_id(const std::filesystem::path& folder);

/// model.json, the side file of a saved model: what it takes to use it again without the database.
struct SavedModel {
  std::string run_uid, label, plugin, plugin_version, params, dataset;
  std::filesystem::path library, task_file;
  std::string library_sha256;
  std::optional<std::uint64_t> seed;
  bool trained_on_validation = false;    ///< refitted on train + validation
  bool profile_with_validation = false;  ///< the profiles of the test were train + validation
};
void write_saved_model(const std::filesystem::path& folder, const SavedModel& model);
[[nodiscard]] SavedModel read_saved_model(const std::filesystem::path& folder);  ///< throws DataError

}  // namespace assay
