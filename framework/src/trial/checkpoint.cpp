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

}  // namespace

std::filesystem::path CheckpointStore::best_file(int epoch) const {
  return folder_ / ("best-" + std::to_string(epoch) + ".safetensors");
}

void CheckpointStore::save_best(const Model& model, int epoch) {
  save_safetensors(best_file(epoch), [&](Writer& to) { model.save(to); });
  if (best_ != 0 && best_ != referenced_ && best_ != epoch) std::filesystem::remove(best_file(best_));
  best_ = epoch;
}

void CheckpointStore::load_best(Model& model, int epoch) const {
  SafetensorsFile file(best_file(epoch));
  model.load(file);
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

bool CheckpointStore::adopt(const std::filesystem::path& other_folder) {
  namespace fs = std::filesystem;
  if (!fs::exists(other_folder / kCheckpointFile)) return false;
  fs::copy_file(other_folder / kCheckpointFile, folder_ / kCheckpointFile, fs::copy_options::overwrite_existing);
  const int epoch = checkpoint_state().best_epoch;
  const CheckpointStore other(other_folder);
  if (epoch > 0 && fs::exists(other.best_file(epoch))) {
    fs::copy_file(other.best_file(epoch), best_file(epoch), fs::copy_options::overwrite_existing);
    best_ = referenced_ = epoch;
  }
  return true;
}

TrainingState CheckpointStore::checkpoint_state() const {
  const SafetensorsFile file(folder_ / kCheckpointFile);
  try {
    return state_of(file.text(kState));
  } catch (const json::exception& e) {
    throw DataError((folder_ / kCheckpointFile).string(), 0, "is damaged: " + cut(e.what(), 300));
  }
}

void CheckpointStore::load_checkpoint(Model& model, Resumable& training) const {
  const SafetensorsFile file(folder_ / kCheckpointFile);
  PrefixReader weights(file, "model/"), optimizer(file, "training/");
  model.load(weights);
  training.load_training(optimizer);
}

void CheckpointStore::remove_all() {
  for (const int epoch : {best_, referenced_})
    if (epoch != 0) std::filesystem::remove(best_file(epoch));
  std::filesystem::remove(folder_ / kCheckpointFile);
  best_ = referenced_ = 0;
}

}  // namespace assay
