#pragma once  // What the database knows about files beside it: which are needed, which experiments were left half done.

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "results/database.hpp"

namespace assay {

/// An experiment that can be taken up by `runner resume`.
struct UnfinishedExperiment {
  std::string uid, name;
  std::int64_t missing = 0;  ///< trials without a done run
  bool died = false;         ///< its controller is gone; false: it ended, interrupted or with failures
};
/// The newest experiment of each name, where trials are missing and no controller works on it.
[[nodiscard]] std::vector<UnfinishedExperiment> unfinished_experiments(Database& database);

/// Whether an experiment runs now, or may (its controller is on another machine).
[[nodiscard]] bool in_use(Database& database);

struct FolderUse {
  bool needed = true;
  std::string why;  ///< "holds the model of …", "its trial was done by a later run", …
};
/// Attempt folders by name. Needed are: what done runs left (model, artifacts), the newest run of every trial that is
/// not done, and the newest one with a checkpoint; and the locks of experiments whose end was not stored, which lie
/// there, too. What is not listed belongs to no run.
[[nodiscard]] std::map<std::string, FolderUse> folder_uses(
    Database& database, const std::function<bool(const std::filesystem::path& folder)>& has_checkpoint);

/// Prepared data that stored models are used with, or that an experiment uses now or may. Names without their folders:
/// a name tells the content, and a folder may be spelt in many ways.
[[nodiscard]] std::set<std::string> needed_tasks(Database& database);

}  // namespace assay
