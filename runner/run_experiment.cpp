// What `run` and `resume` share.

#include "runner/run_experiment.hpp"

#include <csignal>
#include <iostream>
#include <typeinfo>

#include "assay/errors.hpp"

#include "base/guarded_stdout.hpp"
#include "jobs/execute.hpp"
#include "results/queries.hpp"
#include "results/recorder.hpp"
#include "runner/database_options.hpp"
#include "runner/leaderboard_text.hpp"
#include "runner/progress.hpp"
#include "runner/table.hpp"

namespace assay {

std::vector<Override> parse_overrides(std::span<const std::string> words) {
  std::vector<Override> out;
  for (const std::string& word : words) out.push_back(parse_override(word));
  return out;
}

std::string shell_words(std::span<const std::string> words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + shell_word(word);
  return out;
}

namespace {

/// What is known of the experiment by now, on stdout.
void show_results(const Experiment& experiment, const CommonOptions& options) {
  ReadResults database(options.db);
  const Leaderboard board = leaderboard(database, experiment.name);
  std::cout << "\n";
  print_leaderboard(std::cout, board, options.json ? TableFormat::json : TableFormat::text, stdout_style());
  if (!options.json) std::cout << "\nAll results are in " << options.db.string() << "\n";
}

/// What ends an experiment from outside (a full disk, a database that breaks) can be mended, and the user told how to
/// go on. Faults of plugins and data have their own words.
ExecuteResult execute_or_say_how_to_go_on(const Experiment& experiment, const ExecuteOptions& how,
                                          std::span<Observer* const> observers, const ExperimentCommand& command) {
  const auto told = [&](const Error& e) {
    const std::string what = e.what();
    return what + (what.ends_with('.') ? "" : ".") + " To go on: " + command.resume_command;
  };
  const GuardedStdout quiet;  // the backend is a plugin, and lives in this process
  try {
    return execute(experiment, how, observers);
  } catch (const DatabaseError& e) {
    throw DatabaseError(told(e));
  } catch (const Error& e) {
    if (typeid(e) != typeid(Error)) throw;
    throw Error(told(e));
  }
}

}  // namespace

int execute_and_show(const Experiment& experiment, const CommonOptions& options, const ExperimentCommand& command) {
  std::signal(SIGPIPE, SIG_IGN);  // a pager that is closed, or a terminal that is gone, ends no experiment
  StderrScreen screen;
  ProgressDisplay progress(screen, ProgressStyle::of_stderr(options.quiet));
  Recorder recorder(options.db);
  Observer* const observers[] = {&recorder, &progress};
  ExecuteOptions how;
  how.history = &recorder;
  how.runs_folder = options.db.string() + ".runs";
  how.cache_folder = options.cache;
  how.resume = command.resume;
  how.any_build = command.any_build;
  how.file_text = command.file_text;
  how.command_line = command.command_line;
  const ExecuteResult result = execute_or_say_how_to_go_on(experiment, how, observers, command);
  recorder.close();
  show_results(experiment, options);
  if (result.interrupted) std::cerr << "To go on: " << command.resume_command << "\n";
  if (result.interrupted) return 128 + result.signal;
  if (result.failed > result.unread) return kTrialFailed;
  if (result.unread_because) std::rethrow_exception(result.unread_because);  // its exit code, and its words at the end
  return result.elsewhere > 0 ? kIncomplete : kDone;
}

}  // namespace assay
