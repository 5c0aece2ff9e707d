// `runner gc`: removes attempt folders and cached data that nothing needs, and shows them first.

#include <algorithm>
#include <boost/program_options.hpp>
#include <iostream>
#include <map>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "base/text.hpp"
#include "data/cache_folder.hpp"
#include "data/lock.hpp"
#include "results/housekeeping.hpp"
#include "runner/command.hpp"
#include "runner/database_options.hpp"
#include "runner/verbs.hpp"
#include "trial/attempt.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

constexpr std::int64_t kHour = 3'600'000, kDay = 24 * kHour;

struct Waste {
  fs::path path;
  std::int64_t bytes = 0;
  std::string why;
  bool small = false;  ///< one of many that nobody wants to read one by one
};

std::int64_t bytes_below(const fs::path& path) {
  std::error_code none;
  if (!fs::is_directory(path, none)) return static_cast<std::int64_t>(fs::file_size(path, none));
  std::int64_t sum = 0;
  for (const auto& entry : fs::recursive_directory_iterator(path, fs::directory_options::skip_permission_denied, none))
    if (entry.is_regular_file(none)) sum += static_cast<std::int64_t>(entry.file_size(none));
  return sum;
}

/// Ms since the last change of the file or folder itself.
std::int64_t age_of(const fs::path& path) {
  std::error_code none;
  const auto changed = fs::last_write_time(path, none);
  return none ? 0 : std::chrono::ceil<std::chrono::milliseconds>(fs::file_time_type::clock::now() - changed).count();
}

class Collector {
 public:
  Collector(const CommonOptions& options, std::int64_t cache_age) : options_(options), cache_age_(cache_age) {}

  std::vector<Waste> collect() {
    std::set<std::string> tasks;
    if (!is_missing(options_.db)) {
      // Folders first: one that appears after the database was read is not judged.
      const std::vector<fs::path> folders = attempt_folders();
      ReadResults database(options_.db);
      tasks = needed_tasks(database);
      if (in_use(database))
        std::cerr << "An experiment of " << options_.db.string()
                  << " is running (or may be, on another machine): its attempt folders are left alone.\n";
      else
        judge(folders, database);
    }
    judge_cache(tasks);
    return std::move(waste_);
  }

 private:
  std::vector<fs::path> attempt_folders() const {
    std::vector<fs::path> out;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(options_.db.string() + ".runs", none)) out.push_back(entry.path());
    std::ranges::sort(out);
    return out;
  }

  void judge(const std::vector<fs::path>& folders, Database& database) {
    const auto uses =
        folder_uses(database, [](const fs::path& folder) { return !is_missing(folder / kCheckpointFile); });
    for (const fs::path& folder : folders) {
      const auto use = uses.find(folder.filename().string());
      if (use != uses.end() && !use->second.needed)
        waste_.push_back({folder, bytes_below(folder), use->second.why});
      else if (use == uses.end() && age_of(folder) > kHour)  // a younger one may not have been recorded yet
        waste_.push_back({folder, bytes_below(folder), "no run of the database refers to it"});
    }
  }

  void judge_cache(const std::set<std::string>& tasks) {
    const std::int64_t now = now_ms();
    for (const CacheFile& file : cache_files(options_.cache)) {
      if (file.kind == CacheEntry::leftover)
        waste_.push_back({file.path, file.bytes, "left by a process that was killed"});
      if (file.kind == CacheEntry::leftover || file.kind == CacheEntry::busy) continue;
      if (tasks.contains(file.path.filename().string()) || is_locked(file.path)) continue;
      const std::int64_t age = now - file.used_ms;
      if (age >= cache_age_)
        waste_.push_back({file.path, file.bytes,
                          "not used for " + std::to_string(age / kDay) + " days, no stored model of this database " +
                              "needs it, and it can be made again",
                          file.kind == CacheEntry::memo});
    }
  }

  const CommonOptions& options_;
  std::int64_t cache_age_;
  std::vector<Waste> waste_;
};

/// One row a folder for the small ones.
std::vector<Waste> for_people(const std::vector<Waste>& waste) {
  std::vector<Waste> out;
  std::map<fs::path, std::pair<std::int64_t, std::int64_t>> small;  // files and bytes by folder
  for (const Waste& w : waste) {
    if (!w.small) {
      out.push_back(w);
      continue;
    }
    auto& [files, bytes] = small[w.path.parent_path()];
    ++files;
    bytes += w.bytes;
  }
  for (const auto& [folder, sum] : small)
    out.push_back(
        {folder / "*", sum.second, counted(sum.first, "file", "files") + " about data and plugins, soon made again"});
  return out;
}

void show(const std::vector<Waste>& waste, TableFormat format) {
  Listing listing({{"path", ""}, {"bytes", "size"}, {"why", ""}});
  for (const Waste& w : format == TableFormat::text ? for_people(waste) : waste)
    listing.add({w.path.string(), Cell::integer(w.bytes).as(human_bytes(w.bytes)), Cell(w.why)});
  listing.print(std::cout, format, stdout_style());
}

/// Returns how many could not be removed; each is told.
std::size_t remove_all(const std::vector<Waste>& waste) {
  std::size_t failed = 0;
  for (const Waste& w : waste) {
    std::error_code error;
    if (fs::is_directory(fs::symlink_status(w.path, error)))
      fs::remove_all(w.path, error);
    else
      remove_unless_locked(w.path, error);
    if (error) std::cerr << w.path.string() << ": cannot be removed: " << error.message() << "\n";
    failed += error ? 1 : 0;
  }
  return failed;
}

}  // namespace

int run_gc(std::span<const std::string> arguments) {
  CommonOptions options;
  bool yes = false;
  double days = 30;
  po::options_description description("Options");
  add_common(description, options);
  description.add_options()("yes,y", po::bool_switch(&yes), "Remove what is shown; without it nothing changes.")(
      "cache-days", po::value(&days), "Age from which cached data goes that nothing needs (30).");
  std::vector<std::string> rest;
  if (parse("gc", description, arguments, rest)) return kDone;
  if (!rest.empty()) throw ConfigError("runner gc takes no arguments; --db and --cache-dir say where to look.");
  if (!(days >= 0)) throw ConfigError("runner gc: --cache-days must be 0 or more.");
  const std::vector<Waste> waste =
      Collector(options, static_cast<std::int64_t>(std::min(days, 1e6) * static_cast<double>(kDay))).collect();
  std::int64_t bytes = 0;
  for (const Waste& w : waste) bytes += w.bytes;
  if (!waste.empty() || options.json) show(waste, chosen_format("table", options.json));
  const std::size_t failed = yes ? remove_all(waste) : 0;
  if (waste.empty())
    std::cerr << "Nothing to remove.\n";
  else if (yes)
    std::cerr << "Removed " << waste.size() - failed << " of " << waste.size() << ", " << human_bytes(bytes)
              << " in all.\n";
  else
    std::cerr << "\n" << human_bytes(bytes) << " can go. Nothing was removed: runner gc --yes does it.\n";
  return failed == 0 ? kDone : kTrialFailed;
}

}  // namespace assay
