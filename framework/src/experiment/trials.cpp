// The list of work of an experiment, and the keys by which results are found again.

#include <nlohmann/json.hpp>

#include "base/hash.hpp"
#include "experiment/experiment.hpp"
#include "plugin/build_id.hpp"

namespace assay {
namespace {

using nlohmann::json;

/// Keys are hashes of canonical JSON; the first entry names the layout, so that a later one never collides.
std::string key_of(const json& content) { return sha256_hex(content.dump()); }

}  // namespace

std::vector<Trial> list_trials(const Experiment& experiment) {
  std::vector<Trial> out;
  for (std::size_t d = 0; d < experiment.datasets.size(); ++d)
    for (std::size_t m = 0; m < experiment.models.size(); ++m) {
      if (!experiment.models[m].traits.seeded) out.push_back({d, m, std::nullopt, 0});
      if (experiment.models[m].traits.seeded)
        for (const auto seed : experiment.seeds) out.push_back({d, m, seed, 0});
    }
  return out;
}

std::string task_key(const Experiment& experiment, const std::string& dataset_fingerprint,
                     const std::string& split_fingerprint) {
  return key_of({{"layout", "assay task 1"},
                 {"dataset", dataset_fingerprint},
                 {"split", split_fingerprint},
                 {"candidates", "all items that the user has not in train or validation"},
                 {"profile_with_validation", experiment.training.profile_with_validation}});
}

std::string trial_key(const Experiment& experiment, const Trial& trial, const std::string& task) {
  const ModelSpec& model = experiment.models.at(trial.model);
  const TrainingSpec& t = experiment.training;
  return key_of({{"layout", "assay trial 1"},
                 {"task", task},
                 {"fold", trial.fold},
                 {"model", model.plugin},
                 {"params", json::parse(model.params)},
                 {"training",
                  {{"validate_every", t.validate_every},
                   {"patience", t.patience},
                   {"min_delta", t.min_delta},
                   {"metric", t.metric},
                   {"keep_best", t.keep_best},
                   {"refit", t.refit}}},
                 {"seed", trial.seed ? json(*trial.seed) : json(nullptr)},
                 {"threads", model.traits.any_threads ? 1 : experiment.threads}});
}

std::string build_key(const ModelSpec& model) {
  return key_of({{"layout", "assay build 1"}, {"plugin", model.build_id}, {"engine", engine_build_ids()}});
}

}  // namespace assay
