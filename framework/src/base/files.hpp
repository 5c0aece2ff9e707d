#pragma once  // Files: whole reads, atomic writes, read-only maps.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace assay {

/// The whole file. Throws DataError where it cannot be read, or has more than `most` bytes.
[[nodiscard]] std::string read_file(const std::filesystem::path& path,
                                    std::uintmax_t most = std::numeric_limits<std::uintmax_t>::max());

/// Its last bytes, `most` at most, however large it is. Throws DataError where it cannot be read.
[[nodiscard]] std::string read_end(const std::filesystem::path& path, std::size_t most);

/// There is no such file. What may not be looked at is not missing: who opens it learns why it cannot be opened.
[[nodiscard]] bool is_missing(const std::filesystem::path& path) noexcept;

/// Without its newline; "" where there is none or the file cannot be read (/proc, /sys).
[[nodiscard]] std::string first_line_of(const std::filesystem::path& path);

/// Writes a temporary file beside `path`, syncs it and renames it: a reader sees the old content or the new, never
/// half. Throws Error (disk full, no permission) and leaves nothing behind.
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

/// The same for a file that `write` fills through its descriptor. What `write` throws is passed on; an Error gets the
/// path in front.
void write_file_atomically(const std::filesystem::path& path, const std::function<void(int fd)>& write);

/// All bytes at an offset of a file. Throws Error.
void write_at(int fd, std::span<const std::byte> bytes, std::uint64_t offset);

/// Makes a folder and those above it. Throws Error that says why it cannot.
void make_folder(const std::filesystem::path& path);

/// A file mapped read-only. Movable; the bytes live as long as the object.
class MappedFile {
 public:
  MappedFile() = default;
  explicit MappedFile(const std::filesystem::path& path);  ///< throws DataError
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

/// $XDG_CACHE_HOME/assay, else ~/.cache/assay.
[[nodiscard]] std::filesystem::path default_cache_folder();

/// The absolute path of the running program, as /proc/self/exe tells it.
[[nodiscard]] std::filesystem::path own_executable();

}  // namespace assay
