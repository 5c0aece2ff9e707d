#pragma once  // What a trial will take of its machine, known before it starts.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "assay/model.hpp"

#include "data/prepared.hpp"
#include "experiment/experiment.hpp"

namespace assay {

/// What a model says, and whether checkpoints of it are written.
struct ModelNeed {
  Need need;
  bool resumable = false;
};
/// Asks the model, in a process of its own, what training on such data takes. Nothing where it does not say (it is no
/// Sized), or the process fails: then the trial itself will tell.
[[nodiscard]] std::optional<ModelNeed> need_of_model(const ModelSpec& model, const TaskShape& task);

/// Bytes of a worker's whole life.
struct TrialNeed {
  std::int64_t memory = 0;  ///< at its peak: program, mapped data, model, evaluation
  std::int64_t disk = 0;    ///< at its peak: model, best weights, checkpoint, evaluation
  std::int64_t kept = 0;    ///< what stays on disk
};
[[nodiscard]] TrialNeed need_of_trial(const ModelNeed& model, const Experiment& experiment, const PreparedInfo& data);

/// Bytes that the trials of a backend may take together: those of this machine, or no end of them where they run
/// elsewhere.
[[nodiscard]] std::int64_t memory_for_trials(const BackendSpec& backend);

/// The needs of an experiment's trials, each pair of model and dataset asked once, against what there is.
class Needs {
 public:
  /// `runs_folder`: on whose disk attempts write.
  Needs(const Experiment& experiment, std::filesystem::path runs_folder);
  /// Nothing where the model does not say.
  [[nodiscard]] std::optional<TrialNeed> of(std::size_t model, std::size_t dataset, const PreparedInfo& data);
  /// Why such a trial cannot run here; empty where it can, and then the disk it will keep is taken.
  [[nodiscard]] std::string refusal(const TrialNeed& need);

 private:
  const Experiment& experiment_;
  std::filesystem::path runs_folder_;
  std::int64_t memory_, disk_;               ///< what there is; disk_: less what trials before will keep
  std::map<std::size_t, TaskShape> shapes_;  ///< by dataset: the file is opened once for all models
  std::map<std::pair<std::size_t, std::size_t>, std::optional<TrialNeed>> known_;
};

/// `runner estimate REQUEST`: opens the library and prints what the model says, as JSON; null where it says nothing.
[[nodiscard]] int run_estimate(const std::string& request);

}  // namespace assay
