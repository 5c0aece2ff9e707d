#pragma once  // One process builds a file, the others wait for it; and who lives, or uses a file, is seen by its lock.

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace assay {

/// Holds an exclusive flock on `path` while it lives; waits for it in the constructor. The kernel frees the lock of a
/// process that dies.
class FileLock {
 public:
  enum class File : bool { goes, stays };                                 ///< when the lock is given up
  explicit FileLock(std::filesystem::path path, File file = File::goes);  ///< throws Error
  /// Without waiting: nothing where another process holds it, or it cannot be made.
  [[nodiscard]] static std::optional<FileLock> if_free(std::filesystem::path path);
  ~FileLock();
  FileLock(FileLock&& other) noexcept;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  void remove_file() noexcept { file_ = File::goes; }  ///< when the lock is given up

 private:
  FileLock(std::filesystem::path path, int fd) : path_(std::move(path)), fd_(fd) {}

  std::filesystem::path path_;
  File file_ = File::goes;
  int fd_ = -1;
};

enum class LockState : unsigned char {
  held,
  free,
  unknown
};  ///< unknown: there is no such file, or it may not be read
/// Whether a FileLock is held. Takes no write permission, and no reader is in another one's way.
[[nodiscard]] LockState lock_state(const std::filesystem::path& path) noexcept;

/// Holds a shared flock on a file: `runner gc`, of whatever database, leaves it alone. Where the file system has no
/// locks there is none.
class SharedLock {
 public:
  explicit SharedLock(const std::filesystem::path& path) noexcept;
  ~SharedLock();
  SharedLock(SharedLock&& other) noexcept;
  SharedLock& operator=(SharedLock&&) = delete;
  [[nodiscard]] bool file_is_there() const noexcept { return fd_ >= 0; }  ///< it was, when it was locked

 private:
  int fd_ = -1;
};

/// Whether anybody holds a lock on the file.
[[nodiscard]] bool is_locked(const std::filesystem::path& path) noexcept;
/// Removes the file, unless anybody holds a lock on it: then `error` says that it is busy.
void remove_unless_locked(const std::filesystem::path& path, std::error_code& error) noexcept;

}  // namespace assay
