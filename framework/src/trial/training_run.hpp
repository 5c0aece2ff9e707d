#pragma once  // The Run that a model trains with: epochs, validation, early stopping, checkpoints, divergence.

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "assay/model.hpp"

#include "experiment/experiment.hpp"
#include "trial/checkpoint.hpp"
#include "trial/events.hpp"

namespace assay {

using NamedValues = std::vector<std::pair<std::string, double>>;

struct TrainingSetup {
  TrainingSpec training;
  bool higher_is_better = true;  ///< of training.metric
  std::uint64_t seed = 0;
  /// Metrics of the model as it stands on the validation part, training.metric first. Empty: there is no such part.
  std::function<NamedValues()> validate;
  std::string phase = "fit";             ///< "refit": no validation, series are named "refit/…"
  int refit_epochs = 0;                  ///< refit: the best number of epochs; 0: the model's own
  std::optional<TrainingState> restore;  ///< the checkpoint of the store is to be loaded in begin()
  Extents data;                          ///< users and items that the model is trained on
  const std::atomic<bool>* cancel = nullptr;
};

struct TrainingOutcome {
  int epochs = 0, best_epoch = 0;
  bool iterative = false;  ///< the model called begin()
  bool stopped_early = false, diverged = false, cancelled = false;
  int diverged_epoch = 0;
  std::string diverged_series;
  double validation_seconds = 0, validation_cpu_seconds = 0;
};

/// One fit() of one model. Not thread-safe, except parallel() nested and cancelled().
class TrainingRun final : public Run {
 public:
  TrainingRun(Model& model, Executor& executor, EventLog& events, std::filesystem::path folder, CheckpointStore& store,
              TrainingSetup setup);
  /// After fit() returned: writes what is left, loads the best weights where they are not the last.
  TrainingOutcome finish();

  [[nodiscard]] int begin(int epochs) override;
  [[nodiscard]] bool next() override;
  void progress(std::int64_t done, std::int64_t total) override;
  [[nodiscard]] bool cancelled() const noexcept override;
  void loss(std::string_view series, double value) override;
  void measure(std::string_view series, double value) override;
  [[nodiscard]] Random random(std::string_view purpose, std::uint64_t index) const override;
  [[nodiscard]] const Reader* input(std::string_view name) const override;
  void artifact(std::string_view name, std::span<const std::byte> bytes) override;
  [[nodiscard]] Group& group() override;
  [[nodiscard]] int threads() const noexcept override;
  void parallel(std::int64_t chunks, void (*body)(void*, std::int64_t), void* context) override;

 private:
  void flush_points();
  void validate();
  double measure_validation();  ///< stores the values; returns the one that is watched
  [[nodiscard]] bool patience_exhausted() const;
  [[nodiscard]] bool validation_due() const;
  [[nodiscard]] bool checkpoint_due() const;
  void checkpoint();
  [[nodiscard]] bool better(double value, double than, double by) const;

  Model& model_;
  Resumable* resumable_;  // null: cannot be continued
  Executor& executor_;
  EventLog& events_;
  std::filesystem::path folder_;
  CheckpointStore& store_;
  TrainingSetup setup_;
  TrainingState state_;
  TrainingOutcome outcome_;
  NamedValues losses_, measures_;  // of this epoch; a later value of a series replaces an earlier one
  int epochs_ = 0;
  int weights_epoch_ = 0;  // whose weights the model holds
  double last_checkpoint_ = 0;
  mutable std::atomic<bool> told_{false};  // the model saw the cancellation inside an epoch: it may be cut short
};

/// The key of Run::random's stream: the first 8 bytes of SHA-256 over (seed, purpose, index).
[[nodiscard]] std::uint64_t random_key(std::uint64_t seed, std::string_view purpose, std::uint64_t index);

}  // namespace assay
