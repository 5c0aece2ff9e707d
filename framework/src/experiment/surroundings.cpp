// Finds data, cards, cores and memory.

#include "experiment/surroundings.hpp"

#include <algorithm>
#include <cstdlib>
#include <sched.h>
#include <string_view>

#include "linalg/total_memory.hpp"
#include "plugin/build_id.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> split_folders(const char* list) {
  std::vector<fs::path> out;
  std::string_view rest = list ? list : "";
  while (!rest.empty()) {
    const auto end = std::min(rest.find(':'), rest.size());
    if (end > 0) out.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

/// Installed in lib/ or lib/TRIPLET/ beside share/; or built in build/PRESET/lib of the source tree.
std::vector<fs::path> installed_cards() {
  const fs::path lib = own_library().parent_path();
  std::vector<fs::path> out;
  for (const char* place : {"../share/assay/experiments/datasets", "../../share/assay/experiments/datasets",
                            "../../../experiments/datasets"})
    if (fs::is_directory(lib / place)) out.push_back((lib / place).lexically_normal());
  return out;
}

}  // namespace

Surroundings surroundings() {
  cpu_set_t set;
  CPU_ZERO(&set);
  const int cores = ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  return {fs::current_path(), split_folders(std::getenv("ASSAY_DATA")), installed_cards(), cores, total_memory()};
}

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

fs::path find_data(const std::string& path, const fs::path& beside, const Surroundings& around,
                   std::vector<std::string>& searched) {
  std::vector<fs::path> folders{beside};
  folders.insert(folders.end(), around.data_folders.begin(), around.data_folders.end());
  folders.push_back(around.working_folder / "data");
  if (fs::path(path).is_absolute()) folders.assign(1, "");
  std::vector<fs::path> tried;  // a folder may be named twice, by the variable and by where the user stands
  for (const auto& folder : folders) {
    std::error_code error;
    const fs::path candidate = fs::absolute(folder / path, error).lexically_normal();
    if (std::ranges::find(tried, candidate) != tried.end()) continue;
    tried.push_back(candidate);
    if (fs::exists(candidate, error)) return candidate;
    if (!folder.empty()) searched.push_back(folder.string());
  }
  return {};
}

}  // namespace assay
