// Files that are no results database, or no longer one: refused by writers and readers alike, and left as they are.

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/files.hpp"
#include "base/hash.hpp"
#include "results/migrations.hpp"
#include "results/queries.hpp"
#include "results/recorder.hpp"
#include "story.hpp"

namespace assay {
namespace {

using story::Folder;
using testing::HasSubstr;

/// What a runner that writes, then one that only reads, says of a file.
std::vector<std::string> complaints(const std::filesystem::path& file) {
  std::vector<std::string> out;
  const auto note = [&](auto&& open) {
    try {
      open();
      out.emplace_back("accepted");
    } catch (const DatabaseError& e) {
      out.emplace_back(e.what());
    }
  };
  note([&] { Recorder recorder(file); });
  note([&] {
    Database reader(file, Database::Access::read);
    require_readable(reader);
    (void)list_runs(reader, std::nullopt, 0);
  });
  return out;
}

void write(const std::filesystem::path& file, std::string_view content) {
  std::ofstream(file, std::ios::binary) << content;
}

TEST(NoDatabase, APipeIsRefusedInsteadOfWaitingForItsWriter) {
  const Folder folder;
  ASSERT_EQ(::mkfifo((folder / "a.db").c_str(), 0600), 0);
  for (const auto& why : complaints(folder / "a.db")) EXPECT_THAT(why, HasSubstr("a.db is not a regular file"));
}

TEST(NoDatabase, AFolderIsRefused) {
  const Folder folder;
  std::filesystem::create_directory(folder / "a.db");
  for (const auto& why : complaints(folder / "a.db")) EXPECT_THAT(why, HasSubstr("a.db is a folder"));
  EXPECT_TRUE(std::filesystem::is_empty(folder / "a.db"));
}

TEST(NoDatabase, WhatCannotBeLookedAtIsNotSaidToBeMissing) {
  const Folder folder;
  std::filesystem::create_symlink("loop.db", folder / "loop.db");
  EXPECT_THAT([&] { Database(folder / "loop.db", Database::Access::read); },
              testing::ThrowsMessage<DatabaseError>(HasSubstr("Too many levels of symbolic links")));
  EXPECT_THAT([&] { Database(folder / std::string(300, 'x'), Database::Access::read); },
              testing::ThrowsMessage<DatabaseError>(HasSubstr("File name too long")));
  EXPECT_THAT([&] { Database(folder / std::string(250, 'x'), Database::Access::read); },
              testing::ThrowsMessage<DatabaseError>(HasSubstr("there is no such database yet")));
}

TEST(NoDatabase, OtherFilesAreRefusedAndLeftAsTheyAre) {
  const Folder folder;
  const std::string magic("SQLite format 3\0", 16);
  const std::string contents[] = {"x",
                                  "a,b\n1,2\n",
                                  std::string(100'000, '\0'),
                                  "\x1f\x8b\x08 not a database",
                                  magic,
                                  magic + std::string(84, '\xff'),
                                  magic + std::string(5000, '\0')};
  for (const std::string& content : contents) {
    write(folder / "a.db", content);
    for (const auto& why : complaints(folder / "a.db"))
      EXPECT_TRUE(why.find("not a SQLite database") != std::string::npos || why.find("damaged") != std::string::npos)
          << why;
    EXPECT_EQ(read_file(folder / "a.db"), content);
    EXPECT_FALSE(std::filesystem::exists(folder / "a.db-wal"));
  }
}

TEST(NoDatabase, AnotherProgramsAndANewerOneAreRefusedByReadersToo) {
  const Folder folder;
  ASSERT_EQ(story::sqlite3(folder / "other.db", "CREATE TABLE runs (a); PRAGMA user_version = 1"), "");
  for (const auto& why : complaints(folder / "other.db")) EXPECT_THAT(why, HasSubstr("belongs to another program"));
  { Recorder recorder(folder / "newer.db"); }
  ASSERT_EQ(story::sqlite3(folder / "newer.db", "PRAGMA user_version = 99"), "");
  const std::string before = sha256_of_file(folder / "newer.db");
  for (const auto& why : complaints(folder / "newer.db"))
    EXPECT_THAT(why, HasSubstr("a newer Assay wrote this database"));
  EXPECT_EQ(sha256_of_file(folder / "newer.db"), before);
}

TEST(NoDatabase, AnEmptyFileIsEmptyToReadersAndANewDatabaseToWriters) {
  const Folder folder;
  write(folder / "a.db", "");
  Database reader(folder / "a.db", Database::Access::read);
  EXPECT_THAT([&] { require_readable(reader); }, testing::ThrowsMessage<DatabaseError>(HasSubstr("is empty")));
  EXPECT_EQ(std::filesystem::file_size(folder / "a.db"), 0U);
}

/// Every page of a database, overwritten one after the other; each time all that a reader may ask is asked.
TEST(DamagedDatabase, EveryCorruptPageGivesADatabaseErrorOrTheRightAnswerAndNeverACrash) {
  const Folder folder;
  const auto file = folder / "a.db";
  story::record_whole(file);
  const std::string whole = read_file(file);
  constexpr std::size_t kPage = 8192;
  std::size_t refused = 0;
  for (std::size_t page = 0; page * kPage < whole.size(); ++page) {
    std::string bytes = whole;
    for (std::size_t i = page == 0 ? 100 : 0; i < kPage; ++i) bytes[page * kPage + i] = static_cast<char>(0xA5 ^ i);
    write(file, bytes);
    try {
      Database reader(file, Database::Access::read);
      require_readable(reader);
      for (const auto& run : list_runs(reader, std::nullopt, 0)) (void)show_run(reader, run.uid);
      (void)leaderboard(reader, std::nullopt);
    } catch (const DatabaseError& e) {
      ++refused;
      EXPECT_THAT(e.what(), HasSubstr(file.string()));
    }
  }
  EXPECT_GT(refused, whole.size() / kPage / 4) << "most pages matter to these questions";
  write(file, whole.substr(0, whole.size() / 2 / kPage * kPage));
  for (const auto& why : complaints(file)) EXPECT_THAT(why, HasSubstr("damaged"));
}

}  // namespace
}  // namespace assay
