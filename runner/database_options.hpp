#pragma once  // Shared by the verbs that read the results database.

#include <filesystem>
#include <string>

#include "results/database.hpp"
#include "runner/table.hpp"

namespace assay {

/// A connection for reading to what is known to be a results database of ours.
class ReadResults : public Database {
 public:
  explicit ReadResults(const std::filesystem::path& db);  ///< throws DatabaseError
};

/// --format, where --json is short for json. Throws ConfigError for unknown names.
[[nodiscard]] TableFormat chosen_format(const std::string& format, bool json);

/// All rows of a statement under its columns' names. NULL is a word in tables and nothing in CSV; blobs are their size
/// in tables and hexadecimal for programs.
[[nodiscard]] Listing read_listing(Statement& rows, TableFormat format);

/// "2026-03-01 12:30:05", local time.
[[nodiscard]] std::string local_time(std::int64_t ms);

}  // namespace assay
