// `runner prepare REQUEST.json`: reads, filters and splits one dataset in a process of its own.

#include "assay/errors.hpp"

#include "jobs/execute.hpp"
#include "runner/command.hpp"
#include "runner/verbs.hpp"

namespace assay {

int run_prepare(std::span<const std::string> arguments) {
  if (arguments.size() != 1) throw ConfigError("runner prepare: one request file is expected");
  return run_prepare(std::filesystem::path(arguments[0]));
}

}  // namespace assay
