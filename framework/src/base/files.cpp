// Files: whole reads, atomic writes, read-only maps.

#include "base/files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/mman.h>
#include <sys/stat.h>
#include <typeinfo>
#include <unistd.h>
#include <utility>

#include "assay/errors.hpp"

#include "base/text.hpp"

namespace assay {
namespace {

/// A file descriptor that closes itself.
struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

[[noreturn]] void fail(const std::filesystem::path& path, const char* action) {
  throw DataError(path.string(), 0, std::string("cannot ") + action + ": " + std::strerror(errno));
}

Descriptor open_regular(const std::filesystem::path& path, struct stat& info) {
  Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.fd < 0) fail(path, "open");
  if (::fstat(file.fd, &info) != 0) fail(path, "stat");
  if (S_ISDIR(info.st_mode)) throw DataError(path.string(), 0, "is a folder, not a file");
  if (!S_ISREG(info.st_mode)) throw DataError(path.string(), 0, "is not a regular file");
  return Descriptor{std::exchange(file.fd, -1)};
}

/// `size` bytes from `offset` on, or as many as there are.
std::string read_part(const Descriptor& file, const std::filesystem::path& path, off_t offset, std::size_t size) {
  std::string out(size, '\0');
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t n = ::pread(file.fd, out.data() + done, out.size() - done, offset + static_cast<off_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(path, "read");
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  out.resize(done);
  return out;
}

}  // namespace

bool is_missing(const std::filesystem::path& path) noexcept {
  std::error_code error;
  return std::filesystem::status(path, error).type() == std::filesystem::file_type::not_found;
}

std::string read_file(const std::filesystem::path& path, std::uintmax_t most) {
  struct stat info {};
  const Descriptor file = open_regular(path, info);
  if (static_cast<std::uintmax_t>(info.st_size) > most)
    throw DataError(path.string(), 0,
                    "has " + human_bytes(info.st_size) + ", where at most " +
                        human_bytes(static_cast<std::int64_t>(most)) + " are read. Is it the right file?");
  return read_part(file, path, 0, static_cast<std::size_t>(info.st_size));
}

std::string read_end(const std::filesystem::path& path, std::size_t most) {
  struct stat info {};
  const Descriptor file = open_regular(path, info);
  const off_t begin = std::max<off_t>(0, info.st_size - static_cast<off_t>(most));
  return read_part(file, path, begin, static_cast<std::size_t>(info.st_size - begin));
}

std::string first_line_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

void write_at(int fd, std::span<const std::byte> bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw Error(std::string("cannot write: ") + std::strerror(errno));
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
}

void write_file_atomically(const std::filesystem::path& path, const std::function<void(int fd)>& write) {
  std::string temporary = path.string() + ".XXXXXX";
  const Descriptor file{::mkostemp(temporary.data(), O_CLOEXEC)};
  if (file.fd < 0) throw Error(path.string() + ": cannot create: " + std::strerror(errno));
  try {
    write(file.fd);
    ::fchmod(file.fd, 0644);
    if (::fsync(file.fd) != 0) throw Error(std::string("cannot sync: ") + std::strerror(errno));
    if (::rename(temporary.c_str(), path.c_str()) != 0)
      throw Error(std::string("cannot rename: ") + std::strerror(errno));
  } catch (const std::exception& e) {
    ::unlink(temporary.c_str());
    if (typeid(e) != typeid(Error)) throw;
    throw Error(path.string() + ": " + e.what());
  }
}

void write_file_atomically(const std::filesystem::path& path, std::string_view content) {
  write_file_atomically(path, [&](int fd) { write_at(fd, std::as_bytes(std::span(content)), 0); });
}

void make_folder(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) throw Error(path.string() + ": cannot make this folder: " + error.message());
}

MappedFile::MappedFile(const std::filesystem::path& path) {
  struct stat info {};
  const Descriptor file = open_regular(path, info);
  if (info.st_size == 0) return;
  const auto size = static_cast<std::size_t>(info.st_size);
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.fd, 0);
  if (data == MAP_FAILED) fail(path, "map");
  bytes_ = {static_cast<const std::byte*>(data), size};
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

std::filesystem::path default_cache_folder() {
  if (const char* xdg = std::getenv("XDG_CACHE_HOME"); xdg && *xdg == '/') return std::filesystem::path(xdg) / "assay";
  if (const char* home = std::getenv("HOME"); home && *home) return std::filesystem::path(home) / ".cache" / "assay";
  return std::filesystem::temp_directory_path() / "assay-cache";
}

std::filesystem::path own_executable() { return std::filesystem::read_symlink("/proc/self/exe"); }

}  // namespace assay
