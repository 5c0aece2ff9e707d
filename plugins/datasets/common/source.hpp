#pragma once  // Bytes of a file, plain or compressed, in order and in constant memory.

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace assay::reading {

/// A file read from its beginning. gzip, bzip2, xz and zstd are recognised by their first bytes, not by the name.
/// Every failure, a truncated stream among them, is a DataError that names the file.
class Source {
 public:
  explicit Source(std::string path);
  ~Source();
  Source(Source&&) noexcept;
  Source& operator=(Source&&) noexcept;

  /// Fills `out` from its beginning; fewer bytes than asked for mean the end of the file.
  [[nodiscard]] std::size_t read(std::span<char> out);
  [[nodiscard]] const std::string& path() const noexcept;
  [[nodiscard]] std::int64_t consumed() const noexcept;  ///< bytes of the file itself that are used up
  [[nodiscard]] std::int64_t size() const noexcept;      ///< bytes of the file itself

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// All of a (decompressed) file that must be small: more than `limit` bytes are a DataError.
[[nodiscard]] std::string read_all(const std::string& path, std::size_t limit);

}  // namespace assay::reading
