// Fuzz target of the JSON files in an attempt's folder. The first byte says which: manifest.json, attempt.json,
// model.json, or the tensors beside a sound manifest.
#include "trial/manifest.hpp"

#include "assay/errors.hpp"

#include "memory_file.hpp"
#include "trial/attempt.hpp"
#include "trial/checkpoint.hpp"
#include "trial/evaluation_file.hpp"

namespace {

/// A manifest like the one that the corpus holds speaks of this evaluation.
void put_evaluation(const assay::fuzz::MemoryFolder& folder) {
  assay::Evaluation sound;
  sound.values = {{"ndcg", 10, 0.5, {0.25F, 0.75F}}};
  sound.users = {0, 1};
  sound.top_n = 1;
  sound.top_items = {3, 4};
  sound.top_scores = {0.5F, 0.25F};
  assay::write_evaluation(folder.path(), sound);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const assay::fuzz::MemoryFolder folder;
  static const bool once = (put_evaluation(folder), true);
  (void)once;
  if (size == 0) return 0;
  const auto content = assay::fuzz::text_of(data + 1, size - 1);
  try {
    switch (data[0] % 4) {
      case 0:
        folder.put(assay::kManifestFile, content);
        (void)assay::read_manifest(folder.path());
        break;
      case 1:
        folder.put(assay::kAttemptFile, content);
        (void)assay::read_attempt_id(folder.path());
        (void)assay::read_attempt(folder.path());
        break;
      case 2:
        folder.put(assay::kModelSideFile, content);
        (void)assay::read_saved_model(folder.path());
        break;
      default:
        folder.put(assay::kCheckpointFile, content);
        (void)assay::CheckpointStore(folder.path()).checkpoint_state();
    }
  } catch (const assay::DataError&) {
  }
  return 0;
}
