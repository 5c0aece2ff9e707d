// Plain files through read(2), gzip through zlib, bzip2, xz and zstd through libarchive's filters.
#include "source.hpp"

#include <archive.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "assay/errors.hpp"

#include "gzip.hpp"

namespace assay::reading {

struct Source::State {
  std::string path;
  int file = -1;
  archive* unpacker = nullptr;
  std::unique_ptr<GzipReader> gzip;
  std::int64_t size = 0, read = 0;

  ~State() {
    if (unpacker) archive_read_free(unpacker);
    if (file >= 0) close(file);
  }
};

namespace {

using namespace std::string_view_literals;

constexpr std::size_t kFileBlock = 256 << 10;

constexpr std::string_view kGzip = "\x1f\x8b"sv;

bool is_for_libarchive(std::string_view head) {
  for (auto magic : {"BZh"sv,
                     "\xfd"sv
                     "7zXZ\0"sv,
                     "\x28\xb5\x2f\xfd"sv})
    if (head.starts_with(magic)) return true;
  return false;
}

[[noreturn]] void fail(const std::string& path, const std::string& why) { throw DataError(path, 0, why); }

std::size_t read_plain(int file, const std::string& path, std::span<char> out) {
  std::size_t got = 0;
  while (got < out.size()) {
    const auto n = ::read(file, out.data() + got, out.size() - got);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(path, std::string("cannot be read: ") + std::strerror(errno));
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
  }
  return got;
}

archive* open_unpacker(int file, const std::string& path) {
  archive* a = archive_read_new();
  if (!a) fail(path, "no memory to unpack it");
  // Not all filters: some start programs (lrzip, grzip), and a file inside a file is not what is asked for.
  archive_read_support_filter_bzip2(a);
  archive_read_support_filter_xz(a);
  archive_read_support_filter_zstd(a);
  archive_read_support_format_raw(a);
  archive_entry* entry = nullptr;
  if (archive_read_open_fd(a, file, kFileBlock) == ARCHIVE_OK && archive_read_next_header(a, &entry) == ARCHIVE_OK)
    return a;
  const char* told = archive_error_string(a);
  const std::string why = told ? told : "unknown error";
  archive_read_free(a);
  fail(path, "cannot be unpacked: " + why);
}

}  // namespace

Source::Source(std::string path) : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.path = std::move(path);
  s.file = ::open(s.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // opening a FIFO must not wait for a writer
  if (s.file < 0) fail(s.path, std::string("cannot be opened: ") + std::strerror(errno));
  struct stat facts {};
  if (fstat(s.file, &facts) != 0 || S_ISDIR(facts.st_mode)) fail(s.path, "is not a file");
  if (!S_ISREG(facts.st_mode)) fail(s.path, "is not an ordinary file (a pipe, a socket or a device); copy it into one");
  s.size = facts.st_size;
  std::array<char, 6> head{};
  const std::size_t n = read_plain(s.file, s.path, head);
  const std::string_view begin(head.data(), n);
  if (lseek(s.file, 0, SEEK_SET) != 0) fail(s.path, "is not an ordinary file");
  if (begin.starts_with(kGzip)) s.gzip = std::make_unique<GzipReader>(s.file, s.path);
  if (is_for_libarchive(begin)) s.unpacker = open_unpacker(s.file, s.path);
}

Source::~Source() = default;
Source::Source(Source&&) noexcept = default;
Source& Source::operator=(Source&&) noexcept = default;

std::size_t Source::read(std::span<char> out) {
  State& s = *state_;
  if (s.gzip) {
    const std::size_t n = s.gzip->read(out);
    s.read = s.gzip->consumed();
    return n;
  }
  if (!s.unpacker) {
    const std::size_t n = read_plain(s.file, s.path, out);
    s.read += static_cast<std::int64_t>(n);
    return n;
  }
  std::size_t got = 0;
  while (got < out.size()) {
    const auto n = archive_read_data(s.unpacker, out.data() + got, out.size() - got);
    if (n < 0) {
      const char* told = archive_error_string(s.unpacker);
      fail(s.path, std::string("is damaged or cut short: ") + (told ? told : "it cannot be unpacked"));
    }
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
  }
  s.read = archive_filter_bytes(s.unpacker, -1);
  return got;
}

const std::string& Source::path() const noexcept { return state_->path; }
std::int64_t Source::consumed() const noexcept { return state_->read; }
std::int64_t Source::size() const noexcept { return state_->size; }

std::string read_all(const std::string& path, std::size_t limit) {
  Source source(path);
  std::string all;
  constexpr std::size_t kStep = 1 << 20;
  for (;;) {
    const std::size_t before = all.size();
    all.resize(before + kStep);
    const std::size_t n = source.read({all.data() + before, kStep});
    all.resize(before + n);
    if (all.size() > limit)
      fail(path, "holds more than " + std::to_string(limit >> 20) + " MiB unpacked, too much for this kind of file");
    if (n < kStep) return all;
  }
}

}  // namespace assay::reading
