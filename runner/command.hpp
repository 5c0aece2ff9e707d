#pragma once  // What every verb of the command line shares: its entry in the table, common options, exit codes.

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/catalogue.hpp"

namespace boost::program_options {
class options_description;
}

namespace assay {

/// Exit codes of `runner`; documented in docs/reference/runner.md.
enum ExitCode : int {
  kDone = 0,
  kTrialFailed = 1,
  kUsage = 2,
  kPlugin = 3,
  kDatabase = 4,
  kIncomplete = 6,
  kDataset = 7,
  kBug = 70,
  kInterrupted = 130,
};

struct Verb {
  std::string_view name, arguments, summary;
  bool hidden;                                         ///< for the runner's own children
  int (*run)(std::span<const std::string> arguments);  ///< the arguments after the verb
};
/// All verbs, in the order of `runner help`.
[[nodiscard]] std::span<const Verb> verbs();

struct CommonOptions {
  std::filesystem::path db = "results/assay.db", cache;
  std::vector<std::filesystem::path> plugin_path;
  bool json = false, quiet = false;
};
/// --db, --plugin-path (repeatable), --cache-dir, --json, --quiet, --help.
void add_common(boost::program_options::options_description&, CommonOptions&);

/// Parses a verb's arguments; positional ones are collected in `rest`. Prints help and returns true where --help was
/// given. Throws ConfigError on anything unknown.
[[nodiscard]] bool parse(std::string_view verb, const boost::program_options::options_description&,
                         std::span<const std::string> arguments, std::vector<std::string>& rest);

[[nodiscard]] Catalogue load_catalogue(const CommonOptions&);

}  // namespace assay
