// Schema versions: new, older, newer, foreign and damaged files, and many processes at once.

#include "results/migrations.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.hpp"
#include "base/hash.hpp"
#include "results/recorder.hpp"
#include "story.hpp"

namespace assay {
namespace {

using story::Folder;
using story::sqlite3;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Migrations, MakeTheWholeSchemaInAnEmptyFile) {
  const Folder folder;
  const auto file = folder / "a.db";
  std::ofstream(file).close();
  { Recorder recorder(file); }
  EXPECT_EQ(sqlite3(file, "PRAGMA application_id; PRAGMA user_version; SELECT version, name FROM migrations"),
            "1095979865\n1\n1|first made");
  EXPECT_EQ(sqlite3(file,
                    "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
                    "AND sql NOT LIKE '%STRICT%'"),
            "0");
  EXPECT_EQ(sqlite3(file,
                    "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema WHERE type = 'view' "
                    "ORDER BY name)"),
            "v_curves v_history v_leaderboard v_param_diff v_results v_runs");
}

TEST(Migrations, EveryViewCanBeRead) {
  const Folder folder;
  { Recorder recorder(folder / "a.db"); }
  for (const char* view : {"v_curves", "v_history", "v_leaderboard", "v_param_diff", "v_results", "v_runs"})
    EXPECT_EQ(sqlite3(folder / "a.db", "SELECT count(*) FROM " + std::string(view)), "0") << view;
}

/// "  name TYPE …"
bool is_column(const std::string& line) {
  if (!line.starts_with("  ")) return false;
  const auto end = line.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789", 2);
  if (end == line.npos || end == 2) return false;
  return std::ranges::any_of(std::array{" INTEGER", " TEXT", " REAL", " BLOB"},
                             [&](const char* type) { return line.compare(end, std::strlen(type), type) == 0; });
}

TEST(Migrations, DocumentEveryTableAndColumn) {
  std::istringstream lines{std::string(kSchemaSql)};
  std::string line, previous;
  int columns = 0;
  while (std::getline(lines, line)) {
    if (line.starts_with("CREATE TABLE ") && !line.starts_with("CREATE TABLE series_points")) {  // told with `series`
      EXPECT_TRUE(previous.starts_with("--")) << line;
    }
    if (is_column(line) && line != "  id INTEGER PRIMARY KEY," && line.ends_with(",")) {
      const bool goes_on = line.find("CHECK") != std::string::npos && line.find("))") == std::string::npos;
      EXPECT_TRUE(goes_on) << "not documented: " << line;
    }
    columns += is_column(line);
    previous = line;
  }
  EXPECT_GT(columns, 150);
}

TEST(Migrations, BringAnOlderFileUpToDateStepByStep) {
  const Folder folder;
  const auto file = folder / "a.db";
  const Schema first{1,
                     "PRAGMA application_id = 1095979865; PRAGMA user_version = 1; CREATE TABLE migrations (version "
                     "INTEGER PRIMARY KEY, name, applied_ms); CREATE TABLE t (a); INSERT INTO t VALUES (7)",
                     "CREATE VIEW v AS SELECT a FROM t",
                     {}};
  {
    Database database(file, Database::Access::write);
    prepare_for_writing(database, first);
  }
  const Migration steps[] = {{2, "add b", "ALTER TABLE t ADD COLUMN b; UPDATE t SET b = a + 1"},
                             {3, "double b", "UPDATE t SET b = 2 * b"}};
  const Schema third{3, "not used", "CREATE VIEW v AS SELECT a, b FROM t", steps};
  for (int time = 0; time < 2; ++time) {  // the second time there is nothing to do
    Database database(file, Database::Access::write);
    prepare_for_writing(database, third);
  }
  EXPECT_EQ(sqlite3(file, "SELECT * FROM v; PRAGMA user_version; SELECT version, name FROM migrations"),
            "7|16\n3\n1|first made\n2|add b\n3|double b");
}

TEST(Migrations, AFailingStepLeavesTheFileAsItWas) {
  const Folder folder;
  const auto file = folder / "a.db";
  { Recorder recorder(file); }
  const Migration steps[] = {{2, "good", "CREATE TABLE extra (a)"}, {3, "bad", "CREATE TABLE extra (a)"}};
  Database database(file, Database::Access::write);
  EXPECT_THROW(prepare_for_writing(database, Schema{3, kSchemaSql, kViewsSql, steps}), DatabaseError);
  EXPECT_EQ(sqlite3(file, "PRAGMA user_version; SELECT count(*) FROM sqlite_schema WHERE name = 'extra'"), "1\n0");
}

TEST(Migrations, RefuseANewerSchemaAndChangeNothing) {
  const Folder folder;
  const auto file = folder / "a.db";
  { Recorder recorder(file); }
  ASSERT_EQ(sqlite3(file, "PRAGMA user_version = 99"), "");
  const std::string before = sha256_of_file(file);
  EXPECT_THAT([&] { Recorder recorder(file); },
              ThrowsMessage<DatabaseError>(HasSubstr("a newer Assay wrote this database (schema 99")));
  EXPECT_EQ(sha256_of_file(file), before);
}

TEST(Migrations, RefuseADatabaseOfAnotherProgramAndChangeNothing) {
  const Folder folder;
  const auto file = folder / "photos.db";
  ASSERT_EQ(sqlite3(file, "CREATE TABLE photos (a)"), "");
  const std::string before = sha256_of_file(file);
  EXPECT_THAT([&] { Recorder recorder(file); }, ThrowsMessage<DatabaseError>(HasSubstr("belongs to another program")));
  Database reader(file, Database::Access::read);
  EXPECT_THAT([&] { require_readable(reader); }, ThrowsMessage<DatabaseError>(HasSubstr("belongs to another program")));
  EXPECT_EQ(sha256_of_file(file), before);
}

TEST(Migrations, RefuseWhatIsNotADatabase) {
  const Folder folder;
  const auto file = folder / "notes.txt";
  const std::string text(5000, 'x');
  std::ofstream(file) << text;
  EXPECT_THAT([&] { Recorder recorder(file); }, ThrowsMessage<DatabaseError>(HasSubstr("is not a SQLite database")));
  EXPECT_EQ(read_file(file), text);
}

TEST(Migrations, SayThatADamagedDatabaseIsDamaged) {
  const Folder folder;
  const auto file = folder / "a.db";
  story::record_whole(file);
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(100);  // the first page's b-tree, behind the file's head
  bytes << std::string(3000, '\xAB');
  bytes.close();
  EXPECT_THAT([&] { Recorder recorder(file); }, ThrowsMessage<DatabaseError>(HasSubstr("the database is damaged")));
}

TEST(Migrations, SixteenProcessesWritingAtOnceLoseNothing) {
  const Folder folder;
  const auto file = folder / "a.db";
  constexpr int kWriters = 16;
  std::vector<pid_t> children;
  for (int i = 0; i < kWriters; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      int code = 1;
      try {
        Recorder recorder(file);  // all of them find no file
        story::Teller(recorder, std::to_string(i)).whole();
        recorder.close();
        code = 0;
      } catch (const std::exception& e) {
        std::fprintf(stderr, "writer %d: %s\n", i, e.what());
      }
      ::_exit(code);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(sqlite3(file,
                    "PRAGMA integrity_check; PRAGMA foreign_key_check; SELECT count(*) FROM experiments WHERE done "
                    "= 7; SELECT status, count(*) FROM runs GROUP BY status; SELECT count(*) FROM points; SELECT "
                    "count(*) FROM unit_metrics; SELECT count(*) FROM trials; SELECT count(*) FROM migrations"),
            "ok\n16\ncrashed|16\ndone|112\n672\n224\n8\n1");
}

}  // namespace
}  // namespace assay
