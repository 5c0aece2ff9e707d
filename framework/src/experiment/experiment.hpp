#pragma once  // A validated experiment: every default filled in, every name resolved.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/spec.hpp"
#include "eval/evaluator.hpp"
#include "plugin/catalogue.hpp"

namespace assay {

struct ModelSpec {
  std::string label, plugin;
  std::string params;  ///< canonical JSON object, every default filled in
  std::string library, library_sha256, build_id;
  Traits traits;
};

struct TrainingSpec {
  int validate_every = 5;  ///< epochs
  int patience = 10;       ///< validations without improvement by more than min_delta; 0: never stop early
  double min_delta = 0;
  std::string metric = "ndcg@10";
  bool keep_best = true;                 ///< else the last weights
  bool refit = false;                    ///< train again on train + validation for the best number of epochs
  bool profile_with_validation = false;  ///< at test, fold-in models see train + validation
  int checkpoint_every = 0;              ///< epochs; 0: about every 30 s
};

struct BackendSpec {
  std::string plugin = "local", params = "{}", library, library_sha256;
};

/// Largest `resources.seconds`, a hundred years: clocks count nanoseconds in 64 bits.
inline constexpr std::int64_t kLongestTrial = std::int64_t{36525} * 24 * 3600;

struct Experiment {
  std::string name, description;
  std::filesystem::path file;  ///< where it was read from
  std::vector<DatasetSpec> datasets;
  FilterSpec filter;
  SplitSpec split;
  std::vector<ModelSpec> models;
  std::vector<std::uint64_t> seeds{1};
  TrainingSpec training;
  MetricsSpec metrics;
  std::string reference;  ///< label of the model that the others are compared with; may be empty
  BackendSpec backend;
  int threads = 1;                             ///< of each trial
  std::int64_t memory_bytes = 0, seconds = 0;  ///< limits of each trial; 0: none
  bool reproducible = true;                    ///< pin the instruction set class of oneDNN
  bool save_models = true;
  std::string resolved;  ///< canonical JSON of all of the above: what is stored
};

/// "models.cfgan.epochs=200", "seeds=[1,2]", "training.patience=5": label, then parameter; else a path in the file.
struct Override {
  std::string path, value;
};
[[nodiscard]] Override parse_override(std::string_view word);  ///< throws ConfigError where there is no "="

struct Surroundings;  // experiment/surroundings.hpp

/// Reads, applies overrides and validates everything. Throws ConfigError with all findings, one a line:
/// "FILE:LINE:COLUMN: POINTER: what, and what to do". Cards are looked for beside the experiment file in datasets/,
/// then in the installed share folder. Files of `path` parameters: absolute, beside the file that names them, in a
/// folder of $ASSAY_DATA, or in data/ of the working directory.
[[nodiscard]] Experiment load_experiment(const std::filesystem::path& file, std::span<const Override> overrides,
                                         const Catalogue& catalogue);
/// The same from a stored text (resume); positions refer to `name`.
[[nodiscard]] Experiment parse_experiment(const std::string& text, const std::filesystem::path& name,
                                          std::span<const Override> overrides, const Catalogue& catalogue);
/// The same for other folders and another number of cores than this process sees.
[[nodiscard]] Experiment parse_experiment(const std::string& text, const std::filesystem::path& name,
                                          std::span<const Override> overrides, const Catalogue& catalogue,
                                          const Surroundings& around);

/// JSON Schema (2020-12) of experiment files with all plugins of the catalogue: editors complete from it.
[[nodiscard]] std::string experiment_schema(const Catalogue& catalogue);

/// One row of work: a model on a dataset with a seed.
struct Trial {
  std::size_t dataset = 0, model = 0;  ///< positions in the experiment
  std::optional<std::uint64_t> seed;   ///< none for models that are not seeded
  int fold = 0;
};
/// Datasets × models × seeds; a model that is not seeded appears once a dataset.
[[nodiscard]] std::vector<Trial> list_trials(const Experiment&);

/// Keys (SHA-256, hex). `task_key` needs the prepared data's fingerprints; `trial_key` holds task, model, parameters,
/// training policy, seed or none and threads (1 where the model has any_threads); `build_key` the build-ids of plugin,
/// libassay and oneDNN.
[[nodiscard]] std::string task_key(const Experiment&, const std::string& dataset_fingerprint,
                                   const std::string& split_fingerprint);
[[nodiscard]] std::string trial_key(const Experiment&, const Trial&, const std::string& task_key);
[[nodiscard]] std::string build_key(const ModelSpec&);

}  // namespace assay
