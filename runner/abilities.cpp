// `runner abilities FILE INTERFACE NAME`: what a model can do beyond its interface. Hidden: the runner's own child.

#include "plugin/abilities.hpp"

#include "assay/errors.hpp"

#include "runner/verbs.hpp"

namespace assay {

int run_abilities(std::span<const std::string> arguments) {
  if (arguments.size() != 3) throw ConfigError("runner abilities FILE INTERFACE NAME: one model, please.");
  return print_abilities(arguments[0], arguments[1], arguments[2]);
}

}  // namespace assay
