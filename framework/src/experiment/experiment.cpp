// Reads an experiment file from its first character to the last check.

#include "experiment/experiment.hpp"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "assay/errors.hpp"

#include "base/text.hpp"
#include "experiment/overrides.hpp"
#include "experiment/reading.hpp"

namespace assay {
namespace {

std::vector<std::uint64_t> read_seeds(ObjectReader& reader, Findings& findings) {
  const Node* list = reader.child("seeds");
  if (!list) return {1};
  std::vector<std::uint64_t> out;
  std::unordered_set<std::uint64_t> listed;
  if (!list->is(Node::Kind::list) || list->children.empty()) reader.finding("seeds", "must be a list like [1, 2, 3]");
  for (std::size_t i = 0; i < list->children.size(); ++i) {
    const Node& entry = list->children[i];
    const auto seed = static_cast<std::uint64_t>(entry.integer);
    const bool good = entry.is(Node::Kind::integer) && entry.integer >= 0;
    if (!good || !listed.insert(seed).second)
      findings.add(entry.at, child_pointer("/seeds", std::to_string(i)),
                   good ? "the seed " + entry.shown() + " is listed twice"
                        : "must be an integer of at least 0, not " + entry.shown());
    else
      out.push_back(seed);
  }
  return out;
}

void read_resources(const Node* node, Experiment& experiment, Findings& findings) {
  ObjectReader reader(node, "/resources", findings);
  experiment.threads = reader.small("threads", 1, 1, 1024);
  experiment.memory_bytes = reader.integer("memory_mb", 0, 0, std::int64_t{1} << 40) << 20;
  experiment.seconds = reader.integer("seconds", 0, 0, kLongestTrial);
  reader.finish();
}

void read_reference(ObjectReader& reader, Experiment& experiment) {
  const Node* node = reader.child("reference");
  if (!node || node->is(Node::Kind::null)) return;
  experiment.reference = reader.text("reference");
  std::vector<std::string> labels;
  for (const ModelSpec& model : experiment.models)
    if (!model.label.empty() && std::find(labels.begin(), labels.end(), model.label) == labels.end())
      labels.push_back(model.label);
  if (std::find(labels.begin(), labels.end(), experiment.reference) == labels.end())
    reader.finding("reference", "no model has the label \"" + experiment.reference + "\"." +
                                    did_you_mean(experiment.reference, labels) + " Labels: " + join(labels, ", ") +
                                    ".");
}

Experiment read_root(const Node& root, const std::filesystem::path& file, ReadingContext& context) {
  Findings& findings = context.findings;
  ObjectReader reader(&root, "", findings);
  Experiment experiment;
  experiment.file = file;
  (void)reader.text("$schema");  // for editors
  experiment.name = reader.text("name", file.stem().string());
  if (!is_plain_name(experiment.name, true))
    reader.finding("name", "\"" + experiment.name + "\" must be made of letters, digits, and . _ -");
  experiment.description = reader.text("description");
  experiment.datasets = read_datasets(reader.child("datasets"), root.at, context);
  experiment.filter = read_filter(reader.child("filter"), findings);
  experiment.split = read_split(reader.child("split"), findings);
  experiment.models = read_models(reader.child("models"), root.at, context);
  experiment.seeds = read_seeds(reader, findings);
  experiment.metrics = read_metrics(reader.child("metrics"), findings);
  experiment.training = read_training(reader.child("training"), experiment.split, experiment.metrics, findings);
  read_reference(reader, experiment);
  read_resources(reader.child("resources"), experiment, findings);
  (void)reader.child("backend");
  read_backend(root, experiment, context);
  experiment.reproducible = reader.boolean("reproducible", true);
  experiment.save_models = reader.boolean("save_models", true);
  reader.finish();
  return experiment;
}

}  // namespace

Experiment parse_experiment(const std::string& text, const std::filesystem::path& name,
                            std::span<const Override> overrides, const Catalogue& catalogue) {
  const Surroundings around = surroundings();
  return parse_experiment(text, name, overrides, catalogue, around);
}

Experiment parse_experiment(const std::string& text, const std::filesystem::path& name,
                            std::span<const Override> overrides, const Catalogue& catalogue,
                            const Surroundings& around) {
  Findings findings;
  std::optional<Node> parsed = parse_document(text, findings.add_source(name.string()), findings);
  if (!parsed) findings.throw_if_any();
  Node& root = *parsed;
  if (!root.is(Node::Kind::object)) throw ConfigError(name.string() + ": an experiment is an object {…}");
  apply_overrides(root, overrides, findings);
  ReadingContext context{catalogue, around, findings, folder_of(name)};
  Experiment experiment = read_root(root, name, context);
  findings.throw_if_any();
  experiment.resolved = write_resolved(experiment);
  return experiment;
}

Experiment load_experiment(const std::filesystem::path& file, std::span<const Override> overrides,
                           const Catalogue& catalogue) {
  Findings findings;
  const auto text = read_document(file, findings.add_source(file.string()), findings);
  findings.throw_if_any();
  return parse_experiment(*text, file, overrides, catalogue);
}

Override parse_override(std::string_view word) {
  const auto equals = word.find('=');
  if (equals == std::string_view::npos || equals == 0)
    throw ConfigError(
        "\"" + std::string(word) +
        "\" is not an override: write PATH=VALUE, such as models.cfgan.epochs=200 or training.patience=5");
  return {std::string(word.substr(0, equals)), std::string(word.substr(equals + 1))};
}

}  // namespace assay
