#pragma once  // The cache's file format: a checksummed header and named, aligned sections that are mapped as they are.

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.hpp"

namespace assay {

enum class CacheKind : std::uint32_t { content = 1, task = 2 };

/// Collects sections and writes them in one go. Bytes are not copied: they must live until write().
class SectionWriter {
 public:
  void add_bytes(std::string name, std::span<const std::byte> bytes);
  template <class T>
  void add(std::string name, std::span<const T> values) {
    add_bytes(std::move(name), std::as_bytes(values));
  }
  void add_text(std::string name, std::string text);  ///< keeps the text
  /// Keeps small arrays that a section is made of.
  [[nodiscard]] std::span<const std::int64_t> keep(std::vector<std::int64_t> numbers);
  /// SHA-256 of the names and bytes of all sections so far.
  [[nodiscard]] std::string digest() const;
  void append(const SectionWriter& other);  ///< which must outlive write()
  /// Writes `path`.part and renames it. The caller holds the file's lock. Throws Error; leaves nothing behind.
  void write(const std::filesystem::path& path, CacheKind kind) const;

 private:
  struct Section {
    std::string name;
    std::span<const std::byte> bytes;
  };
  std::vector<Section> sections_;
  std::deque<std::string> texts_;
  std::deque<std::vector<std::int64_t>> numbers_;
};

/// A mapped file of sections. Opening checks header and table; intact() reads every byte.
class SectionFile {
 public:
  SectionFile(const std::filesystem::path& path, CacheKind kind);  ///< throws DataError: absent, foreign, damaged
  [[nodiscard]] bool has(const std::string& name) const { return sections_.contains(name); }
  [[nodiscard]] std::span<const std::byte> bytes(const std::string& name) const;  ///< throws DataError where absent
  template <class T>
  [[nodiscard]] std::span<const T> get(const std::string& name) const {
    const auto raw = bytes(name);
    if (raw.size() % sizeof(T) != 0) damaged(name);
    return {reinterpret_cast<const T*>(raw.data()), raw.size() / sizeof(T)};
  }
  /// Empty where absent.
  template <class T>
  [[nodiscard]] std::span<const T> find(const std::string& name) const {
    return has(name) ? get<T>(name) : std::span<const T>();
  }
  [[nodiscard]] std::string_view text(const std::string& name) const;
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] bool intact() const noexcept;  ///< every section has the checksum that the table promises
  /// Throws the DataError that says that sections do not fit together.
  [[noreturn]] void damaged(const std::string& what) const;

 private:
  struct Entry {
    std::span<const std::byte> bytes;
    std::uint64_t checksum;
  };
  std::filesystem::path path_;
  MappedFile map_;
  std::map<std::string, Entry> sections_;
};

}  // namespace assay
