// Finds plugin libraries and learns what they offer.

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <map>
#include <set>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "base/hash.hpp"
#include "base/pool.hpp"
#include "base/text.hpp"
#include "plugin/abi.hpp"
#include "plugin/build_id.hpp"
#include "plugin/catalogue.hpp"
#include "plugin/probe.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;

/// Build tree: lib/libassay.so with plugins/ beside lib/. Installed: lib[/triplet]/libassay.so,
/// lib[/triplet]/assay/plugins.
std::vector<fs::path> own_plugin_folders() {
  const fs::path lib = own_library().parent_path();
  return {lib / "assay" / "plugins", lib.parent_path() / "plugins"};
}

std::vector<fs::path> environment_folders() {
  std::vector<fs::path> out;
  const char* value = std::getenv("ASSAY_PLUGIN_PATH");
  std::string_view rest = value == nullptr ? "" : value;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    if (end > 0) out.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

std::vector<fs::path> libraries_in(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.path().extension() == ".so") out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

/// What a file offers depends on its bytes and on the libassay that asks.
std::string cache_name(const std::string& file_sha256) {
  return sha256_hex("1 " + file_sha256 + " " + std::string(own_abi_symbol()) + " " + build_id_of_file(own_library())) +
         ".json";
}

std::string today() {
  const std::time_t now = now_ms() / 1000;
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[16];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d", &parts)};
}

std::optional<ProbeResult> cached(const fs::path& entry, const fs::path& file) {
  try {
    if (is_missing(entry)) return std::nullopt;
    return parse_probe(read_file(entry), file);
  } catch (const Error&) {
    return std::nullopt;  // half a disk, an older format, a folder that may not be read: ask again
  }
}

void remember(const fs::path& entry, ProbeResult result) {
  if (auto* refused = std::get_if<RefusedLibrary>(&result))
    refused->reason += " (seen on " + today() + " and remembered; runner plugins --again tries it again)";
  try {
    fs::create_directories(entry.parent_path());
    write_file_atomically(entry, to_probe_line(result) + "\n");
  } catch (const std::exception&) {
    // A cache that cannot be written costs time, nothing else.
  }
}

ProbeResult probe(const fs::path& file, const fs::path& cache_folder, const DiscoverOptions& options) {
  try {
    const fs::path entry = cache_folder / "probes" / cache_name(sha256_of_file(file));
    if (auto known = cached(entry, file); known && !(options.again && std::holds_alternative<RefusedLibrary>(*known)))
      return *known;
    ProbeResult result = probe_in_child(file, options.seconds);
    const auto* refused = std::get_if<RefusedLibrary>(&result);
    if (refused == nullptr || refused->lasting) remember(entry, result);
    return result;
  } catch (const DataError& e) {
    return RefusedLibrary{file, e.what()};
  }
}

/// Two files that offer the same name are both refused: nobody can know which was meant.
void refuse_duplicates(Catalogue& catalogue) {
  std::map<std::pair<Kind, std::string>, std::set<fs::path>> files;
  for (const auto& c : catalogue.components) files[{c.kind, c.name}].insert(c.file);
  std::map<fs::path, std::string> reasons;
  for (const auto& [key, offering] : files) {
    if (offering.size() < 2) continue;
    std::vector<std::string> names;
    for (const auto& file : offering) names.push_back(file.string());
    for (const auto& file : offering)
      reasons[file] = "the " + std::string(kind_name(key.first)) + " \"" + key.second +
                      "\" is offered by more than one file: " + join(names, ", ") +
                      ". Remove or rename all but one, or give another --plugin-path.";
  }
  std::erase_if(catalogue.components, [&](const auto& c) { return reasons.contains(c.file); });
  for (const auto& [file, reason] : reasons) catalogue.refused.push_back({file, reason});
}

}  // namespace

fs::path runner_executable() {
  const fs::path self = own_executable();
  if (self.filename() == "runner") return self;
  for (fs::path folder = own_library().parent_path(); folder.has_relative_path(); folder = folder.parent_path())
    if (!is_missing(folder / "bin" / "runner")) return folder / "bin" / "runner";
  throw Error("there is no bin/runner near " + own_library().string() +
              ": plugins are described by a child process of that program. Build or install the target `runner`.");
}

std::vector<fs::path> plugin_folders(std::span<const fs::path> extra) {
  for (const auto& folder : extra) {
    std::error_code error;
    if (!fs::is_directory(folder, error))
      throw ConfigError("--plugin-path " + folder.string() + ": there is no such folder" +
                        (error && !is_missing(folder) ? " that can be read: " + error.message() : "") + ".");
  }
  std::vector<fs::path> out;
  const auto add = [&](const std::vector<fs::path>& folders) {
    for (const auto& folder : folders) {
      std::error_code error;
      const fs::path real = fs::canonical(folder, error);
      if (!error && std::find(out.begin(), out.end(), real) == out.end()) out.push_back(real);
    }
  };
  add({extra.begin(), extra.end()});
  add(environment_folders());
  add(own_plugin_folders());
  return out;
}

Catalogue discover(std::span<const fs::path> folders, const fs::path& cache_folder, const DiscoverOptions& options) {
  std::vector<fs::path> files;
  for (const auto& folder : folders)
    for (auto& file : libraries_in(folder)) files.push_back(std::move(file));
  std::vector<ProbeResult> results(files.size());
  ThreadPool two(2);  // each waits for a child
  for_ranges(two, static_cast<std::int64_t>(files.size()), 1, [&](std::int64_t begin, std::int64_t) {
    const auto i = static_cast<std::size_t>(begin);
    results[i] = probe(files[i], cache_folder, options);
  });
  Catalogue catalogue;
  for (auto& result : results) {
    if (auto* refused = std::get_if<RefusedLibrary>(&result)) catalogue.refused.push_back(std::move(*refused));
    if (auto* found = std::get_if<std::vector<ComponentDescription>>(&result))
      for (auto& component : *found) catalogue.components.push_back(std::move(component));
  }
  refuse_duplicates(catalogue);
  std::sort(catalogue.components.begin(), catalogue.components.end(),
            [](const auto& a, const auto& b) { return std::tie(a.kind, a.name) < std::tie(b.kind, b.name); });
  return catalogue;
}

}  // namespace assay
