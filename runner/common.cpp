// Options that every verb shares.

#include <algorithm>
#include <boost/program_options.hpp>
#include <iostream>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "base/utf8.hpp"
#include "runner/command.hpp"

namespace assay {
namespace po = boost::program_options;

namespace {

const std::string& named(const char* option, const std::string& path) {
  if (path.empty())
    throw ConfigError(std::string(option) + " \"\": a name is missing. Is a variable of the shell empty?");
  return path;
}

}  // namespace

void add_common(po::options_description& description, CommonOptions& options) {
  namespace fs = std::filesystem;
  // Its files are named in the database and by stored models, which are used from other folders.
  const auto whole = [](const fs::path& folder) { return fs::absolute(folder).lexically_normal(); };
  options.cache = whole(default_cache_folder());
  description.add_options()("help,h", "Show this text.")(
      "db", po::value<std::string>()->notifier([&](const std::string& v) { options.db = named("--db", v); }),
      "Results database (results/assay.db).")(
      "cache-dir", po::value<std::string>()->notifier([&options, whole](const std::string& v) {
        options.cache = whole(named("--cache-dir", v));
      }),
      "Prepared data ($XDG_CACHE_HOME/assay).")(
      "plugin-path", po::value<std::vector<std::string>>()->notifier([&](const std::vector<std::string>& v) {
        options.plugin_path.assign(v.begin(), v.end());
      }),
      "Another folder of plugins; may be repeated.")(
      "json", po::bool_switch(&options.json), "Machine-readable output.")("quiet,q", po::bool_switch(&options.quiet),
                                                                          "No progress on stderr.");
}

bool parse(std::string_view verb, const po::options_description& description, std::span<const std::string> arguments,
           std::vector<std::string>& rest) {
  // Paths are stored as JSON, and those that are not absolute begin with the working folder.
  for (const std::string& word : arguments)
    if (!is_utf8(word)) throw ConfigError("runner " + std::string(verb) + ": \"" + word + "\" is not UTF-8");
  if (const auto here = std::filesystem::current_path().string(); !is_utf8(here))
    throw ConfigError("runner " + std::string(verb) + ": the working folder " + here + " is not UTF-8; use another");
  po::options_description all;
  all.add(description);
  all.add_options()("assay-positional", po::value<std::vector<std::string>>(&rest));
  po::positional_options_description positional;
  positional.add("assay-positional", -1);
  po::variables_map values;
  try {
    const std::vector<std::string> words(arguments.begin(), arguments.end());
    po::store(po::command_line_parser(words).options(all).positional(positional).run(), values);
    if (values.count("help")) {
      const auto known = std::ranges::find(verbs(), verb, &Verb::name);
      if (known != verbs().end())
        std::cout << "runner " << verb << (known->arguments.empty() ? "" : " ") << known->arguments << "\n"
                  << known->summary << "\n\n";
      std::cout << description;
      return true;
    }
    po::notify(values);
  } catch (const po::error& e) {
    throw ConfigError("runner " + std::string(verb) + ": " + e.what() + ". See runner " + std::string(verb) +
                      " --help.");
  }
  return false;
}

Catalogue load_catalogue(const CommonOptions& options) {
  return discover(plugin_folders(options.plugin_path), options.cache);
}

}  // namespace assay
