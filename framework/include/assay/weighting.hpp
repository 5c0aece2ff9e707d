#pragma once  // Weighs the entries of sparse rows before the rows are compared. Inline: it lives in the plugin.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "assay/interactions.hpp"
#include "assay/sparse.hpp"

namespace assay {

/// What an entry x of row r and column c becomes. A row is a document, a column a term; n_c of the N rows have c.
enum class Weighting : std::uint8_t {
  none,              ///< x
  tf_idf,            ///< √x · idf,  idf = max(0, ln(N / (1 + n_c)))
  bm25,              ///< 2.2 x / (1.2 (¼ + ¾ |r| / mean |r|) + x) · idf,  |r| the sum of the row; Robertson, Okapi
  less_row_mean,     ///< x − the mean of the row's entries
  less_column_mean,  ///< x − the mean of the column's entries
};

/// A weighting with what it knows of the columns, so that rows which were not among those can be weighed too. Entries
/// below 0 count as 0 in tf_idf and bm25. A column without a mean of its own takes nothing off.
class Weigher {
 public:
  Weigher() = default;
  Weigher(Weighting weighting, const Interactions& x) : weighting_(weighting) {
    if (weighting == Weighting::none || weighting == Weighting::less_row_mean) return;
    std::vector<double> sums(static_cast<std::size_t>(x.columns)), counts(static_cast<std::size_t>(x.columns));
    double total = 0;
    for (auto e = x.offsets.front(); e < x.offsets.back(); ++e) {
      const auto c = static_cast<std::size_t>(x.column[e]);
      sums[c] += entry(x, e);
      counts[c] += 1;
      total += std::max(0.0, entry(x, e));
    }
    mean_length_ = total / std::max(1.0, static_cast<double>(x.rows));
    for (std::size_t c = 0; c < counts.size(); ++c)
      column_.push_back(weighting == Weighting::less_column_mean
                            ? (counts[c] > 0 ? sums[c] / counts[c] : 0)
                            : std::max(0.0, std::log(static_cast<double>(x.rows) / (1 + counts[c]))));
  }

  [[nodiscard]] SparseMatrix weighed(const Interactions& x) const {
    SparseMatrix out(x);
    if (weighting_ == Weighting::none) return out;
    out.value.resize(out.column.size());
    const std::int64_t first = x.offsets.front();
    for (std::size_t r = 0; r < static_cast<std::size_t>(x.rows); ++r) {
      const double of_row = row_number(x, x.offsets[r], x.offsets[r + 1]);
      for (auto e = x.offsets[r]; e < x.offsets[r + 1]; ++e)
        out.value[static_cast<std::size_t>(e - first)] = static_cast<float>(weight(x, e, of_row));
    }
    return out;
  }

 private:
  static double entry(const Interactions& x, std::int64_t e) { return x.value ? static_cast<double>(x.value[e]) : 1; }

  /// What is the same for all entries of a row: its mean, or what BM25 makes of its length.
  [[nodiscard]] double row_number(const Interactions& x, std::int64_t begin, std::int64_t end) const {
    double sum = 0;
    if (weighting_ == Weighting::less_row_mean) {
      for (auto e = begin; e < end; ++e) sum += entry(x, e);
      return begin < end ? sum / static_cast<double>(end - begin) : 0;
    }
    if (weighting_ != Weighting::bm25) return 0;
    for (auto e = begin; e < end; ++e) sum += std::max(0.0, entry(x, e));
    return kK1 * (1 - kB + (mean_length_ > 0 ? kB * sum / mean_length_ : 0));
  }

  [[nodiscard]] double weight(const Interactions& x, std::int64_t e, double of_row) const {
    const double value = entry(x, e), positive = std::max(0.0, value);
    switch (weighting_) {
      case Weighting::tf_idf:
        return std::sqrt(positive) * column_[static_cast<std::size_t>(x.column[e])];
      case Weighting::bm25:
        return positive * (kK1 + 1) / (of_row + positive) * column_[static_cast<std::size_t>(x.column[e])];
      case Weighting::less_row_mean:
        return value - of_row;
      case Weighting::less_column_mean:
        return value - column_[static_cast<std::size_t>(x.column[e])];
      default:
        return value;
    }
  }

  static constexpr double kK1 = 1.2, kB = 0.75;  // as usual
  Weighting weighting_ = Weighting::none;
  std::vector<double> column_;  // idf or mean of every column
  double mean_length_ = 0;
};

}  // namespace assay
