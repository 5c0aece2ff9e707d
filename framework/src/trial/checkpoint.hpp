#pragma once  // Checkpoints of a training: what an interrupted attempt leaves and a later one takes up.

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>

#include "assay/model.hpp"
#include "assay/stored.hpp"

namespace assay {

/// Where the training loop stands after a whole epoch.
struct TrainingState {
  std::string phase = "fit";  ///< or "refit"
  int epoch = 0;
  int best_epoch = 0;                                                    ///< 0: nothing validated yet
  double best = std::numeric_limits<double>::quiet_NaN();                ///< the training metric's best value
  double patience_reference = std::numeric_limits<double>::quiet_NaN();  ///< what must be beaten by min_delta
  int stale = 0;                                                         ///< validations since it was
  int refit_epochs = 0;                                                  ///< phase "refit": how many there will be
};

/// The weights of the best epoch and the checkpoint of an attempt's folder. Best weights are one file an epoch: the
/// checkpoint on disk always finds the file that it speaks of.
class CheckpointStore {
 public:
  explicit CheckpointStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

  void save_best(const Model& model, int epoch);
  /// `data`: what the model is trained on. Throws DataError where the weights are damaged or do not fit it.
  void load_best(Model& model, int epoch, Extents data) const;
  /// Both `model` and its Resumable side, with the state, in one file.
  void save_checkpoint(const Model& model, const Resumable& training, const TrainingState& state);
  /// Takes up what another attempt left: its checkpoint and, where weights of the best validation are kept, the ones
  /// that belong to it are copied here first. That attempt may still be writing. False: there is nothing whole. Throws
  /// DataError where the checkpoint is damaged.
  [[nodiscard]] bool adopt(const std::filesystem::path& other_folder, bool keeps_best = true);
  [[nodiscard]] TrainingState checkpoint_state() const;                         ///< throws DataError
  void load_weights(Model& model, Extents data) const;                          ///< of the checkpoint, and nothing else
  void load_checkpoint(Model& model, Resumable& training, Extents data) const;  ///< the same
  void remove_all();                                                            ///< when the trial is done

 private:
  [[nodiscard]] std::filesystem::path best_file(int epoch) const;
  std::filesystem::path folder_;
  int best_ = 0;        // epoch of the newest best file
  int referenced_ = 0;  // epoch that the checkpoint on disk speaks of
};

}  // namespace assay
