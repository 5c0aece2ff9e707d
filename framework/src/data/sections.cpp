// Writing and mapping files of sections. The format is documented byte by byte in docs/design/data.md.

#include "data/sections.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

#include "assay/errors.hpp"

#include "base/hash.hpp"
#include "data/hash64.hpp"

namespace assay {
namespace {

constexpr std::size_t kAlign = 64;
constexpr std::uint32_t kVersion = 1, kByteOrder = 0x01020304;

struct Header {
  char magic[8] = {'A', 'S', 'S', 'A', 'Y', 'D', 'A', 'T'};
  std::uint32_t version = kVersion, byte_order = kByteOrder;
  std::uint64_t file_bytes = 0;
  std::uint32_t kind = 0, sections = 0;
  std::uint64_t checksum = 0;  // of header and table, with this field 0
  std::uint8_t reserved[24] = {};
};
struct TableEntry {
  char name[40] = {};
  std::uint64_t offset = 0, bytes = 0, checksum = 0;
};
static_assert(sizeof(Header) == 64 && sizeof(TableEntry) == 64);

std::size_t aligned(std::size_t n) { return (n + kAlign - 1) / kAlign * kAlign; }

std::uint64_t head_checksum(Header header, std::span<const std::byte> table) {
  header.checksum = 0;
  return hash64(std::as_bytes(std::span(&header, 1))) ^ (hash64(table) * 3);
}

/// A file that is being written; unlinked unless it was finished.
class NewFile {
 public:
  explicit NewFile(const std::filesystem::path& path) : final_(path), path_(path.string() + ".part") {
    fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd_ < 0) fail("create");
  }
  ~NewFile() {
    if (fd_ < 0) return;
    ::close(fd_);
    ::unlink(path_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail("write");
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
  }
  /// No fsync: after a power failure the checksums tell, and the file is built again.
  void finish() {
    if (::rename(path_.c_str(), final_.c_str()) != 0) fail("rename");
    ::close(std::exchange(fd_, -1));
  }

 private:
  [[noreturn]] void fail(const char* action) const {
    throw Error(path_ + ": cannot " + action + " the prepared data: " + std::strerror(errno));
  }
  std::filesystem::path final_;
  std::string path_;
  int fd_ = -1;
};

}  // namespace

void SectionWriter::add_bytes(std::string name, std::span<const std::byte> bytes) {
  if (name.size() >= sizeof TableEntry::name) throw Error("the section's name is too long: " + name);
  sections_.push_back({std::move(name), bytes});
}

void SectionWriter::add_text(std::string name, std::string text) {
  add_bytes(std::move(name), std::as_bytes(std::span(texts_.emplace_back(std::move(text)))));
}

std::span<const std::int64_t> SectionWriter::keep(std::vector<std::int64_t> numbers) {
  return numbers_.emplace_back(std::move(numbers));
}

std::string SectionWriter::digest() const {
  Sha256 hash;
  for (const auto& section : sections_) {
    hash.add(section.name + " " + std::to_string(section.bytes.size()) + "\n");
    hash.add(section.bytes);
  }
  return hash.hex();
}

void SectionWriter::append(const SectionWriter& other) {
  sections_.insert(sections_.end(), other.sections_.begin(), other.sections_.end());
}

void SectionWriter::write(const std::filesystem::path& path, CacheKind kind) const {
  std::vector<TableEntry> table(sections_.size());
  std::size_t at = aligned(sizeof(Header) + table.size() * sizeof(TableEntry));
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto& section = sections_[i];
    section.name.copy(table[i].name, section.name.size());
    table[i].offset = at;
    table[i].bytes = section.bytes.size();
    table[i].checksum = hash64(section.bytes);
    at += aligned(section.bytes.size());
  }
  Header header;
  header.file_bytes = at;
  header.kind = static_cast<std::uint32_t>(kind);
  header.sections = static_cast<std::uint32_t>(table.size());
  header.checksum = head_checksum(header, std::as_bytes(std::span(table)));
  NewFile file(path);
  file.write(std::as_bytes(std::span(&header, 1)));
  file.write(std::as_bytes(std::span(table)));
  constexpr std::byte padding[kAlign] = {};
  for (const auto& section : sections_) {
    file.write(section.bytes);
    file.write({padding, aligned(section.bytes.size()) - section.bytes.size()});
  }
  file.finish();
}

SectionFile::SectionFile(const std::filesystem::path& path, CacheKind kind) : path_(path), map_(path) {
  const auto all = map_.bytes();
  const auto refuse = [&](const std::string& why) {
    throw DataError(path.string(), 0, why + ": delete the file, it will be built again");
  };
  Header header;
  if (all.size() < sizeof header) refuse("this is not prepared data of Assay, or only its beginning");
  std::memcpy(&header, all.data(), sizeof header);
  if (std::memcmp(header.magic, Header().magic, 8) != 0) refuse("this is not prepared data of Assay");
  if (header.version != kVersion || header.byte_order != kByteOrder)
    refuse("prepared data of another version (" + std::to_string(header.version) + "; this is " +
           std::to_string(kVersion) + ") or machine");
  if (header.file_bytes != all.size())
    refuse("the file has " + std::to_string(all.size()) + " bytes, its header promises " +
           std::to_string(header.file_bytes));
  if (header.sections > (all.size() - sizeof header) / sizeof(TableEntry)) refuse("the header is damaged");
  const auto table = all.subspan(sizeof header, header.sections * sizeof(TableEntry));
  if (head_checksum(header, table) != header.checksum) refuse("the header is damaged");
  if (header.kind != static_cast<std::uint32_t>(kind)) refuse("this is prepared data of another kind");
  for (std::uint32_t i = 0; i < header.sections; ++i) {
    TableEntry entry;
    std::memcpy(&entry, table.data() + i * sizeof entry, sizeof entry);
    if (entry.offset > all.size() || entry.bytes > all.size() - entry.offset || entry.offset % kAlign != 0)
      refuse("the header is damaged");
    entry.name[sizeof entry.name - 1] = 0;
    sections_.emplace(entry.name, Entry{all.subspan(entry.offset, entry.bytes), entry.checksum});
  }
}

std::span<const std::byte> SectionFile::bytes(const std::string& name) const {
  const auto found = sections_.find(name);
  if (found == sections_.end())
    throw DataError(path_.string(), 0, "has no section \"" + name + "\": delete the file, it will be built again");
  return found->second.bytes;
}

std::string_view SectionFile::text(const std::string& name) const {
  const auto raw = bytes(name);
  return {reinterpret_cast<const char*>(raw.data()), raw.size()};
}

void SectionFile::damaged(const std::string& what) const {
  throw DataError(path_.string(), 0, what + " does not fit together: delete the file, it will be built again");
}

bool SectionFile::intact() const noexcept {
  for (const auto& [name, entry] : sections_)
    if (hash64(entry.bytes) != entry.checksum) return false;
  return true;
}

}  // namespace assay
