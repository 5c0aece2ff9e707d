// Gathers sparse rows into a batch, and indexes them by column for gradients.

#include "assay/nn/sparse_batch.hpp"

#include <algorithm>
#include <functional>
#include <string>

#include "assay/errors.hpp"

namespace assay::nn {
inline namespace v1 {

SparseBatch::SparseBatch(const Interactions& source, std::int64_t max_rows)
    : columns_(source.columns), count_(static_cast<std::size_t>(source.columns), 0) {
  std::vector<std::int64_t> lengths;
  for (std::size_t r = 0; r + 1 < source.offsets.size(); ++r)
    lengths.push_back(source.offsets[r + 1] - source.offsets[r]);
  const auto rows = static_cast<std::size_t>(max_rows), taken = std::min(rows, lengths.size());
  std::partial_sort(lengths.begin(), lengths.begin() + static_cast<std::ptrdiff_t>(taken), lengths.end(),
                    std::greater<>());
  std::size_t room = 0;
  for (std::size_t r = 0; r < taken; ++r) room += static_cast<std::size_t>(lengths[r]);
  row_start_.reserve(rows + 1);
  for (auto* v : {&column_, &row_}) v->reserve(room);
  for (auto* v : {&value_, &by_column_}) v->reserve(room);
  const std::size_t used = std::min(room, count_.size());
  used_.reserve(used);
  column_start_.reserve(used + 1);
}

void SparseBatch::gather(const Interactions& source, std::span<const Index> rows, Values values, For use) {
  if (source.columns != columns_)
    throw Error("SparseBatch: made for " + std::to_string(columns_) + " columns, given a matrix of " +
                std::to_string(source.columns) + ".");
  row_start_.assign(1, 0);
  column_.clear();
  value_.clear();
  for (const Index r : rows) {
    const Row row = source[r];
    column_.insert(column_.end(), row.columns.begin(), row.columns.end());
    if (values == Values::given)
      value_.insert(value_.end(), row.values.begin(), row.values.end());
    else
      value_.resize(column_.size(), 1.f);
    row_start_.push_back(static_cast<std::int64_t>(column_.size()));
  }
  used_.clear();
  column_start_.assign(1, 0);
  if (use == For::gradient) index_columns();
}

/// Counting sort by column: rows ascend within a column, so that sums have one order.
void SparseBatch::index_columns() {
  for (const Index c : column_) ++count_[static_cast<std::size_t>(c)];
  std::int64_t start = 0;
  for (std::size_t c = 0; c < count_.size(); ++c) {
    if (count_[c] == 0) continue;
    used_.push_back(static_cast<Index>(c));
    const std::int64_t n = count_[c];
    count_[c] = static_cast<Index>(start);  // from here on: where the column's next entry goes
    start += n;
    column_start_.push_back(start);
  }
  row_.resize(column_.size());
  by_column_.resize(column_.size());
  for (std::int64_t r = 0; r < rows(); ++r)
    for (auto e = static_cast<std::size_t>(row_start_[static_cast<std::size_t>(r)]);
         e < static_cast<std::size_t>(row_start_[static_cast<std::size_t>(r) + 1]); ++e) {
      const auto place = static_cast<std::size_t>(count_[static_cast<std::size_t>(column_[e])]++);
      row_[place] = static_cast<Index>(r);
      by_column_[place] = value_[e];
    }
  for (const Index c : used_) count_[static_cast<std::size_t>(c)] = 0;
}

}  // namespace v1
}  // namespace assay::nn
