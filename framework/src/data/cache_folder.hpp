#pragma once  // What lies in the cache folder, for those who check it and clean it.

#include <cstdint>
#include <filesystem>
#include <vector>

namespace assay {

enum class CacheEntry : std::uint8_t {
  task,      ///< a prepared task
  content,   ///< what a source says
  memo,      ///< a file's hash, or what a plugin library said of itself: small, and cheap to make again
  leftover,  ///< a lock or half a file of a process that was killed
  busy       ///< of a process that is at work
};
struct CacheFile {
  std::filesystem::path path;
  CacheEntry kind = CacheEntry::task;
  std::int64_t bytes = 0;
  std::int64_t used_ms = 0;  ///< last read or written, ms since 1970, as the file system tells it
};
/// All files of the cache, by path; none where there is no folder. Files of other names are not listed.
[[nodiscard]] std::vector<CacheFile> cache_files(const std::filesystem::path& folder);

/// Removes what processes that were killed left. What a process at work holds stays.
void remove_leftovers(const std::filesystem::path& folder);

/// Whether a task or content file is whole: every byte is read. False also where it is of another version.
[[nodiscard]] bool is_intact(const CacheFile& file);

}  // namespace assay
