// flock on a file that comes and goes.

#include "data/lock.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "assay/errors.hpp"

namespace assay {
namespace {

/// The path still names the file that was locked: its last holder may have removed it meanwhile.
bool same_file(int fd, const std::filesystem::path& path) {
  struct stat held {
  }, named{};
  return ::fstat(fd, &held) == 0 && ::stat(path.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
         held.st_dev == named.st_dev;
}

}  // namespace

FileLock::FileLock(std::filesystem::path path) : path_(std::move(path)) {
  for (;;) {
    fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd_ < 0) throw Error(path_.string() + ": cannot create: " + std::strerror(errno));
    int result = 0;
    while ((result = ::flock(fd_, LOCK_EX)) != 0 && errno == EINTR) continue;
    if (result == 0 && same_file(fd_, path_)) return;
    const int error = errno;
    ::close(fd_);
    if (result != 0) throw Error(path_.string() + ": cannot lock: " + std::strerror(error));
  }
}

FileLock::~FileLock() {
  ::unlink(path_.c_str());
  ::close(fd_);
}

}  // namespace assay
