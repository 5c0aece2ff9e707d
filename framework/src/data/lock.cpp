// flock on files that come and go.

#include "data/lock.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "assay/errors.hpp"

namespace assay {
namespace {

/// The path still names the file that was locked: its last holder may have removed it meanwhile.
bool same_file(int fd, const std::filesystem::path& path) noexcept {
  struct stat held {
  }, named{};
  return ::fstat(fd, &held) == 0 && ::stat(path.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
         held.st_dev == named.st_dev;
}

/// flock() until no signal interrupts it; 0 or an error number.
int locked(int fd, int operation) noexcept {
  int result = 0;
  while ((result = ::flock(fd, operation)) != 0 && errno == EINTR) continue;
  return result == 0 ? 0 : errno;
}

int open_to_read(const std::filesystem::path& path) noexcept {
  return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

/// A descriptor of the locked file; -1 and errno where there is none.
int take(const std::filesystem::path& path, int operation) noexcept {
  for (;;) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) return -1;
    const int error = locked(fd, operation);
    if (error == 0 && same_file(fd, path)) return fd;
    ::close(fd);
    errno = error;
    if (error != 0) return -1;
  }
}

}  // namespace

FileLock::FileLock(std::filesystem::path path, File file)
    : path_(std::move(path)), file_(file), fd_(take(path_, LOCK_EX)) {
  if (fd_ < 0) throw Error(path_.string() + ": cannot lock: " + std::strerror(errno));
}

std::optional<FileLock> FileLock::if_free(std::filesystem::path path) {
  const int fd = take(path, LOCK_EX | LOCK_NB);
  if (fd < 0) return {};
  return FileLock(std::move(path), fd);
}

FileLock::FileLock(FileLock&& other) noexcept
    : path_(std::move(other.path_)), file_(other.file_), fd_(std::exchange(other.fd_, -1)) {}

FileLock::~FileLock() {
  if (fd_ < 0) return;
  if (file_ == File::goes) ::unlink(path_.c_str());
  ::close(fd_);
}

LockState lock_state(const std::filesystem::path& path) noexcept {
  const int fd = open_to_read(path);
  if (fd < 0) return LockState::unknown;
  const int error = locked(fd, LOCK_SH | LOCK_NB);
  ::close(fd);
  return error == 0 ? LockState::free : error == EWOULDBLOCK ? LockState::held : LockState::unknown;
}

SharedLock::SharedLock(const std::filesystem::path& path) noexcept {
  fd_ = open_to_read(path);
  if (fd_ < 0) return;
  if (locked(fd_, LOCK_SH) != 0 || same_file(fd_, path)) return;
  ::close(std::exchange(fd_, -1));  // it was removed before the lock was ours
}

SharedLock::~SharedLock() {
  if (fd_ >= 0) ::close(fd_);
}

SharedLock::SharedLock(SharedLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

bool is_locked(const std::filesystem::path& path) noexcept {
  const int fd = open_to_read(path);
  if (fd < 0) return false;
  const int error = locked(fd, LOCK_EX | LOCK_NB);
  ::close(fd);
  return error == EWOULDBLOCK;
}

void remove_unless_locked(const std::filesystem::path& path, std::error_code& error) noexcept {
  error.clear();
  const int fd = open_to_read(path);
  if (fd >= 0 && locked(fd, LOCK_EX | LOCK_NB) == EWOULDBLOCK)
    error = std::make_error_code(std::errc::device_or_resource_busy);
  else if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    error.assign(errno, std::generic_category());
  if (fd >= 0) ::close(fd);
}

}  // namespace assay
