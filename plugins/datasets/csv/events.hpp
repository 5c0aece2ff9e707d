#pragma once  // Reads interactions from one delimited file.

#include "batch.hpp"
#include "params.hpp"
#include "times.hpp"

namespace assay::csv {

/// All of a file's interactions into the batch. `read_before` and `total` are bytes, for progress.
class EventReader {
 public:
  explicit EventReader(const Params& params);  ///< throws ConfigError where parameters do not go together
  void read(const std::string& path, Part part, DatasetSink& sink, reading::Batch& batch, std::int64_t read_before,
            std::int64_t total);
  [[nodiscard]] reading::Batch::Columns columns() const noexcept;

 private:
  const Params& params_;
  reading::TimeFormat time_format_;
};

[[nodiscard]] reading::IdKind id_kind(const Params& params);

}  // namespace assay::csv
