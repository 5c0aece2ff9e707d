// `runner resume EXPERIMENT|FILE`: runs what is missing of an experiment, and says for every trial why.

#include <algorithm>
#include <boost/program_options.hpp>
#include <filesystem>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "results/queries.hpp"
#include "runner/database_options.hpp"
#include "runner/run_experiment.hpp"
#include "runner/table.hpp"
#include "runner/verbs.hpp"

namespace assay {
namespace {

/// An experiment as the database has it: resolved, so that overrides given then hold now.
struct StoredExperiment {
  std::filesystem::path file;
  std::string name, resolved, file_text;
};

StoredExperiment stored_experiment(const std::filesystem::path& db, const std::string& name) {
  ReadResults database(db);
  Statement& row = database.prepare(
      "SELECT e.file, e.name, c.resolved, e.file_text FROM experiments e JOIN configs c ON c.id = e.config_id WHERE "
      "e.uid = "
      "?1");
  row.bind(find_experiment(database, name));
  if (!row.step()) throw DatabaseError(db.string() + ": the configuration of experiment \"" + name + "\" is missing");
  return {row.text(0), row.text(1), row.text(2), row.text(3)};
}

/// Findings in what is stored: it is one line of JSON with every default filled in, so that lines and columns of the
/// file that it came from would mislead. The pointers that follow them hold.
std::string without_positions(std::string_view findings, const std::string& file, const std::string& instead) {
  std::string out;
  for (bool more = true; more;) {
    const std::size_t end = std::min(findings.find('\n'), findings.size());
    std::string_view line = findings.substr(0, end);
    if (line.starts_with(file + ":")) {
      line.remove_prefix(std::min(line.size(), line.find_first_not_of("0123456789:", file.size())));
      out += instead + ":";
    }
    out += line;
    more = end < findings.size();
    findings.remove_prefix(more ? end + 1 : end);
    if (more) out += "\n";
  }
  return out;
}

Experiment parse_stored(const StoredExperiment& stored, std::span<const Override> overrides,
                        const Catalogue& catalogue) {
  try {
    return parse_experiment(stored.resolved, stored.file, overrides, catalogue);
  } catch (const ConfigError& e) {
    throw ConfigError(without_positions(e.what(), stored.file.string(), "stored experiment \"" + stored.name + "\"") +
                      "\nThis is the experiment as the database has it, with every default filled in. runner resume " +
                      shell_word(stored.file.string()) + " takes the file as it is now.");
  }
}

/// A file, or what cannot be looked at: to open it tells why.
bool is_file(const std::filesystem::path& name) {
  std::error_code error;
  const auto type = std::filesystem::status(name, error).type();
  return type == std::filesystem::file_type::regular || type == std::filesystem::file_type::none;
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
    throw ConfigError(
        "runner resume: which experiment? A file, or a name as runner ls shows it. Overrides (PATH=VALUE) may follow.");
  const Catalogue catalogue = load_catalogue(options);
  const auto overrides = parse_overrides(std::span(rest).subspan(1));
  const std::string command = "runner resume " + shell_words(arguments);
  ExperimentCommand how{true, any_build, "", command, command};
  if (is_file(rest[0])) {
    const Experiment experiment = load_experiment(rest[0], overrides, catalogue);
    how.file_text = read_file(rest[0]);
    return execute_and_show(experiment, options, how);
  }
  const StoredExperiment stored = stored_experiment(options.db, rest[0]);
  how.file_text = stored.file_text;
  return execute_and_show(parse_stored(stored, overrides, catalogue), options, how);
}

}  // namespace assay
