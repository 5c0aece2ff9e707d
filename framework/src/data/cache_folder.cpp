// What lies in the cache folder.

#include "data/cache_folder.hpp"

#include <algorithm>
#include <string>
#include <sys/stat.h>

#include "assay/errors.hpp"

#include "data/lock.hpp"
#include "data/sections.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;

/// By name: `task-K.assay`, `content-K.assay`, and these with `.lock` or `.part`.
bool classify(const fs::path& path, CacheEntry& kind) {
  const std::string name = path.filename().string();
  const bool task = name.starts_with("task-");
  if (!task && !name.starts_with("content-")) return false;
  if (name.ends_with(".assay")) {
    kind = task ? CacheEntry::task : CacheEntry::content;
    return true;
  }
  if (!name.ends_with(".assay.lock") && !name.ends_with(".assay.part")) return false;
  fs::path lock = path;
  kind = lock_state(lock.replace_extension(".lock")) == LockState::held ? CacheEntry::busy : CacheEntry::leftover;
  return true;
}

void add(std::vector<CacheFile>& files, const fs::path& path, CacheEntry kind) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return;
  const std::int64_t used = std::max(info.st_atim.tv_sec, info.st_mtim.tv_sec);
  files.push_back({path, kind, info.st_size, used * 1000});
}

}  // namespace

std::vector<CacheFile> cache_files(const fs::path& folder) {
  std::vector<CacheFile> files;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    CacheEntry kind{};
    if (classify(entry.path(), kind)) add(files, entry.path(), kind);
  }
  for (const char* memos : {"hashes", "probes"})
    for (const auto& entry : fs::directory_iterator(folder / memos, none)) add(files, entry.path(), CacheEntry::memo);
  std::ranges::sort(files, {}, &CacheFile::path);
  return files;
}

void remove_leftovers(const fs::path& folder) {
  for (const CacheFile& file : cache_files(folder)) {
    if (file.kind != CacheEntry::leftover) continue;
    fs::path half = file.path, lock = file.path;
    // The lock goes with its holder, who is us; a process that waits for it makes another.
    if (const auto held = FileLock::if_free(lock.replace_extension(".lock"))) {
      std::error_code none;
      fs::remove(half.replace_extension(".part"), none);
    }
  }
}

bool is_intact(const CacheFile& file) {
  try {
    return SectionFile(file.path, file.kind == CacheEntry::task ? CacheKind::task : CacheKind::content).intact();
  } catch (const DataError&) {
    return false;
  }
}

}  // namespace assay
