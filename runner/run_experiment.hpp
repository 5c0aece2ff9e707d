#pragma once  // What `run` and `resume` share.

#include <string>
#include <vector>

#include "experiment/experiment.hpp"
#include "runner/command.hpp"

namespace assay {

/// "models.cfgan.epochs=200" each. Throws ConfigError where there is no "=".
[[nodiscard]] std::vector<Override> parse_overrides(std::span<const std::string> words);

struct ExperimentCommand {
  bool resume = false, any_build = false;
  std::string file_text;       ///< of the experiment
  std::string command_line;    ///< as the user typed it
  std::string resume_command;  ///< to print after an interruption
};

/// Executes with progress on stderr and everything stored; then the leaderboard on stdout. Returns the exit code, or
/// throws what reading the data ended with where nothing else went wrong.
[[nodiscard]] int execute_and_show(const Experiment& experiment, const CommonOptions& options,
                                   const ExperimentCommand& command);

/// The words of a command, quoted for a shell where they have to be (shell_word() in runner/table.hpp).
[[nodiscard]] std::string shell_words(std::span<const std::string> words);

}  // namespace assay
