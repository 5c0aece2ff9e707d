#pragma once  // One process builds a file, the others wait for it.

#include <filesystem>

namespace assay {

/// Holds an exclusive flock on `path` while it lives; waits for it in the constructor. The lock file is removed by who
/// held it; the kernel frees the lock of a process that dies.
class FileLock {
 public:
  explicit FileLock(std::filesystem::path path);  ///< throws Error
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  std::filesystem::path path_;
  int fd_ = -1;
};

}  // namespace assay
