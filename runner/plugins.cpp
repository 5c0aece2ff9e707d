// `runner plugins`: every component that was found, and every library that was refused.

#include <boost/program_options.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "assay/errors.hpp"

#include "runner/command.hpp"
#include "runner/table.hpp"
#include "runner/verbs.hpp"

namespace assay {
namespace {

using nlohmann::json;

void print_json(const Catalogue& catalogue) {
  json out{{"components", json::array()}, {"refused", json::array()}};
  for (const auto& component : catalogue.components) out["components"].push_back(json::parse(to_json(component)));
  for (const auto& refused : catalogue.refused)
    out["refused"].push_back({{"file", refused.file.string()}, {"reason", refused.reason}});
  std::cout << out.dump(2, ' ', false, json::error_handler_t::replace) << "\n";
}

void print_text(const Catalogue& catalogue, std::span<const std::filesystem::path> folders) {
  Listing list({{"kind", "KIND"}, {"name", "NAME"}, {"version", "VERSION"}, {"file", "FILE"}});
  for (const auto& c : catalogue.components) list.add({kind_name(c.kind), c.name, c.version, c.file.string()});
  if (list.size() > 0) list.print(std::cout, TableFormat::text, stdout_style());
  if (catalogue.components.empty()) {
    std::cout << "No plugins were found in:\n";
    for (const auto& folder : folders) std::cout << "  " << folder.string() << "\n";
  }
  if (!catalogue.refused.empty()) std::cout << "\nREFUSED\n";
  for (const auto& refused : catalogue.refused)
    std::cout << "  " << refused.file.string() << "\n    " << refused.reason << "\n";
}

}  // namespace

int run_plugins(std::span<const std::string> arguments) {
  CommonOptions options;
  boost::program_options::options_description description("Options");
  add_common(description, options);
  DiscoverOptions how;
  description.add_options()("again", boost::program_options::bool_switch(&how.again),
                            "Open also libraries that crashed or hung before.");
  std::vector<std::string> rest;
  if (parse("plugins", description, arguments, rest)) return kDone;
  if (!rest.empty()) throw ConfigError("runner plugins takes no arguments; runner describe " + rest[0] + " shows one.");
  const auto folders = plugin_folders(options.plugin_path);
  const Catalogue catalogue = discover(folders, options.cache, how);
  if (options.json)
    print_json(catalogue);
  else
    print_text(catalogue, folders);
  return kDone;
}

}  // namespace assay
