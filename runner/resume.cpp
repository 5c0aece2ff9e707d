// `runner resume EXPERIMENT|FILE`: runs what is missing of an experiment, and says for every trial why.

#include <boost/program_options.hpp>
#include <filesystem>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "results/queries.hpp"
#include "runner/database_options.hpp"
#include "runner/run_experiment.hpp"
#include "runner/verbs.hpp"

namespace assay {
namespace {

/// An experiment as the database has it: resolved, so that overrides given then hold now.
struct StoredExperiment {
  std::filesystem::path file;
  std::string resolved, file_text;
};

StoredExperiment stored_experiment(const std::filesystem::path& db, const std::string& name) {
  ReadResults database(db);
  Statement& row = database.prepare(
      "SELECT e.file, c.resolved, e.file_text FROM experiments e JOIN configs c ON c.id = e.config_id WHERE e.uid = "
      "?1");
  row.bind(find_experiment(database, name));
  if (!row.step()) throw DatabaseError(db.string() + ": the configuration of experiment \"" + name + "\" is missing");
  return {row.text(0), row.text(1), row.text(2)};
}

}  // namespace

int run_resume(std::span<const std::string> arguments) {
  CommonOptions options;
  bool any_build = false;
  boost::program_options::options_description description("Options");
  add_common(description, options);
  description.add_options()("any-build", boost::program_options::bool_switch(&any_build),
                            "A trial that another build of plugin or libraries has done counts as done.");
  std::vector<std::string> rest;
  if (parse("resume", description, arguments, rest)) return kDone;
  if (rest.empty())
    throw ConfigError("runner resume: which experiment? A file, or a name or a part of a uid that runner ls shows.");
  const Catalogue catalogue = load_catalogue(options);
  const auto overrides = parse_overrides(std::span(rest).subspan(1));
  const std::string command = "runner resume " + shell_words(arguments);
  ExperimentCommand how{true, any_build, "", command, command};
  if (std::filesystem::is_regular_file(rest[0])) {
    how.file_text = read_file(rest[0]);
    return execute_and_show(load_experiment(rest[0], overrides, catalogue), options, how);
  }
  const StoredExperiment stored = stored_experiment(options.db, rest[0]);
  how.file_text = stored.file_text;
  return execute_and_show(parse_experiment(stored.resolved, stored.file, overrides, catalogue), options, how);
}

}  // namespace assay
