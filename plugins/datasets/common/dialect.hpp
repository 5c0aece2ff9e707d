#pragma once  // Finds out how a text file is written: its delimiter and whether its first line names the columns.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "records.hpp"

namespace assay::reading {

/// The first records of a file, copied.
struct Sample {
  std::vector<std::vector<std::string>> records;
  std::vector<std::int64_t> lines;  ///< where each begins
};
[[nodiscard]] Sample sample(const std::string& path, const Dialect& dialect, std::size_t records);

/// The delimiter that cuts the first lines of the file into equally many fields: of "::", tab, comma, semicolon, bar,
/// blank the first one that does. Throws DataError where none does (`dialect.delimiter` itself is ignored).
[[nodiscard]] std::string detect_delimiter(const std::string& path, const Dialect& dialect);

/// "tab", "space" and "\\t" are names of what is hard to write; anything else stands for itself.
[[nodiscard]] std::string delimiter_named(std::string_view name);

}  // namespace assay::reading
