// `runner estimate REQUEST`: what a model says it will take, asked in a process of its own.

#include "assay/errors.hpp"

#include "jobs/needs.hpp"
#include "runner/verbs.hpp"

namespace assay {

int run_estimate(std::span<const std::string> arguments) {
  if (arguments.size() != 1) throw ConfigError("runner estimate: one request is expected");
  return run_estimate(arguments[0]);
}

}  // namespace assay
