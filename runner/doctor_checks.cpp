// The checks of `runner doctor`.

#include "runner/doctor_checks.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>
#include <unistd.h>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "base/text.hpp"
#include "data/cache_folder.hpp"
#include "plugin/child.hpp"
#include "results/housekeeping.hpp"
#include "results/integrity.hpp"
#include "results/migrations.hpp"
#include "trial/environment.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kScarce = std::uintmax_t{1} << 30;  // bytes free: below this a night's runs may not fit

/// packages.txt of the source tree that this runner was built in; empty where it was installed.
fs::path package_list() {
  std::error_code none;
  for (fs::path folder = runner_executable().parent_path(); folder.has_relative_path(); folder = folder.parent_path())
    if (fs::exists(folder / "packages.txt", none) && fs::exists(folder / "setup.sh", none))
      return folder / "packages.txt";
  return {};
}

std::set<std::string> installed_packages() {
  const std::string command[] = {"/usr/bin/dpkg-query", "-W", "-f=${db:Status-Status} ${Package}\n"};
  std::istringstream lines(run_child(command, 30).out);
  std::set<std::string> out;
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("installed ")) out.insert(line.substr(10));
  return out;
}

}  // namespace

Symptoms check_machine() {
  const EnvironmentRecord machine = this_environment();
  Symptoms out{{"machine", Health::good,
                machine.cpu + ", " + counted(machine.cores, "core", "cores") + ", " +
                    human_bytes(machine.memory_bytes) + ", " + machine.isa + ", oneDNN " + machine.onednn_version,
                ""}};
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
    out.push_back({"machine", Health::bad, "the processor has no AVX2 or no FMA, which this build's kernels need",
                   "build with cmake -DASSAY_ARCH=x86-64"});
#endif
  const std::string governor = first_line_of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  if (!governor.empty() && governor != "performance")
    out.push_back({"machine", Health::note,
                   "the frequency governor is \"" + governor + "\": times vary from run to run",
                   "for measurements: cpupower frequency-set -g performance"});
  double load = 0;
  if (::getloadavg(&load, 1) == 1 && load > machine.cores)
    out.push_back({"machine", Health::note,
                   "the load is " + std::to_string(static_cast<int>(load + .5)) +
                       ", more than the cores: times would tell of the neighbours",
                   "measure when the machine is quiet"});
  return out;
}

Symptoms check_packages() {
  const fs::path list = package_list();
  if (list.empty()) return {{"packages", Health::good, "an installed Assay; its libraries were found", ""}};
  if (!fs::exists("/usr/bin/dpkg-query"))
    return {
        {"packages", Health::note, "not Debian: " + list.string() + " cannot be compared with what is installed", ""}};
  const auto installed = installed_packages();
  std::string missing;
  std::size_t wanted = 0;
  std::ifstream in(list);
  for (std::string name; std::getline(in, name);) {
    if (name.empty() || name[0] == '#') continue;
    ++wanted;
    if (!installed.contains(name)) missing += " " + name;
  }
  if (missing.empty())
    return {{"packages", Health::good, "all " + std::to_string(wanted) + " of packages.txt are installed", ""}};
  return {{"packages", Health::bad, "not installed:" + missing, "apt-get install" + missing}};
}

Symptoms check_plugins(const Catalogue& catalogue) {
  Symptoms out;
  if (catalogue.components.empty())
    out.push_back({"plugins", Health::bad, "none were found", "see runner plugins for the folders searched"});
  else
    out.push_back({"plugins", Health::good,
                   counted(static_cast<std::int64_t>(catalogue.components.size()), "component", "components"), ""});
  for (const RefusedLibrary& refused : catalogue.refused)
    out.push_back({"plugins", Health::bad, refused.file.string() + " was refused: " + refused.reason,
                   "rebuild it with this runner's SDK, or remove it"});
  return out;
}

Symptoms check_cache(const fs::path& folder) {
  if (is_missing(folder)) return {{"cache", Health::good, folder.string() + " does not exist yet", ""}};
  if (::access(folder.c_str(), R_OK | X_OK) != 0)
    return {{"cache", Health::bad, folder.string() + " cannot be read: " + std::strerror(errno),
             "choose another with --cache-dir or XDG_CACHE_HOME"}};
  Symptoms out;
  if (::access(folder.c_str(), W_OK) != 0)
    out.push_back({"cache", Health::bad, folder.string() + " cannot be written",
                   "choose another with --cache-dir or XDG_CACHE_HOME"});
  std::int64_t bytes = 0;
  std::size_t prepared = 0, leftovers = 0;
  for (const CacheFile& file : cache_files(folder)) {
    bytes += file.bytes;
    leftovers += file.kind == CacheEntry::leftover ? 1 : 0;
    if (file.kind != CacheEntry::task && file.kind != CacheEntry::content) continue;
    ++prepared;
    if (!is_intact(file))
      out.push_back({"cache", Health::note, file.path.string() + " is damaged or of another version",
                     "nothing needs to be done: it is built again when it is wanted"});
  }
  out.push_back({"cache", Health::good,
                 folder.string() + ": " + counted(static_cast<std::int64_t>(prepared), "file", "files") +
                     " of prepared data, " + human_bytes(bytes) + " in all",
                 ""});
  if (leftovers > 0)
    out.push_back(
        {"cache", Health::note,
         counted(static_cast<std::int64_t>(leftovers), "file was", "files were") + " left by killed processes",
         "runner gc --yes removes them"});
  return out;
}

Symptoms check_database(const fs::path& file) {
  if (is_missing(file)) return {{"database", Health::good, file.string() + " does not exist yet", ""}};
  Symptoms out;
  try {
    Database database(file, Database::Access::read);
    require_readable(database);
    const IntegrityReport report = check_integrity(database);
    for (const std::string& problem : report.problems)
      out.push_back({"database", Health::bad, file.string() + ": " + problem,
                     "copy the file, then see what sqlite3's .recover can save; resume computes lost runs again"});
    if (report.problems.empty())
      out.push_back({"database", Health::good,
                     file.string() + ": sound; " + counted(report.runs, "result", "results") + " and " +
                         counted(report.blobs, "vector", "vectors") + " were computed again",
                     ""});
    for (const UnfinishedExperiment& e : unfinished_experiments(database))
      out.push_back({"database", Health::note,
                     "experiment " + e.name + (e.died ? ": its runner died; " : " ended without all results; ") +
                         counted(e.missing, "trial is", "trials are") + " missing",
                     "runner resume " + e.name});
  } catch (const DatabaseDamaged& e) {
    out.push_back({"database", Health::bad, e.what(), "copy the file, then see what sqlite3's .recover can save"});
  } catch (const DatabaseError& e) {
    out.push_back({"database", Health::bad, e.what(), ""});
  }
  return out;
}

Symptoms check_space(const CommonOptions& options) {
  Symptoms out;
  std::set<std::string> seen;
  for (fs::path folder : {fs::absolute(options.db).parent_path(), fs::absolute(options.cache)}) {
    while (is_missing(folder) && folder.has_relative_path()) folder = folder.parent_path();
    std::error_code error;
    const fs::space_info space = fs::space(folder, error);
    if (error || !seen.insert(folder.string()).second) continue;
    const bool scarce = space.available < kScarce;
    out.push_back(
        {"disk", scarce ? Health::bad : Health::good,
         folder.string() + " has " + human_bytes(static_cast<std::int64_t>(space.available)) + " free of " +
             human_bytes(static_cast<std::int64_t>(space.capacity)),
         scarce ? "make room (runner gc shows what can go), or give other folders with --db and --cache-dir" : ""});
  }
  return out;
}

}  // namespace assay
