// `runner run FILE [OVERRIDE...]`: computes every trial of an experiment.

#include <boost/program_options.hpp>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "runner/run_experiment.hpp"
#include "runner/verbs.hpp"

namespace assay {

int run_run(std::span<const std::string> arguments) {
  CommonOptions options;
  boost::program_options::options_description description("Options");
  add_common(description, options);
  std::vector<std::string> rest;
  if (parse("run", description, arguments, rest)) return kDone;
  if (rest.empty()) throw ConfigError("runner run: which experiment? runner run FILE [OVERRIDE...]");
  const Catalogue catalogue = load_catalogue(options);
  const auto overrides = parse_overrides(std::span(rest).subspan(1));
  const Experiment experiment = load_experiment(rest[0], overrides, catalogue);
  const std::string words = shell_words(arguments);
  return execute_and_show(experiment, options,
                          {.resume = false,
                           .any_build = false,
                           .file_text = read_file(rest[0]),
                           .command_line = "runner run " + words,
                           .resume_command = "runner resume " + words});
}

}  // namespace assay
