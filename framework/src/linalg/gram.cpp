// The Gram matrix of sparse rows, counted with integers where all entries are 1.

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

#include "assay/errors.hpp"
#include "assay/linalg.hpp"

namespace assay {
namespace {

constexpr std::int64_t kRows = 16;  // of a chunk

/// Row i of the lower triangle. Every row of xᵀ that is visited holds i, so that i ends the walk through it.
template <class Sum>
void gram_row(const Interactions& x, const Interactions& x_transposed, Index i, std::vector<Sum>& sums, float* out) {
  std::fill_n(sums.begin(), i + 1, Sum{0});
  const auto end = x.offsets[static_cast<std::size_t>(i) + 1];
  for (auto e = x.offsets[static_cast<std::size_t>(i)]; e < end; ++e) {
    const auto begin = x_transposed.offsets[static_cast<std::size_t>(x.column[e])];
    const Index* column = x_transposed.column + begin;
    if constexpr (std::is_integral_v<Sum>) {
      for (Index j = -1; j != i; ++sums[static_cast<std::size_t>(j)]) j = *column++;
    } else {
      const float weight = x.value ? x.value[e] : 1;
      const float* value = x_transposed.value + begin;
      for (Index j = -1; j != i; sums[static_cast<std::size_t>(j)] += weight * *value++) j = *column++;
    }
  }
  for (std::size_t j = 0; j <= static_cast<std::size_t>(i); ++j) out[j] = static_cast<float>(sums[j]);
}

template <class Sum>
void gram_rows(Executor& executor, const Interactions& x, const Interactions& x_transposed, Matrix out) {
  const std::int64_t chunks = (x.rows + kRows - 1) / kRows;
  for_ranges(executor, chunks, 1, [&](std::int64_t chunk, std::int64_t) {
    const std::int64_t begin = (chunks - 1 - chunk) * kRows;  // the longest rows first
    const std::int64_t end = std::min<std::int64_t>(begin + kRows, x.rows);
    std::vector<Sum> sums(static_cast<std::size_t>(end));
    for (std::int64_t i = begin; i < end; ++i)
      gram_row(x, x_transposed, static_cast<Index>(i), sums, out.data + i * out.stride);
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
