// `runner validate FILE [override...]`: checks an experiment without running anything.

#include <boost/program_options.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "assay/errors.hpp"

#include "base/text.hpp"
#include "experiment/experiment.hpp"
#include "runner/run_experiment.hpp"
#include "runner/table.hpp"
#include "runner/verbs.hpp"

namespace assay {
namespace {

/// One row a dataset and model, with the seeds it is trained with.
void print_matrix(const Experiment& experiment, const std::vector<Trial>& trials) {
  Listing listing({{"dataset", ""}, {"model", ""}, {"plugin", ""}, {"seeds", ""}});
  for (std::size_t i = 0; i < trials.size();) {
    const Trial& trial = trials[i];
    std::string seeds;
    for (; i < trials.size() && trials[i].dataset == trial.dataset && trials[i].model == trial.model; ++i)
      seeds += trials[i].seed ? (seeds.empty() ? "" : " ") + std::to_string(*trials[i].seed) : "-";
    const ModelSpec& model = experiment.models[trial.model];
    listing.add({experiment.datasets[trial.dataset].name, model.label, model.plugin, Cell(seeds)});
  }
  listing.print(std::cout, TableFormat::text, stdout_style());
}

}  // namespace

int run_validate(std::span<const std::string> arguments) {
  namespace po = boost::program_options;
  CommonOptions options;
  bool schema = false;
  po::options_description description("Options");
  add_common(description, options);
  description.add_options()("json-schema", po::bool_switch(&schema),
                            "The JSON Schema of experiment files, for editors; needs no FILE.");
  std::vector<std::string> rest;
  if (parse("validate", description, arguments, rest)) return kDone;
  const Catalogue catalogue = load_catalogue(options);
  if (schema) {
    std::cout << experiment_schema(catalogue) << "\n";
    return kDone;
  }
  if (rest.empty()) throw ConfigError("runner validate FILE [PATH=VALUE...]: which experiment file?");
  const Experiment experiment = load_experiment(rest[0], parse_overrides(std::span(rest).subspan(1)), catalogue);
  if (options.json) {
    std::cout << nlohmann::json::parse(experiment.resolved).dump(2) << "\n";
    return kDone;
  }
  const auto trials = list_trials(experiment);
  std::cout << "ok: " << counted(static_cast<std::int64_t>(trials.size()), "trial", "trials") << " ("
            << counted(static_cast<std::int64_t>(experiment.datasets.size()), "dataset", "datasets") << ", "
            << counted(static_cast<std::int64_t>(experiment.models.size()), "model", "models") << ", "
            << counted(static_cast<std::int64_t>(experiment.seeds.size()), "seed", "seeds") << ")\n\n";
  print_matrix(experiment, trials);
  return kDone;
}

}  // namespace assay
