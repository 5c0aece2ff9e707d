// What is listed of a cache folder, and what is called damaged, left over or busy.

#include "data/cache_folder.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <map>

#include "base/files.hpp"
#include "data/lock.hpp"
#include "support.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;

std::map<std::string, CacheEntry> kinds(const fs::path& folder) {
  std::map<std::string, CacheEntry> out;
  for (const CacheFile& file : cache_files(folder)) out.emplace(file.path.filename().string(), file.kind);
  return out;
}

TEST(CacheFolder, AMissingOneIsEmpty) { EXPECT_TRUE(cache_files("/nowhere/at/all").empty()); }

TEST(CacheFolder, ListsWhatIsAssaysAndNothingElse) {
  const test::Folder folder;
  fs::create_directories(folder.path() / "hashes");
  fs::create_directories(folder.path() / "task-folder.assay");
  for (const char* name : {"task-a.assay", "content-b.assay", "task-c.assay.part", "content-d.assay.lock", "notes.txt",
                           "task-e.txt", "hashes/f"})
    std::ofstream(folder.path() / name) << name;
  const std::map<std::string, CacheEntry> expected{{"task-a.assay", CacheEntry::task},
                                                   {"content-b.assay", CacheEntry::content},
                                                   {"task-c.assay.part", CacheEntry::leftover},
                                                   {"content-d.assay.lock", CacheEntry::leftover},
                                                   {"f", CacheEntry::memo}};
  EXPECT_EQ(kinds(folder.path()), expected);
}

TEST(CacheFolder, FilesOfAProcessAtWorkAreBusy) {
  const test::Folder folder;
  std::ofstream(folder.path() / "task-a.assay.part") << "half";
  const FileLock lock(folder.path() / "task-a.assay.lock");
  EXPECT_EQ(kinds(folder.path()).at("task-a.assay.part"), CacheEntry::busy);
  EXPECT_EQ(kinds(folder.path()).at("task-a.assay.lock"), CacheEntry::busy);
}

TEST(CacheFolder, AFileThatSomebodyUsesIsNotRemoved) {
  const test::Folder folder;
  const fs::path file = folder.path() / "task-a.assay";
  std::ofstream(file) << "whole";
  std::error_code error;
  {
    const SharedLock one(file), another(file);
    EXPECT_TRUE(one.file_is_there() && another.file_is_there());
    EXPECT_TRUE(is_locked(file));
    remove_unless_locked(file, error);
    EXPECT_EQ(error, std::errc::device_or_resource_busy);
  }
  EXPECT_FALSE(is_locked(file));
  remove_unless_locked(file, error);
  EXPECT_FALSE(error);
  EXPECT_FALSE(fs::exists(file));
  EXPECT_FALSE(SharedLock(file).file_is_there());
}

TEST(CacheFolder, WhatKilledProcessesLeftIsRemovedAndNothingOfThoseAtWork) {
  const test::Folder folder;
  for (const char* name : {"task-a.assay", "task-a.assay.part", "task-b.assay.lock", "content-c.assay.part",
                           "content-c.assay.lock", "notes.lock"})
    std::ofstream(folder.path() / name) << name;
  {
    const FileLock lock(folder.path() / "content-c.assay.lock");
    remove_leftovers(folder.path());
    const std::map<std::string, CacheEntry> expected{{"task-a.assay", CacheEntry::task},
                                                     {"content-c.assay.part", CacheEntry::busy},
                                                     {"content-c.assay.lock", CacheEntry::busy}};
    EXPECT_EQ(kinds(folder.path()), expected);
  }
  remove_leftovers(folder.path());
  EXPECT_EQ(kinds(folder.path()).size(), 1U);
  EXPECT_TRUE(fs::exists(folder.path() / "notes.lock"));
}

TEST(CacheFolder, EveryByteOfAPreparedFileCounts) {
  const test::Folder folder;
  DatasetSpec dataset;
  dataset.name = dataset.plugin = "toy";
  dataset.params = R"({"seed":1})";
  const auto info = prepare(dataset, {}, {}, folder.path(),
                            [](DatasetSink& sink) { test::deliver(test::random_samples(1, 400, 20, 60), sink, {}); });
  for (const CacheFile& file : cache_files(folder.path())) {
    if (file.kind != CacheEntry::task && file.kind != CacheEntry::content) continue;
    EXPECT_TRUE(is_intact(file)) << file.path;
    std::string bytes = read_file(file.path);
    char& byte = bytes[bytes.size() / 2 / 64 * 64];  // no padding: sections begin at such places
    byte = static_cast<char>(byte ^ 1);
    write_file_atomically(file.path, bytes);
    EXPECT_FALSE(is_intact(file)) << file.path;
  }
  EXPECT_TRUE(fs::exists(info.file));
}

}  // namespace
}  // namespace assay
