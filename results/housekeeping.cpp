// What the database knows about files beside it.

#include "results/housekeeping.hpp"

#include "results/controller.hpp"
#include "results/find.hpp"

namespace assay {

std::vector<UnfinishedExperiment> unfinished_experiments(Database& database) {
  const std::set<std::int64_t> dead = dead_experiments(database);
  Statement& rows = database.prepare(
      "SELECT e.id, e.uid, e.name, e.trials - (SELECT count(*) FROM experiment_runs x JOIN runs r ON r.id = x.run_id "
      "WHERE x.experiment_id = e.id AND r.status = 'done') AS missing, e.ended_ms IS NULL FROM experiments e "
      "WHERE e.id = (SELECT max(id) FROM experiments n WHERE n.name = e.name) AND missing > 0 ORDER BY e.id");
  std::vector<UnfinishedExperiment> out;
  while (rows.step()) {
    const bool open = rows.integer(4) != 0, died = dead.contains(rows.integer(0));
    if (!open || died) out.push_back({rows.text(1), rows.text(2), rows.integer(3), died});
  }
  rows.reset();
  return out;
}

bool in_use(Database& database) {
  return database.integer("SELECT count(*) FROM experiments WHERE ended_ms IS NULL") >
         static_cast<std::int64_t>(dead_experiments(database).size());
}

std::map<std::string, FolderUse> folder_uses(Database& database,
                                             const std::function<bool(const std::filesystem::path&)>& has_checkpoint) {
  struct Seen {
    bool any = false, checkpoint = false;
  };
  std::map<std::int64_t, Seen> trials;  // what newer runs of a trial are there
  std::map<std::string, FolderUse> out;
  Statement& rows = database.prepare(
      "SELECT r.trial_id, r.status, r.folder, r.label, e.name, EXISTS (SELECT 1 FROM runs d WHERE d.trial_id = "
      "r.trial_id AND d.status = 'done') FROM runs r JOIN experiments e ON e.id = r.experiment_id "
      "WHERE r.folder IS NOT NULL ORDER BY r.id DESC");
  while (rows.step()) {
    Seen& newer = trials[rows.integer(0)];
    const std::filesystem::path folder = rows.text(2);
    const std::string whose = rows.text(3) + " in " + rows.text(4);
    const bool done = rows.text(1) == "done";
    FolderUse use{true, "results of " + whose};
    if (!done && rows.integer(5) != 0) {
      use = {false, whose + ": " + rows.text(1) + ", and done by another run"};
    } else if (!done) {
      const bool checkpoint = has_checkpoint(folder);
      use = {!newer.any || (checkpoint && !newer.checkpoint), whose + ": " + rows.text(1)};
      use.why += !use.needed ? ", and tried again since" : checkpoint ? ", resume goes on from its checkpoint" : "";
      newer.checkpoint |= checkpoint;
    }
    newer.any = true;
    out.emplace(folder.filename().string(), use);
  }
  rows.reset();
  for (const OpenExperiment& e : open_experiments(database))
    out.emplace(controller_lock(database.file(), e.uid).filename().string(),
                FolderUse{true, "shows whether the runner of " + e.name + " lives"});
  return out;
}

std::set<std::string> needed_tasks(Database& database) {
  const std::set<std::int64_t> dead = dead_experiments(database);
  Statement& rows = database.prepare(
      "SELECT et.prepared, e.id, e.ended_ms IS NULL, EXISTS (SELECT 1 FROM runs r JOIN artifacts a ON a.run_id = r.id "
      "WHERE r.experiment_id = e.id AND r.status = 'done' AND a.name = 'model') FROM experiment_tasks et "
      "JOIN experiments e ON e.id = et.experiment_id");
  std::set<std::string> out;
  while (rows.step()) {
    const bool used_now = rows.integer(2) != 0 && !dead.contains(rows.integer(1));
    if (used_now || rows.integer(3) != 0) out.insert(std::filesystem::path(rows.text(0)).filename().string());
  }
  rows.reset();
  return out;
}

}  // namespace assay
