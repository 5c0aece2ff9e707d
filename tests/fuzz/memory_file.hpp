#pragma once  // Files that lie in memory: a fuzz target reads thousands of them a second.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace assay::fuzz {

/// An anonymous file with a path under /proc/self/fd.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view content = {});
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  void set(std::string_view content);
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  int fd_;
  std::string path_;
};

/// A folder of this process in /dev/shm; emptied and removed with the object.
class MemoryFolder {
 public:
  MemoryFolder();
  ~MemoryFolder();
  MemoryFolder(const MemoryFolder&) = delete;
  MemoryFolder& operator=(const MemoryFolder&) = delete;
  void put(const char* name, std::string_view content) const;
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

[[nodiscard]] inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Reads every byte, so that AddressSanitizer sees a view that reaches too far.
void touch(std::span<const std::byte> bytes);
inline void touch(std::string_view text) { touch(std::as_bytes(std::span(text))); }

}  // namespace assay::fuzz
