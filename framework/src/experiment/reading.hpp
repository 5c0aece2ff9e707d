#pragma once  // The parts of reading an experiment, one function a section of the file.

#include <span>

#include "experiment/experiment.hpp"
#include "experiment/object_reader.hpp"
#include "experiment/surroundings.hpp"

namespace assay {

struct ReadingContext {
  const Catalogue& catalogue;
  const Surroundings& around;
  Findings& findings;
  std::filesystem::path folder;  ///< of the file being read
};

[[nodiscard]] FilterSpec read_filter(const Node* node, Findings& findings);
[[nodiscard]] SplitSpec read_split(const Node* node, Findings& findings);
/// Whether the split is known to make no validation part; with `given` only the data can tell.
[[nodiscard]] bool surely_without_validation(const SplitSpec& split);
[[nodiscard]] MetricsSpec read_metrics(const Node* node, Findings& findings);
/// Without a validation part nothing stops early and the last weights are kept: asking for it anyway is a finding.
[[nodiscard]] TrainingSpec read_training(const Node* node, const SplitSpec& split, const MetricsSpec& metrics,
                                         Findings& findings);

/// A component's parameters: checked, paths found, defaults filled in; canonical JSON. `obtain`: what to tell the user
/// when a file is missing.
[[nodiscard]] std::string read_params(const ComponentDescription& component, const Node* params, Position where,
                                      const std::string& pointer, const std::string& obtain, ReadingContext& context);
/// The component of that kind which `reader`'s key "plugin" names; null (and a finding) where there is none.
[[nodiscard]] const ComponentDescription* read_plugin(ObjectReader& reader, Kind kind, const std::string& fallback,
                                                      ReadingContext& context);

[[nodiscard]] std::vector<DatasetSpec> read_datasets(const Node* node, Position where, ReadingContext& context);
/// An entry of "models" as the entries that it stands for: one with each combination of its "grid", labelled
/// LABEL_VALUE_VALUE…; itself where it has none; nothing where the grid is wrong, which is a finding.
[[nodiscard]] std::vector<Node> expand_grid(const Node& entry, const std::string& pointer, Findings& findings);
[[nodiscard]] std::vector<ModelSpec> read_models(const Node* node, Position where, ReadingContext& context);
/// After the resources: jobs × threads must fit the cores, a trial's limit the memory.
void read_backend(const Node& root, Experiment& experiment, ReadingContext& context);

/// A name for people and for paths: letters, digits, and _ - (and . where `dots`).
[[nodiscard]] bool is_plain_name(std::string_view name, bool dots);

/// Words that experiment files use for the choices of the specs.
inline constexpr std::pair<std::string_view, Duplicates> kDuplicateWords[] = {{"first", Duplicates::keep_first},
                                                                              {"last", Duplicates::keep_last},
                                                                              {"max", Duplicates::keep_max},
                                                                              {"error", Duplicates::error}};
inline constexpr std::pair<std::string_view, SplitStrategy> kStrategyWords[] = {
    {"given", SplitStrategy::given},
    {"random_holdout", SplitStrategy::random_holdout},
    {"leave_one_out", SplitStrategy::leave_one_out},
    {"temporal_user", SplitStrategy::temporal_user},
    {"temporal_global", SplitStrategy::temporal_global}};
inline constexpr std::pair<std::string_view, bool> kKeepWords[] = {{"best", true}, {"last", false}};
inline constexpr std::pair<std::string_view, bool> kProfileWords[] = {{"train", false}, {"train+validation", true}};

template <class Value, std::size_t n>
[[nodiscard]] std::string word_of(const std::pair<std::string_view, Value> (&words)[n], Value value) {
  for (const auto& [word, meaning] : words)
    if (meaning == value) return std::string(word);
  return "";
}

/// Canonical JSON of everything.
[[nodiscard]] std::string write_resolved(const Experiment& experiment);

}  // namespace assay
