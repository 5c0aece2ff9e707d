#pragma once  // Sparse matrices of parts: cut out of a log, transposed, united.

#include <cstdint>
#include <span>
#include <vector>

#include "assay/dataset.hpp"
#include "assay/interactions.hpp"

#include "data/buffer.hpp"
#include "data/log.hpp"

namespace assay {

/// `Interactions` with its own memory. Columns ascend within a row and are unique.
struct Csr {
  Index rows = 0, columns = 0;
  std::vector<std::int64_t> offsets{0};
  Buffer<Index> column;
  Buffer<float> value;
  Buffer<std::int64_t> time;  ///< empty: none
  [[nodiscard]] Interactions view() const noexcept {
    return {rows, columns, offsets, column.data(), value.data(), time.empty() ? nullptr : time.data()};
  }
};

/// The interactions of one part, users × items.
[[nodiscard]] Csr extract(const LogView& log, std::span<const Part> parts, Part part);
[[nodiscard]] Csr transpose(const Interactions& matrix);
/// All entries of both; where both have one, a's counts. Times only where both have times.
[[nodiscard]] Csr unite(const Interactions& a, const Interactions& b);

}  // namespace assay
