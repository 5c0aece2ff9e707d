#pragma once  // A minibatch of sparse rows: users' or items' vectors, gathered from interactions.

#include <cstdint>
#include <span>
#include <vector>

#include "assay/export.hpp"
#include "assay/interactions.hpp"

namespace assay::nn {
inline namespace v1 {

/// Some rows of a sparse matrix, and (for gradients) the same entries by column. gather() never allocates once the
/// object has room; the constructor makes room for any `max_rows` rows of `source`.
class ASSAY_EXPORT SparseBatch {
 public:
  enum class Values : std::uint8_t { given, ones };     ///< ones: whatever is stored counts as 1
  enum class For : std::uint8_t { forward, gradient };  ///< gradient: the columns are indexed too
  struct Entries {
    std::span<const Index> index;  ///< ascending
    std::span<const float> value;
  };

  SparseBatch(const Interactions& source, std::int64_t max_rows);
  /// Takes rows `rows` of `source` (any matrix with as many columns). Grows where the constructor's promise is
  /// exceeded.
  void gather(const Interactions& source, std::span<const Index> rows, Values values, For use);

  [[nodiscard]] std::int64_t rows() const noexcept { return static_cast<std::int64_t>(row_start_.size()) - 1; }
  [[nodiscard]] std::int64_t columns() const noexcept { return columns_; }
  [[nodiscard]] std::int64_t size() const noexcept { return row_start_.back(); }
  [[nodiscard]] Entries row(std::int64_t r) const noexcept { return cut(row_start_, column_, value_, r); }
  /// Columns that have an entry, ascending. Empty unless gathered for gradients.
  [[nodiscard]] std::span<const Index> used_columns() const noexcept { return used_; }
  /// Entries of used_columns()[i]: rows and values.
  [[nodiscard]] Entries column(std::int64_t i) const noexcept { return cut(column_start_, row_, by_column_, i); }

 private:
  using Starts = std::vector<std::int64_t>;
  static Entries cut(const Starts& start, const std::vector<Index>& index, const std::vector<float>& value,
                     std::int64_t i) noexcept {
    const auto k = static_cast<std::size_t>(i);
    const auto b = static_cast<std::size_t>(start[k]), n = static_cast<std::size_t>(start[k + 1]) - b;
    return {std::span(index).subspan(b, n), std::span(value).subspan(b, n)};
  }
  void index_columns();

  std::int64_t columns_;
  Starts row_start_{0}, column_start_{0};
  std::vector<Index> column_, row_, used_, count_;
  std::vector<float> value_, by_column_;
};

}  // namespace v1
}  // namespace assay::nn
