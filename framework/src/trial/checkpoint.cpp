// Checkpoints: safetensors files with the model, its optimizer and the state of the training loop.

#include "trial/checkpoint.hpp"

#include <nlohmann/json.hpp>

#include "assay/errors.hpp"

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "trial/attempt.hpp"
#include "trial/number_json.hpp"
#include "trial/safetensors.hpp"

namespace assay {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;
constexpr int kAdoptions = 5;  // an orphan stores a checkpoint at most once an epoch
constexpr const char* kState = "assay.state";

std::string to_text(const TrainingState& s) {
  return json{{"phase", s.phase},
              {"epoch", s.epoch},
              {"best_epoch", s.best_epoch},
              {"best", number_json(s.best)},
              {"patience_reference", number_json(s.patience_reference)},
              {"stale", s.stale},
              {"refit_epochs", s.refit_epochs}}
      .dump();
}

TrainingState state_of(std::string_view text) {
  const json j = parse_json(text);
  TrainingState s;
  s.phase = j.at("phase");
  s.epoch = whole(j, "epoch");
  s.best_epoch = whole(j, "best_epoch");
  s.best = json_number(j.at("best"));
  s.patience_reference = json_number(j.at("patience_reference"));
  s.stale = whole(j, "stale");
  s.refit_epochs = whole(j, "refit_epochs");
  return s;
}

/// False: there is no such file (any more).
bool copied(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::copy_file(from, to, fs::copy_options::overwrite_existing, error);
  if (error == std::errc::no_such_file_or_directory) return false;
  if (error) throw Error(to.string() + ": cannot copy " + from.string() + ": " + error.message());
  return true;
}

}  // namespace

std::filesystem::path CheckpointStore::best_file(int epoch) const {
  return folder_ / ("best-" + std::to_string(epoch) + ".safetensors");
}

void CheckpointStore::save_best(const Model& model, int epoch) {
  save_safetensors(best_file(epoch), [&](Writer& to) { model.save(to); });
  if (best_ != 0 && best_ != referenced_ && best_ != epoch) std::filesystem::remove(best_file(best_));
  best_ = epoch;
}

void CheckpointStore::load_best(Model& model, int epoch, Extents data) const {
  load_safetensors(best_file(epoch), data, [&](Reader& from) { model.load(from); });
}

void CheckpointStore::save_checkpoint(const Model& model, const Resumable& training, const TrainingState& state) {
  save_safetensors(folder_ / kCheckpointFile, [&](Writer& to) {
    to.text(kState, to_text(state));
    PrefixWriter weights(to, "model/"), optimizer(to, "training/");
    model.save(weights);
    training.save_training(optimizer);
  });
  if (referenced_ != 0 && referenced_ != best_) std::filesystem::remove(best_file(referenced_));
  referenced_ = best_;
}

bool CheckpointStore::adopt(const std::filesystem::path& other_folder, bool keeps_best) {
  const CheckpointStore other(other_folder);
  // The other one may be an orphan that trains on for a moment: it stores a newer checkpoint and removes the weights
  // that belonged to the one before. Then the newer one is taken.
  for (int tries = 0; tries < kAdoptions; ++tries) {
    if (!copied(other_folder / kCheckpointFile, folder_ / kCheckpointFile)) return false;
    const int epoch = checkpoint_state().best_epoch;
    if (epoch == 0) return true;
    if (copied(other.best_file(epoch), best_file(epoch))) {
      best_ = referenced_ = epoch;
      return true;
    }
    if (!keeps_best) return true;
  }
  fs::remove(folder_ / kCheckpointFile);
  return false;
}

TrainingState CheckpointStore::checkpoint_state() const {
  const SafetensorsFile file(folder_ / kCheckpointFile);
  try {
    return state_of(file.text(kState));
  } catch (const json::exception& e) {
    throw DataError((folder_ / kCheckpointFile).string(), 0, "is damaged: " + cut(e.what(), 300));
  }
}

void CheckpointStore::load_weights(Model& model, Extents data) const {
  load_safetensors(folder_ / kCheckpointFile, data, [&](Reader& from) {
    PrefixReader weights(from, "model/");
    model.load(weights);
  });
}

void CheckpointStore::load_checkpoint(Model& model, Resumable& training, Extents data) const {
  load_safetensors(folder_ / kCheckpointFile, data, [&](Reader& from) {
    PrefixReader weights(from, "model/"), optimizer(from, "training/");
    model.load(weights);
    training.load_training(optimizer);
  });
}

void CheckpointStore::remove_all() {
  for (const int epoch : {best_, referenced_})
    if (epoch != 0) std::filesystem::remove(best_file(epoch));
  std::filesystem::remove(folder_ / kCheckpointFile);
  best_ = referenced_ = 0;
}

}  // namespace assay
