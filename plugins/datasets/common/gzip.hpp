#pragma once  // Unpacks gzip with every checksum compared: libarchive reads past a wrong one without a word.

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace assay::reading {

/// A gzip file of one or more members, read in order and in constant memory. Zeros after the last member are padding;
/// anything else there, a wrong CRC or length, and an early end are DataErrors that name the file.
class GzipReader {
 public:
  /// `file` stays open while this object lives, and stands at its beginning.
  GzipReader(int file, std::string path);
  ~GzipReader();
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;

  /// Fills `out` from its beginning; fewer bytes than asked for mean the end.
  [[nodiscard]] std::size_t read(std::span<char> out);
  [[nodiscard]] std::int64_t consumed() const noexcept;  ///< bytes of the file that are used up

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay::reading
