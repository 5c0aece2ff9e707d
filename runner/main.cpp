// `runner`: finds the verb, runs it, turns exceptions into messages and exit codes.

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <filesystem>
#include <iostream>
#include <poll.h>
#include <unistd.h>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "base/text.hpp"
#include "results/database.hpp"
#include "runner/command.hpp"
#include "runner/table.hpp"
#include "runner/verbs.hpp"
#include "trial/environment.hpp"

namespace assay {
namespace {

int show_help(std::span<const std::string>);

// Verbs in the order of `runner help`; each lives in a file of its own name.
constexpr Verb kVerbs[] = {
    {"help", "", "Show this text.", false, &show_help},
    {"abilities", "FILE INTERFACE NAME", "Print what a model can do beyond its interface.", true, &run_abilities},
    {"check", "FILE", "Try the conformance suite on a plugin library.", false, &run_check},
    {"check-component", "FILE KIND NAME", "Try it on one component, in this process.", true, &run_check_component},
    {"describe", "NAME", "Show a component and its parameters.", false, &run_describe},
    {"doctor", "", "Check machine, plugins, data, cache and database; say what to do.", false, &run_doctor},
    {"estimate", "REQUEST", "Print what a model says it will take.", true, &run_estimate},
    {"export", "[EXPERIMENT|RUN]", "Write all results as CSV, or with --trec a run's lists for trec_eval.", false,
     &run_export},
    {"gc", "", "Show, and with --yes remove, files that nothing needs.", false, &run_gc},
    {"leaderboard", "[EXPERIMENT]", "Rank an experiment's models (the latest's).", false, &run_leaderboard},
    {"ls", "", "List the runs in the database, newest first.", false, &run_ls},
    {"plugins", "", "List all components, and every library that was refused.", false, &run_plugins},
    {"prepare", "REQUEST", "Read, filter and split one dataset.", true, &run_prepare},
    {"probe", "FILE", "Describe one library as JSON.", true, &run_probe},
    {"query", "SQL", "Ask the database in SQL; nothing can be changed.", false, &run_query},
    {"recommend", "--run ID --user U", "Show what a stored model recommends to a user.", false, &run_recommend},
    {"resume", "EXPERIMENT|FILE [OVERRIDE...]", "Run what is missing of an experiment.", false, &run_resume},
    {"run", "FILE [OVERRIDE...]", "Compute every trial of an experiment.", false, &run_run},
    {"show", "RUN", "Show all that is known of a run.", false, &run_show},
    {"validate", "FILE [OVERRIDE...]", "Check an experiment and show its trials.", false, &run_validate},
    {"worker", "FOLDER", "Run one attempt.", true, &run_worker},
};

int show_help(std::span<const std::string>) {
  std::cout
      << "Assay: recommender models compete under one fair protocol.\n\n  runner EXPERIMENT.json [OVERRIDE...]\n\n";
  const auto call_of = [](const Verb& verb) { return std::string(verb.name) + " " + std::string(verb.arguments); };
  std::size_t column = 0;
  for (const Verb& verb : verbs()) column = std::max(column, verb.hidden ? 0 : call_of(verb).size());
  for (const Verb& verb : verbs()) {
    if (verb.hidden) continue;
    std::string call = "  runner " + call_of(verb);
    call.resize(column + 11, ' ');
    std::cout << call << wrapped(verb.summary, stdout_style().width, call.size()) << "\n";
  }
  std::cout << "\nrunner VERB --help tells more; runner --version says which Assay this is.\n";
  return kDone;
}

const Verb* find_verb(std::string_view name) {
  for (const Verb& verb : verbs())
    if (verb.name == name) return &verb;
  return nullptr;
}

/// argv[1] is a verb if known, else an experiment file if it exists, else a mistake.
int dispatch(std::vector<std::string> arguments) {
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h") return show_help({});
  if (arguments[0] == "--version") {
    std::cout << "Assay " << this_environment().assay_version << "\n";
    return kDone;
  }
  if (const Verb* verb = find_verb(arguments[0])) return verb->run(std::span(arguments).subspan(1));
  const Verb* run = find_verb("run");
  if (run && !is_missing(arguments[0])) return run->run(arguments);
  std::vector<std::string> names;
  for (const Verb& verb : verbs())
    if (!verb.hidden) names.emplace_back(verb.name);
  throw ConfigError("\"" + arguments[0] + "\" is neither a verb nor a file." + did_you_mean(arguments[0], names) +
                    " runner help lists the verbs.");
}

/// Several findings: each on a line of its own. Those that name the verb ("runner gc: …") need no name in front. Names
/// and pieces of files that they repeat cannot steer the terminal.
int complain(std::string_view what, int code) {
  if (!what.starts_with("runner ")) std::cerr << "runner: " << (what.find('\n') == what.npos ? "" : "\n");
  for (bool more = true; more;) {
    const auto end = std::min(what.find('\n'), what.size());
    std::cerr << printable(what.substr(0, end)) << "\n";
    more = end < what.size();
    what.remove_prefix(more ? end + 1 : end);
  }
  return code;
}

/// A descriptor that was closed by who started us would be the next file that is opened: answers would go into it.
void open_what_is_closed() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
    if (::fcntl(fd, F_GETFD) < 0)
      static_cast<void>(::open("/dev/null", O_RDWR));  // takes the lowest number that is free
}

/// A pager that was closed, a terminal that is gone: nobody misses what they did not read.
bool nobody_reads() {
  pollfd out{STDOUT_FILENO, POLLOUT, 0};
  return ::poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP)) != 0;
}

/// What went to standard output must have arrived before the exit code may say that all is well.
int deliver(int code) {
  errno = 0;
  if (std::cout.flush() && std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  const std::string reason = errno != 0 ? std::string(": ") + std::strerror(errno) : "";
  if (nobody_reads()) return code;
  complain("standard output could not be written" + reason + ". What it holds is not complete.", code);
  return code == kDone ? kTrialFailed : code;
}

}  // namespace

std::span<const Verb> verbs() { return kVerbs; }

}  // namespace assay

int main(int argc, char** argv) {
  using namespace assay;
  open_what_is_closed();
  try {
    return deliver(dispatch({argv + 1, argv + argc}));
  } catch (const ConfigError& e) {
    return complain(e.what(), kUsage);
  } catch (const PluginError& e) {
    return complain(e.what(), kPlugin);
  } catch (const DataError& e) {
    return complain(e.what(), kDataset);
  } catch (const DatabaseError& e) {
    return complain(e.what(), kDatabase);
  } catch (const Cancelled& e) {
    return complain(e.what(), kInterrupted);
  } catch (const Error& e) {
    return complain(e.what(), kTrialFailed);
  } catch (const std::filesystem::filesystem_error& e) {
    return complain((e.path1().empty() ? "" : e.path1().string() + ": ") + e.code().message(), kTrialFailed);
  } catch (const std::exception& e) {
    return complain(std::string("internal error: ") + e.what(), kBug);
  }
}
