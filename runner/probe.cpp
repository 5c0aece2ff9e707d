// `runner probe FILE`: describes one library, in a process of its own. Hidden: the runner's own child.

#include "plugin/probe.hpp"

#include "assay/errors.hpp"

#include "base/guarded_stdout.hpp"
#include "runner/command.hpp"
#include "runner/verbs.hpp"

namespace assay {

int run_probe(std::span<const std::string> arguments) {
  if (arguments.size() != 1) throw ConfigError("runner probe FILE: one library, please.");
  static const GuardedStdout real;  // outlives the library's static objects, which are made later
  const std::string answer = probe_here(arguments[0]);
  real.tell(answer + "\n");
  const bool refused = std::holds_alternative<RefusedLibrary>(parse_probe(answer, arguments[0]));
  return refused ? kPlugin : kDone;
}

}  // namespace assay
