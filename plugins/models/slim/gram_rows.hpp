// Rows of the Gram matrix XᵀX of items: kept while a bound on memory lasts, computed anew where it does not.
#pragma once
#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "assay/interactions.hpp"
#include "assay/model.hpp"
#include "assay/run.hpp"

namespace slim {

using assay::Index;

/// Row i of XᵀX with its diagonal: `size` pairs, columns ascending; or, where it is whole, the values of all columns.
struct GramRow {
  bool whole;
  const Index* column;
  const float* value;
  std::int64_t size;
};

/// A row's memory.
struct KeptRow {
  std::vector<Index> column;  // empty: `value` has all columns, or nothing is kept
  std::vector<float> value;
  [[nodiscard]] GramRow view() const {
    return {column.empty() && !value.empty(), column.data(), value.data(), static_cast<std::int64_t>(value.size())};
  }
  [[nodiscard]] std::int64_t bytes() const {
    return static_cast<std::int64_t>(column.size() * sizeof(Index) + value.size() * sizeof(float));
  }
};

/// Sums of one row, all zero between two uses, and rows that were computed lately. One a thread.
struct GramScratch {
  static constexpr std::int64_t kRoom = 64 << 20;  ///< bytes of recent rows; when it is full, all are forgotten
  std::vector<double> sums;
  std::vector<Index> touched;
  std::unordered_map<Index, KeptRow> recent;
  std::int64_t bytes = 0;
};

/// Views of `by_item` and `by_user` must outlive it. Reading is for any thread, each with its own scratch.
class GramRows {
 public:
  GramRows(assay::Interactions by_item, assay::Interactions by_user);

  /// Computes and keeps the rows of the items with most interactions, in at most `bytes`. They change time, no bits:
  /// a row that is not kept is computed in the same way.
  void keep(assay::Run& run, std::int64_t bytes);

  /// What all rows take at most: whole where they hold more than one place in four, else pairs of index and value.
  [[nodiscard]] static std::int64_t most_bytes(const assay::TaskShape& task) {
    return std::min(task.items * task.items * 4, task.pairs * 16);
  }
  [[nodiscard]] Index items() const { return by_item_.rows; }
  /// Interactions of an item.
  [[nodiscard]] std::int64_t count(Index i) const {
    return by_item_.offsets[static_cast<std::size_t>(i) + 1] - by_item_.offsets[static_cast<std::size_t>(i)];
  }
  [[nodiscard]] float diagonal(Index i) const { return diagonal_[static_cast<std::size_t>(i)]; }
  /// Valid until the next use of the scratch.
  [[nodiscard]] GramRow row(Index i, GramScratch& scratch) const;

 private:
  void sum(Index i, GramScratch& scratch) const;
  [[nodiscard]] KeptRow made(Index i, GramScratch& scratch) const;

  assay::Interactions by_item_, by_user_;
  std::vector<float> diagonal_;
  std::vector<KeptRow> kept_;
};

}  // namespace slim
