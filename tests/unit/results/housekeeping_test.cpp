// Which attempt folders and prepared files are needed, and which experiments are unfinished.

#include "results/housekeeping.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/recorder.hpp"
#include "story.hpp"

namespace assay {
namespace {

using story::Folder;
using story::sqlite3;
using story::Teller;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Three executions of one trial (dataset 0, model 0, seed 1), oldest first; empty: it was done.
std::map<std::string, FolderUse> uses_of(const std::vector<std::string>& ends,
                                         const std::set<std::string>& with_checkpoint, std::vector<std::string>& runs) {
  const Folder folder;
  const auto db = folder / "assay.db";
  for (std::size_t i = 0; i < ends.size(); ++i) {
    Recorder recorder(db);
    Teller teller(recorder, std::string(1, static_cast<char>('a' + i)),
                  1'700'000'000'000 + 10'000 * static_cast<int>(i));
    teller.start();
    teller.data(0);
    runs.push_back(teller.plan(0, 0, 1));
    teller.begin(runs.back());
    if (ends[i].empty())
      teller.finish(runs.back(), 0, 0, 1);
    else
      teller.fail(runs.back(), RunStatus::crashed, ends[i]);
    teller.end();
    recorder.close();
  }
  Database database(db, Database::Access::read);
  return folder_uses(database, [&](const std::filesystem::path& path) {
    for (const std::string& ending : with_checkpoint)
      if (path.filename().string() == runs[std::stoul(ending)]) return true;
    return false;
  });
}

TEST(Housekeeping, WhatADoneRunLeftIsNeededAndWhatFailedBeforeItIsNot) {
  std::vector<std::string> runs;
  const auto uses = uses_of({"boom", ""}, {"0"}, runs);
  ASSERT_EQ(uses.size(), 2U);
  EXPECT_FALSE(uses.at(runs[0]).needed);
  EXPECT_EQ(uses.at(runs[0]).why, "random in made_up: crashed, and done by another run");
  EXPECT_TRUE(uses.at(runs[1]).needed);
}

TEST(Housekeeping, TheNewestFailureAndTheNewestCheckpointAreNeeded) {
  std::vector<std::string> runs;
  const auto uses = uses_of({"one", "two", "three", "four"}, {"0", "1"}, runs);
  EXPECT_FALSE(uses.at(runs[0]).needed);
  EXPECT_TRUE(uses.at(runs[1]).needed);
  EXPECT_EQ(uses.at(runs[1]).why, "random in made_up: crashed, resume goes on from its checkpoint");
  EXPECT_FALSE(uses.at(runs[2]).needed);
  EXPECT_EQ(uses.at(runs[2]).why, "random in made_up: crashed, and tried again since");
  EXPECT_TRUE(uses.at(runs[3]).needed);
}

TEST(Housekeeping, ALaterFailureDoesNotMakeADoneRunUnneeded) {
  std::vector<std::string> runs;
  const auto uses = uses_of({"", "two"}, {}, runs);
  EXPECT_TRUE(uses.at(runs[0]).needed);
  EXPECT_FALSE(uses.at(runs[1]).needed);
}

TEST(Housekeeping, UnfinishedAreTheNewestOfAName) {
  const Folder folder;
  const auto db = folder / "assay.db";
  story::record_whole(db);  // one trial of eight crashes
  {
    Database database(db, Database::Access::read);
    EXPECT_FALSE(in_use(database));
    const auto unfinished = unfinished_experiments(database);
    ASSERT_EQ(unfinished.size(), 1U);
    EXPECT_EQ(unfinished[0].name, "made_up");
    EXPECT_EQ(unfinished[0].missing, 1);
    EXPECT_FALSE(unfinished[0].died);
  }
  ASSERT_EQ(sqlite3(db, "UPDATE experiments SET trials = 7"), "");
  Database database(db, Database::Access::read);
  EXPECT_THAT(unfinished_experiments(database), IsEmpty());
}

TEST(Housekeeping, AnExperimentWhoseControllerIsGoneIsUnfinishedAndNotInUse) {
  const Folder folder;
  const auto db = folder / "assay.db";
  {
    Recorder recorder(db);
    Teller teller(recorder);
    teller.start();
    teller.data(0);
    static_cast<void>(teller.plan(0, 0, 1));
    recorder.close();
  }
  {
    Database database(db, Database::Access::read);
    EXPECT_TRUE(in_use(database));  // this process is its controller
    EXPECT_THAT(unfinished_experiments(database), IsEmpty());
  }
  ASSERT_EQ(sqlite3(db, "UPDATE experiments SET controller_start = controller_start - 1"), "");
  Database database(db, Database::Access::read);
  EXPECT_FALSE(in_use(database));
  const auto unfinished = unfinished_experiments(database);
  ASSERT_EQ(unfinished.size(), 1U);
  EXPECT_TRUE(unfinished[0].died);
  EXPECT_EQ(unfinished[0].missing, 8);
}

TEST(Housekeeping, TasksOfStoredModelsAreNeeded) {
  const Folder folder;
  const auto db = folder / "assay.db";
  {
    Recorder recorder(db);
    Teller teller(recorder);
    teller.whole();
    recorder.close();
    Database database(db, Database::Access::read);
    EXPECT_THAT(needed_tasks(database), IsEmpty());
  }
  ASSERT_EQ(sqlite3(db, "INSERT INTO artifacts (run_id, name, file, bytes) VALUES (1, 'model', 'runs/x/model', 1)"),
            "");
  Database database(db, Database::Access::read);
  EXPECT_THAT(needed_tasks(database), ElementsAre("task-0.assay", "task-1.assay"));
}

TEST(Housekeeping, TasksOfAnExperimentThatRunsAreNeededUntilItsControllerIsGone) {
  const Folder folder;
  const auto db = folder / "assay.db";
  Recorder recorder(db);
  Teller teller(recorder);
  teller.start();
  teller.data(1);
  recorder.close();
  {
    Database database(db, Database::Access::read);
    EXPECT_THAT(needed_tasks(database), ElementsAre("task-1.assay"));
  }
  ASSERT_EQ(sqlite3(db, "UPDATE experiments SET controller_start = controller_start - 1"), "");
  Database database(db, Database::Access::read);
  EXPECT_THAT(needed_tasks(database), IsEmpty());
}

}  // namespace
}  // namespace assay
