// memfd_create and /dev/shm.
#include "memory_file.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace assay::fuzz {
namespace {

void write_all(int fd, std::string_view content) {
  if (fd < 0 || ::write(fd, content.data(), content.size()) != static_cast<ssize_t>(content.size())) std::abort();
}

}  // namespace

MemoryFile::MemoryFile(std::string_view content)
    : fd_(::memfd_create("fuzz", MFD_CLOEXEC)), path_("/proc/self/fd/" + std::to_string(fd_)) {
  set(content);
}

MemoryFile::~MemoryFile() { ::close(fd_); }

void MemoryFile::set(std::string_view content) {
  if (::ftruncate(fd_, 0) != 0 || ::lseek(fd_, 0, SEEK_SET) != 0) std::abort();
  write_all(fd_, content);
}

MemoryFolder::MemoryFolder() {
  std::string name = "/dev/shm/assay-fuzz-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  path_ = name;
}

MemoryFolder::~MemoryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void MemoryFolder::put(const char* name, std::string_view content) const {
  const int fd = ::open((path_ / name).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  write_all(fd, content);
  ::close(fd);
}

void touch(std::span<const std::byte> bytes) {
  volatile std::byte sum{};
  for (const std::byte b : bytes) sum = sum ^ b;
}

}  // namespace assay::fuzz
