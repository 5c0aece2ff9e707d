#pragma once  // Proves that a results database still says what was recorded.

#include <cstdint>
#include <string>
#include <vector>

#include "results/database.hpp"

namespace assay {

struct IntegrityReport {
  std::int64_t runs = 0;              ///< done runs whose result_sha256 was computed again
  std::int64_t blobs = 0;             ///< vectors and lists that were unpacked
  std::vector<std::string> problems;  ///< one sentence each; empty: sound
};

/// Reads everything: SQLite's own integrity check and foreign keys; every blob is unpacked and has the length that its
/// row promises; every done run's result_sha256 and every eval_units' sha256 is computed again from what is stored.
/// Takes as long as reading the file. Changes nothing.
[[nodiscard]] IntegrityReport check_integrity(Database& database);

}  // namespace assay
