// What the recorder stores, read back with the sqlite3 command line tool.

#include "results/recorder.hpp"

#include <gtest/gtest.h>

#include "story.hpp"

namespace assay {
namespace {

using story::Folder;
using story::sqlite3;
using story::Teller;

TEST(Recorder, StoresAWholeExperimentInOneFile) {
  const Folder folder;
  const auto db = folder / "deep/er/assay.db";
  Recorder recorder(db);
  Teller(recorder).whole();
  recorder.close();
  EXPECT_FALSE(std::filesystem::exists(db.string() + "-wal"));
  EXPECT_FALSE(std::filesystem::exists(db.string() + "-shm"));
  EXPECT_EQ(sqlite3(db, "PRAGMA integrity_check; PRAGMA foreign_key_check; PRAGMA user_version; PRAGMA journal_mode"),
            "ok\n1\nwal");
  EXPECT_EQ(sqlite3(db, "SELECT status, count(*) FROM runs GROUP BY status"), "crashed|1\ndone|7");
  EXPECT_EQ(sqlite3(db, "SELECT name, trials, done, failed, interrupted, ended_ms > started_ms FROM experiments"),
            "made_up|8|7|1|0|1");
}

}  // namespace
}  // namespace assay
