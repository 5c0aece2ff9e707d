// The Gram matrix of sparse rows, counted with integers where all entries are 1.

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

#include "assay/bit_rows.hpp"
#include "assay/errors.hpp"
#include "assay/linalg.hpp"

#include "linalg/bit_counts.hpp"

namespace assay {
namespace {

constexpr std::int64_t kRows = 16;  // of a chunk

/// Row i of the lower triangle. Every row of xᵀ that is visited holds i, so that i ends the walk through it.
template <class Sum>
class GramRows {
 public:
  /// `bits`: the long rows of xᵀ. For rows up to `end`.
  GramRows(const Interactions& x, const Interactions& x_transposed, const BitRowsView& bits, std::int64_t end)
      : x_(x), x_transposed_(x_transposed), bits_(bits), sums_(blocks(end) * kBitsOfBlock) {}

  void row(Index i, float* out) {
    const auto begin = x_.offsets[static_cast<std::size_t>(i)], end = x_.offsets[static_cast<std::size_t>(i) + 1];
    const bool counted = count_long(i, begin, end);
    if (!counted) std::fill_n(sums_.begin(), i + 1, Sum{0});
    for (auto e = begin; e < end; ++e)
      if (!counted || !bits_.row(x_.column[e])) add(i, e);
    for (std::size_t j = 0; j <= static_cast<std::size_t>(i); ++j) out[j] = static_cast<float>(sums_[j]);
  }

 private:
  static std::size_t blocks(std::int64_t columns) { return static_cast<std::size_t>(columns / kBitsOfBlock) + 1; }

  /// Sets the sums to what the long rows add, where there are enough of them to be worth it.
  bool count_long(Index i, std::int64_t begin, std::int64_t end) {
    if constexpr (std::is_integral_v<Sum>) {
      long_rows_.clear();
      std::int64_t entries = 0;
      for (auto e = begin; e < end; ++e) {
        const auto r = static_cast<std::size_t>(x_.column[e]);
        const BitBlock* row = bits_.row(x_.column[e]);
        if (row == nullptr) continue;
        long_rows_.push_back(row);
        entries += x_transposed_.offsets[r + 1] - x_transposed_.offsets[r];
      }
      if (entries <= x_.rows) return false;  // the counts of all bits cost about as much
      count_bits(long_rows_, blocks(i), sums_.data());
      return true;
    }
    return false;
  }

  void add(Index i, std::int64_t e) {
    const auto begin = x_transposed_.offsets[static_cast<std::size_t>(x_.column[e])];
    const Index* column = x_transposed_.column + begin;
    if constexpr (std::is_integral_v<Sum>) {
      for (Index j = -1; j != i; ++sums_[static_cast<std::size_t>(j)]) j = *column++;
    } else {
      const float weight = x_.value ? x_.value[e] : 1;
      const float* value = x_transposed_.value + begin;
      for (Index j = -1; j != i; sums_[static_cast<std::size_t>(j)] += weight * *value++) j = *column++;
    }
  }

  const Interactions &x_, &x_transposed_;
  BitRowsView bits_;
  std::vector<Sum> sums_;
  std::vector<const BitBlock*> long_rows_;
};

template <class Sum>
void gram_rows(Executor& executor, const Interactions& x, const Interactions& x_transposed, Matrix out) {
  const BitRows bits(x_transposed);
  const std::int64_t chunks = (x.rows + kRows - 1) / kRows;
  for_ranges(executor, chunks, 1, [&](std::int64_t chunk, std::int64_t) {
    const std::int64_t begin = (chunks - 1 - chunk) * kRows;  // the longest rows first
    const std::int64_t end = std::min<std::int64_t>(begin + kRows, x.rows);
    GramRows<Sum> gram(x, x_transposed, bits.view(), end);
    for (std::int64_t i = begin; i < end; ++i) gram.row(static_cast<Index>(i), out.data + i * out.stride);
  });
}

}  // namespace

void gram_lower(Executor& executor, const Interactions& x, const Interactions& x_transposed, Matrix out) {
  if (x.rows != x_transposed.columns || x.columns != x_transposed.rows || x.size() != x_transposed.size() ||
      out.rows != x.rows || out.columns != x.rows || !x.value != !x_transposed.value)
    throw Error("gram_lower: x is " + std::to_string(x.rows) + " × " + std::to_string(x.columns) + " with " +
                std::to_string(x.size()) + " entries, its transpose " + std::to_string(x_transposed.rows) + " × " +
                std::to_string(x_transposed.columns) + " with " + std::to_string(x_transposed.size()) + ", out " +
                std::to_string(out.rows) + " × " + std::to_string(out.columns) + ".");
  if (x.value)
    gram_rows<float>(executor, x, x_transposed, out);
  else
    gram_rows<std::uint32_t>(executor, x, x_transposed, out);
}

}  // namespace assay
