// `runner worker FOLDER`: one trial, in the process that a backend started for it.

#include "trial/worker.hpp"

#include "assay/errors.hpp"

#include "runner/command.hpp"
#include "runner/verbs.hpp"

namespace assay {

int run_worker(std::span<const std::string> arguments) {
  if (arguments.size() != 1) throw ConfigError("runner worker: the folder of one attempt is expected");
  return run_worker(std::filesystem::path(arguments[0]));
}

}  // namespace assay
