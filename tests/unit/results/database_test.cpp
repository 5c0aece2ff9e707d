// Connections and statements.

#include "results/database.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "story.hpp"

namespace assay {
namespace {

using story::Folder;
using story::sqlite3;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Database, BindsAndReadsEveryType) {
  const Folder folder;
  Database database(folder / "a.db", Database::Access::write);
  database.execute("CREATE TABLE t (i, r, x, b, n, o) ");
  const std::vector<std::byte> bytes{std::byte{0}, std::byte{255}};
  database.prepare("INSERT INTO t VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
      .run(std::int64_t{-7}, 0.1, std::string("a\0b", 3), bytes, nullptr, std::optional<int>{});
  EXPECT_EQ(sqlite3(folder / "a.db", "SELECT i, r, hex(x), hex(b), n IS NULL, o IS NULL FROM t"),
            "-7|0.1|610062|00FF|1|1");
  Statement& row = database.prepare("SELECT * FROM t");
  ASSERT_TRUE(row.step());
  EXPECT_EQ(row.integer(0), -7);
  EXPECT_EQ(row.real(1), 0.1);
  EXPECT_EQ(row.text(2), std::string("a\0b", 3));
  EXPECT_EQ(row.blob(3).size(), 2u);
  EXPECT_TRUE(row.null(4));
  EXPECT_EQ(row.maybe_integer(5), std::nullopt);
  EXPECT_FALSE(row.step());
}

TEST(Database, RollsBackATransactionThatWasNotCommitted) {
  const Folder folder;
  Database database(folder / "a.db", Database::Access::write);
  database.execute("CREATE TABLE t (i)");
  {
    const Transaction transaction(database);
    database.execute("INSERT INTO t VALUES (1)");
  }
  EXPECT_EQ(database.integer("SELECT count(*) FROM t"), 0);
  {
    Transaction transaction(database);
    database.execute("INSERT INTO t VALUES (1)");
    transaction.commit();
  }
  EXPECT_EQ(database.integer("SELECT count(*) FROM t"), 1);
}

TEST(Database, ReadsFilesWithNamesThatMeanSomethingInUris) {
  const Folder folder;
  const auto file = folder / "100%25 of #1?mode=rwc.db";
  { Database(file, Database::Access::write).execute("CREATE TABLE t (i)"); }
  Database reader(file, Database::Access::read);
  EXPECT_EQ(reader.integer("SELECT count(*) FROM t"), 0);
}

TEST(Database, CannotBeChangedThroughAReader) {
  const Folder folder;
  { Database(folder / "a.db", Database::Access::write).execute("CREATE TABLE t (i)"); }
  Database reader(folder / "a.db", Database::Access::read);
  EXPECT_THROW(reader.execute("INSERT INTO t VALUES (1)"), DatabaseError);
  reader.execute("PRAGMA query_only = OFF");
  EXPECT_THROW(reader.execute("INSERT INTO t VALUES (1)"), DatabaseError);
}

TEST(Database, AReaderRollsBackWhatAKilledWriterLeft) {
  const Folder folder;
  const auto file = folder / "a.db";
  { Database(file, Database::Access::write).execute("CREATE TABLE t (x); INSERT INTO t VALUES ('before')"); }
  const pid_t child = ::fork();
  if (child == 0) {
    Database database(file, Database::Access::write);
    database.execute(
        "PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE t SET x = 'after'; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
        "SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO t SELECT hex(randomblob(500)) FROM n");
    ::_exit(0);  // as a crash: the file is half changed, and a journal says how it was
  }
  ::waitpid(child, nullptr, 0);
  ASSERT_TRUE(std::filesystem::exists(file.string() + "-journal"));
  Database reader(file, Database::Access::read);
  EXPECT_EQ(reader.integer("SELECT count(*) FROM t WHERE x = 'before'"), 1);
  EXPECT_EQ(reader.integer("SELECT count(*) FROM t"), 1);
}

TEST(Database, NamesAMissingFileAndAFolder) {
  const Folder folder;
  EXPECT_THAT([&] { Database(folder / "none.db", Database::Access::read); },
              ThrowsMessage<DatabaseError>(HasSubstr("there is no such database yet")));
  std::filesystem::create_directory(folder / "d");
  EXPECT_THAT([&] { Database(folder / "d", Database::Access::read); },
              ThrowsMessage<DatabaseError>(HasSubstr("is a folder")));
}

TEST(Database, MakesFoldersAndSaysWhereItCannot) {
  const Folder folder;
  { Database(folder / "x/y/z.db", Database::Access::write).execute("CREATE TABLE t (i)"); }
  EXPECT_TRUE(std::filesystem::exists(folder / "x/y/z.db"));
  EXPECT_THAT([&] { Database(folder / "x/y/z.db/deeper/a.db", Database::Access::write); },
              ThrowsMessage<DatabaseError>(HasSubstr("its folder")));
}

TEST(NetworkFileSystem, IsKnownByItsMagicNumber) {
  EXPECT_EQ(network_file_system(0x6969), "NFS");
  EXPECT_EQ(network_file_system(0xFF534D42), "CIFS");
  EXPECT_EQ(network_file_system(static_cast<std::int32_t>(0xFF534D42)), "CIFS");  // where f_type is 32 bits and signed
  EXPECT_EQ(network_file_system(0xEF53), std::nullopt);                           // ext4
  EXPECT_EQ(network_file_system(0x01021994), std::nullopt);                       // tmpfs
}

}  // namespace
}  // namespace assay
