// What the recorder stores, read back with the sqlite3 command line tool.

#include "results/recorder.hpp"

#include <cmath>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <sys/wait.h>
#include <unistd.h>

#include "results/codec.hpp"
#include "results/queries.hpp"
#include "story.hpp"

namespace assay {
namespace {

using story::Folder;
using story::sqlite3;
using story::Teller;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

TEST(Recorder, StoresAWholeExperimentInOneFile) {
  const Folder folder;
  const auto db = folder / "deep/er/assay.db";
  story::record_whole(db);
  EXPECT_FALSE(std::filesystem::exists(db.string() + "-wal"));
  EXPECT_FALSE(std::filesystem::exists(db.string() + "-shm"));
  EXPECT_EQ(sqlite3(db, "PRAGMA integrity_check; PRAGMA foreign_key_check; PRAGMA user_version; PRAGMA journal_mode"),
            "ok\n1\ndelete");
  EXPECT_EQ(Database(db, Database::Access::read).integer("SELECT count(*) FROM runs"), 8);
  EXPECT_FALSE(std::filesystem::exists(db.string() + "-shm"));  // readers make no files either
  EXPECT_EQ(sqlite3(db, "SELECT status, count(*) FROM runs GROUP BY status"), "crashed|1\ndone|7");
  EXPECT_EQ(sqlite3(db, "SELECT name, trials, done, failed, interrupted, ended_ms > started_ms FROM experiments"),
            "made_up|8|7|1|0|1");
}

TEST(Recorder, StoresWhatIdentifiesARun) {
  const Folder folder;
  const auto db = folder / "assay.db";
  story::record_whole(db);
  EXPECT_EQ(sqlite3(db,
                    "SELECT p.name, p.value, p.number FROM params p JOIN trials t ON t.id = p.trial_id "
                    "WHERE t.key = 'd0m0s1f0' ORDER BY p.name"),
            "deep|true|1.0\nname|x|\nrate|0.5|0.5\nsizes|[1,2]|");
  EXPECT_EQ(sqlite3(db,
                    "SELECT json_extract(c.resolved, '$.training.patience'), e.file_text, e.command_line, s.revision, "
                    "s.dirty, s.diff FROM experiments e JOIN configs c ON c.id = e.config_id "
                    "JOIN code_states s ON s.id = e.code_state_id"),
            "10|{ // as written\n}|runner experiments/made_up.json|0123abcd|1|diff --git a b");
  EXPECT_EQ(
      sqlite3(db, "SELECT kind, name, library, library_sha256, build_id FROM plugins ORDER BY kind, name"),
      "backend|local|plugins/local.so||\ndataset|csv|plugins/csv.so|c5|\nmodel|popularity|plugins/popularity.so|bb|b2\n"
      "model|random|plugins/random.so|aa|b1");
  EXPECT_EQ(
      sqlite3(db, "SELECT count(*), min(hostname), min(cpu), min(isa), min(cores), min(hw_key) FROM environments"),
      "1|here|CPU|avx2|2|hw1");
  EXPECT_EQ(sqlite3(db,
                    "SELECT t.key, d.name, d.users, t.split, t.train, t.test FROM tasks t JOIN datasets d ON d.id = "
                    "t.dataset_id ORDER BY t.id"),
            "task0|tiny|5|{\"strategy\":\"given\"}|80|20\ntask1|other|5|{\"strategy\":\"given\"}|80|20");
  EXPECT_EQ(sqlite3(db, "SELECT seed IS NULL, count(*) FROM trials GROUP BY 1"), "0|6\n1|2");
  EXPECT_EQ(sqlite3(db,
                    "SELECT r.status, r.reason, r.log_tail, r.fit_seconds IS NULL, r.folder LIKE 'runs/%' FROM runs r "
                    "WHERE status <> 'done'"),
            "crashed|killed by signal 11 (segmentation fault)|the last line|1|1");
  EXPECT_EQ(sqlite3(db, "SELECT DISTINCT name, value FROM tags"), "mxcsr_restored|1");
}

TEST(Recorder, StoresResultsCurvesVectorsAndLists) {
  const Folder folder;
  const auto db = folder / "assay.db";
  story::record_whole(db);
  const std::string run = "(SELECT r.id FROM runs r JOIN trials t ON t.id = r.trial_id WHERE t.key = 'd0m0s2f0')";
  EXPECT_EQ(
      sqlite3(db, "SELECT m.key, abs(x.value - " + std::to_string(story::mean_of(0, 0, 2, 0, "ndcg")) +
                      ") < 1e-6, m.per_unit FROM results x JOIN metrics m ON m.id = x.metric_id WHERE x.run_id = " +
                      run + " AND m.key = 'ndcg@10'"),
      "ndcg@10|1|1");
  EXPECT_EQ(sqlite3(db, "SELECT key, higher_is_better, definition <> '' FROM metrics ORDER BY key"),
            "gini@10|0|1\nndcg@10|1|1\nprecision@10|1|1");
  EXPECT_EQ(
      sqlite3(db,
              "SELECT kind, series, group_concat(epoch || ':' || round(value, 2), ' ') FROM points WHERE run_id = " +
                  run + " GROUP BY kind, series"),
      "loss|generator|0:1.0 1:0.5 2:0.33\nvalidation|ndcg@10|0:0.1 1:0.2 2:0.3");
  Database reader(db, Database::Access::read);
  Statement& vector = reader.prepare(
      "SELECT u.count, u.data, g.units FROM unit_metrics u JOIN metrics m ON m.id = "
      "u.metric_id JOIN runs r ON r.id = u.run_id JOIN eval_units g ON g.id = "
      "r.eval_units_id WHERE m.key = 'ndcg@10' AND u.run_id = " +
      run);
  ASSERT_TRUE(vector.step());
  const std::vector<float> values = unpack_floats(vector.blob(1), vector.integer(0));
  ASSERT_EQ(values.size(), 5u);
  for (int u = 0; u < 5; ++u) EXPECT_EQ(values[static_cast<std::size_t>(u)], story::value_of(0, 0, 2, 0, "ndcg", u));
  EXPECT_EQ(unpack_integers(vector.blob(2), 5), (std::vector<std::int32_t>{0, 1, 3, 4, 7}));
  EXPECT_EQ(sqlite3(db, "SELECT count(*) FROM eval_units"), "2");  // one a task, not one a run
  Statement& lists = reader.prepare("SELECT units, places, items, scores FROM top_lists WHERE run_id = " + run);
  ASSERT_TRUE(lists.step());
  EXPECT_EQ(lists.integer(0) * lists.integer(1), 15);
  EXPECT_EQ(unpack_integers(lists.blob(2), 15).back(), kUnknown);
  EXPECT_EQ(unpack_floats(lists.blob(3), 15)[3], 0.25f);
}

TEST(Recorder, StoresNumbersThatAreNotFiniteAsCodes) {
  const Folder folder;
  const auto db = folder / "assay.db";
  Recorder recorder(db);
  Teller teller(recorder);
  teller.start();
  teller.data(0);
  teller.change = [](RunEnded& e) { e.test.values[0].value = std::nan(""); };
  const std::string run = teller.plan(0, 0, 1);
  teller.begin(run);
  const double infinity = std::numeric_limits<double>::infinity();
  recorder.run_points({run,
                       {{0, PointKind::measure, "m", std::nan(""), 1},
                        {1, PointKind::measure, "m", infinity, 2},
                        {2, PointKind::measure, "m", -infinity, 3},
                        {3, PointKind::measure, "m", 4, 4}},
                       -1});
  teller.finish(run, 0, 0, 1);
  teller.end();
  recorder.close();
  EXPECT_EQ(sqlite3(db, "SELECT epoch, value, code FROM points WHERE series = 'm'"), "0||nan\n1||inf\n2||-inf\n3|4.0|");
  EXPECT_EQ(sqlite3(db, "SELECT metric, value, code FROM v_results WHERE metric = 'precision@10'"),
            "precision@10||nan");
}

TEST(Recorder, PointsAfterARestoredEpochAreReplaced) {
  const Folder folder;
  const auto db = folder / "assay.db";
  Recorder recorder(db);
  Teller teller(recorder);
  teller.start();
  teller.data(0);
  const std::string run = teller.plan(0, 0, 1);
  teller.begin(run);
  RunPoints points{run, {}, -1};
  for (int epoch = 0; epoch < 5; ++epoch) points.points.push_back({epoch, PointKind::loss, "g", 1.0 * epoch, 0});
  recorder.run_points(points);
  teller.begin(run);  // another attempt, from epoch 2 on
  recorder.run_points({run, {{3, PointKind::loss, "g", 30, 0}}, 2});
  recorder.close();
  EXPECT_EQ(sqlite3(db, "SELECT group_concat(epoch || ':' || value, ' ') FROM points"), "0:0.0 1:1.0 2:2.0 3:30.0");
  EXPECT_EQ(sqlite3(db, "SELECT attempts FROM runs"), "2");
}

TEST(Recorder, ATrialThatWasDoneBeforeStandsInTheNewExperimentToo) {
  const Folder folder;
  const auto db = folder / "assay.db";
  {
    Recorder recorder(db);
    Teller(recorder, "a").whole();
  }
  Recorder recorder(db);
  Teller again(recorder, "b");
  again.start();
  again.data(0);
  again.decision = TrialDecision::already_done;
  static_cast<void>(again.plan(0, 0, 1));
  static_cast<void>(again.plan(0, 1, std::nullopt));
  again.end();
  recorder.close();
  EXPECT_EQ(sqlite3(db, "SELECT count(*) FROM runs"), "8");
  EXPECT_EQ(sqlite3(db, "SELECT label, seeds FROM v_leaderboard WHERE is_primary AND experiment_uid = '" + again.uid() +
                            "' ORDER BY label"),
            "popular|1\nrandom|1");
  EXPECT_EQ(sqlite3(db, "SELECT DISTINCT reused FROM experiment_runs WHERE experiment_id = 2"), "1");
}

TEST(Recorder, KnowsTheRunsOfATrialNewestFirst) {
  const Folder folder;
  Recorder recorder(folder / "assay.db");
  Teller(recorder, "a").whole();
  Teller(recorder, "b").whole();
  recorder.flush();
  const auto known = recorder.runs_of("d0m0s1f0");
  ASSERT_EQ(known.size(), 2u);
  EXPECT_THAT(known[0].run_uid, HasSubstr("000b"));
  EXPECT_EQ(known[1].status, "done");
  EXPECT_EQ(known[1].build_key, "build1");
  EXPECT_THAT(known[1].folder.string(), HasSubstr("runs/"));
  EXPECT_EQ(recorder.runs_of("d1m0s3f0")[0].status, "crashed");
  EXPECT_TRUE(recorder.runs_of("unheard of").empty());
}

TEST(Recorder, KnowsWhichProcessRunsATrialNow) {
  const Folder folder;
  const auto db = folder / "assay.db";
  int ready[2], go[2];
  ASSERT_EQ(::pipe(ready) | ::pipe(go), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    Recorder recorder(db);
    Teller teller(recorder);
    teller.start();
    teller.data(0);
    teller.begin(teller.plan(0, 0, 1));
    recorder.flush();
    char byte = 0;
    static_cast<void>(!::write(ready[1], "x", 1));
    static_cast<void>(!::read(go[0], &byte, 1));
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  Recorder recorder(db);
  EXPECT_THAT(recorder.runs_of("d0m0s1f0").at(0).controller, HasSubstr("process " + std::to_string(child) + " on "));
  ASSERT_EQ(::write(go[1], "x", 1), 1);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(recorder.runs_of("d0m0s1f0").at(0).controller, "") << "it is gone";
}

TEST(Recorder, KnowsWhichMetricsADoneRunHas) {
  const Folder folder;
  Recorder recorder(folder / "assay.db");
  Teller(recorder).whole();
  auto metrics = recorder.runs_of("d0m0s1f0").at(0).metrics;
  std::ranges::sort(metrics);
  EXPECT_EQ(metrics, (std::vector<std::string>{"gini@10", "ndcg@10", "precision@10"}));
}

TEST(Recorder, AnErrorOfTheWriterSurfacesOnTheNextCall) {
  const Folder folder;
  const auto db = folder / "assay.db";
  Recorder recorder(db);
  Teller teller(recorder);
  teller.start();
  recorder.flush();
  ASSERT_EQ(sqlite3(db, "DROP TABLE points"), "");
  teller.data(0);
  const std::string run = teller.plan(0, 0, 1);
  recorder.run_points({run, {{0, PointKind::loss, "g", 1, 0}}, -1});
  EXPECT_THAT([&] { recorder.flush(); }, ThrowsMessage<DatabaseError>(HasSubstr("no such table: points")));
  EXPECT_THAT([&] { recorder.message("on and on"); }, ThrowsMessage<DatabaseError>(HasSubstr("points")));
  EXPECT_THROW(recorder.close(), DatabaseError);
}

TEST(Recorder, RefusesEventsOfRunsThatWereNeverPlanned) {
  const Folder folder;
  Recorder recorder(folder / "assay.db");
  Teller teller(recorder);
  teller.start();
  recorder.run_started({"nobody", "attempt", "here", "folder", 1});
  EXPECT_THAT([&] { recorder.flush(); }, ThrowsMessage<Error>(HasSubstr("never planned")));
}

TEST(Recorder, WhatAnInterruptedExperimentDidNotStartLeavesNoRunAndIsCounted) {
  const Folder folder;
  const auto db = folder / "assay.db";
  Recorder recorder(db);
  Teller teller(recorder);
  teller.start();
  teller.data(0);
  teller.begin(teller.plan(0, 0, 1));
  static_cast<void>(teller.plan(0, 0, 2));
  teller.end(true);
  EXPECT_TRUE(recorder.planned("d0m0s2f0"));
  EXPECT_FALSE(recorder.planned("unheard of"));
  recorder.close();
  EXPECT_EQ(sqlite3(db, "SELECT r.status, e.interrupted FROM runs r JOIN experiments e"), "cancelled|1");
  EXPECT_EQ(sqlite3(db, "SELECT count(*) FROM experiment_runs"), "1");
  Database reader(db, Database::Access::read);
  const auto missing = not_started(reader);
  ASSERT_EQ(missing.size(), 1u);
  EXPECT_EQ(missing[0].trials, teller.experiment().datasets.size() * 4 - 1);
  EXPECT_EQ(leaderboard(reader, std::nullopt).not_started, missing[0].trials);
}

/// A process that began a run, planned another one, and died.
pid_t left_by_a_crash(const std::filesystem::path& db) {
  const pid_t child = ::fork();
  if (child == 0) {
    Recorder recorder(db);
    Teller teller(recorder);
    teller.start();
    teller.data(0);
    teller.begin(teller.plan(0, 0, 1));
    static_cast<void>(teller.plan(0, 0, 2));
    recorder.flush();
    ::_exit(0);  // as a crash: nothing is closed
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  return child;
}

/// What readers see of the one run that began.
std::string seen_status(const std::filesystem::path& db) {
  Database reader(db, Database::Access::read);
  return list_runs(reader, std::nullopt, 0).back().status;
}

/// As if the controller were in another container.
void move_controller_away(const std::filesystem::path& db) {
  ASSERT_EQ(sqlite3(db, "UPDATE experiments SET controller_namespace = 'pid:[1]', controller_host = 'box'"), "");
}

std::vector<std::filesystem::path> left_in_runs_folder(const std::filesystem::path& db) {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::directory_iterator(db.string() + ".runs")) out.push_back(entry.path());
  return out;
}

TEST(Recorder, RunsOfADeadControllerAreLost) {
  const Folder folder;
  const auto db = folder / "assay.db";
  const pid_t child = left_by_a_crash(db);
  EXPECT_EQ(sqlite3(db, "SELECT group_concat(status, ' ') FROM runs"), "running planned");
  {
    Database reader(db, Database::Access::read);  // readers see it before anyone has written it
    const auto runs = list_runs(reader, std::nullopt, 0);
    ASSERT_EQ(runs.size(), 1u) << "the other one never began";
    EXPECT_EQ(runs[0].status, "lost");
    EXPECT_EQ(not_started(reader).size(), 1u);
  }
  { Recorder recorder(db); }
  EXPECT_EQ(sqlite3(db, "SELECT group_concat(status, ' ') FROM runs"), "lost");
  EXPECT_THAT(sqlite3(db, "SELECT reason FROM runs"), HasSubstr("process " + std::to_string(child) + " on "));
  EXPECT_EQ(sqlite3(db, "SELECT interrupted, ended_ms IS NULL FROM experiments"), "1|0");
}

TEST(Recorder, RunsOfAControllerThatDiedInAnotherContainerAreLost) {
  const Folder folder;
  const auto db = folder / "assay.db";
  left_by_a_crash(db);
  move_controller_away(db);
  EXPECT_EQ(seen_status(db), "lost");
  { Recorder recorder(db); }
  EXPECT_EQ(sqlite3(db, "SELECT group_concat(status, ' ') FROM runs"), "lost");
  EXPECT_THAT(left_in_runs_folder(db), IsEmpty()) << "the lock of a controller that is gone goes";
}

TEST(Recorder, RunsOfAControllerThatLivesInAnotherContainerStayAsTheyAre) {
  const Folder folder;
  const auto db = folder / "assay.db";
  Recorder first(db);
  Teller teller(first);
  teller.start();
  teller.data(0);
  teller.begin(teller.plan(0, 0, 1));
  first.flush();
  move_controller_away(db);
  EXPECT_EQ(seen_status(db), "running");
  { Recorder second(db); }
  EXPECT_EQ(sqlite3(db, "SELECT status FROM runs"), "running");
  ASSERT_EQ(sqlite3(db, "UPDATE experiments SET controller_boot = 'another'"), "");
  EXPECT_EQ(seen_status(db), "running");
  teller.end();
  EXPECT_THAT(left_in_runs_folder(db), IsEmpty()) << "who came to the end takes the lock away";
  first.close();
}

TEST(Recorder, OfAnotherMachineOrWithoutALockNothingIsKnown) {
  const Folder folder;
  const auto db = folder / "assay.db";
  left_by_a_crash(db);
  move_controller_away(db);
  const std::string boot = sqlite3(db, "SELECT controller_boot FROM experiments");
  ASSERT_EQ(sqlite3(db, "UPDATE experiments SET controller_boot = 'another'"), "");
  EXPECT_EQ(seen_status(db), "running") << "a free lock of another machine tells nothing";
  ASSERT_EQ(sqlite3(db, "UPDATE experiments SET controller_boot = '" + boot + "'"), "");
  ASSERT_EQ(seen_status(db), "lost");
  std::filesystem::remove_all(db.string() + ".runs");
  EXPECT_EQ(seen_status(db), "running") << "a copy of the file alone, or of an Assay without locks";
}

TEST(Recorder, RunsOfALivingControllerStayAsTheyAre) {
  const Folder folder;
  const auto db = folder / "assay.db";
  Recorder first(db);
  Teller teller(first);
  teller.start();
  teller.data(0);
  teller.begin(teller.plan(0, 0, 1));
  first.flush();
  { Recorder second(db); }
  EXPECT_EQ(sqlite3(db, "SELECT status FROM runs"), "running");
  first.close();
}

TEST(Recorder, AReaderDoesNotKeepItFromClosing) {
  const Folder folder;
  const auto db = folder / "assay.db";
  Recorder recorder(db);
  Teller(recorder).whole();
  recorder.flush();
  Database reader(db, Database::Access::read);
  Statement& rows = reader.prepare("SELECT uid FROM runs");
  ASSERT_TRUE(rows.step());  // and holds its snapshot
  recorder.close();
  rows.reset();
  EXPECT_EQ(reader.integer("SELECT count(*) FROM runs"), 8);
}

}  // namespace
}  // namespace assay
