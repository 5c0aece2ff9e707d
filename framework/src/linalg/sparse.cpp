// Products with sparse matrices. Each output is summed by one thread in the order of the entries of its row.

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "assay/errors.hpp"
#include "assay/linalg.hpp"

namespace assay {
namespace {

constexpr std::int64_t kRows = 64;     // rows of a chunk: they share the slice of b that lies in the cache
constexpr std::int64_t kColumns = 64;  // a slice: eight registers of sums, and 256 bytes of each row of b

constexpr std::int64_t kAhead = 8;  // rows of b asked for before they are needed

using Lanes [[gnu::vector_size(32)]] = float;  // eight floats; without AVX the compiler cuts them in two

/// out[0, 8·Registers) = Σ value · row of b.
template <std::size_t Registers>
void sum_rows(const Interactions& a, std::int64_t begin, std::int64_t end, const float* b, std::int64_t stride,
              float* out) {
  std::array<Lanes, Registers> sums{};
  for (std::int64_t e = begin; e < end; ++e) {
    const float* row = b + a.column[e] * stride;
    const float value = a.value ? a.value[e] : 1;
    const float* ahead = b + a.column[std::min(e + kAhead, end - 1)] * stride;
    for (std::size_t r = 0; r < Registers; r += 2) __builtin_prefetch(ahead + 8 * r);
    for (std::size_t r = 0; r < Registers; ++r) {
      Lanes lanes;
      std::memcpy(&lanes, row + 8 * r, sizeof lanes);
      sums[r] += value * lanes;
    }
  }
  std::memcpy(out, sums.data(), sizeof sums);
}

/// The same for the last columns, fewer than eight.
void sum_rest(const Interactions& a, std::int64_t begin, std::int64_t end, const float* b, std::int64_t stride,
              float* out, std::int64_t columns) {
  for (std::int64_t j = 0; j < columns; ++j) {
    float sum = 0;
    for (std::int64_t e = begin; e < end; ++e) sum += (a.value ? a.value[e] : 1) * b[a.column[e] * stride + j];
    out[j] = sum;
  }
}

std::string shape(const Interactions& x) { return std::to_string(x.rows) + " × " + std::to_string(x.columns); }

}  // namespace

void sparse_times_dense(Executor& executor, const Interactions& a, ConstMatrix b, Matrix out) {
  if (a.columns != b.rows || a.rows != out.rows || b.columns != out.columns)
    throw Error("sparse_times_dense: a is " + shape(a) + ", b " + std::to_string(b.rows) + " × " +
                std::to_string(b.columns) + ", out " + std::to_string(out.rows) + " × " + std::to_string(out.columns) +
                ".");
  for_ranges(executor, out.rows, kRows, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t j = 0; j < out.columns; j += kColumns) {
      const std::int64_t columns = std::min(kColumns, out.columns - j);
      for (std::int64_t i = first; i < last; ++i) {
        const std::int64_t begin = a.offsets[static_cast<std::size_t>(i)],
                           end = a.offsets[static_cast<std::size_t>(i) + 1];
        const float* slice = b.data + j;
        float* to = out.data + i * out.stride + j;
        if (columns == kColumns) {
          sum_rows<8>(a, begin, end, slice, b.stride, to);
          continue;
        }
        std::int64_t done = 0;
        for (; done + 32 <= columns; done += 32) sum_rows<4>(a, begin, end, slice + done, b.stride, to + done);
        for (; done + 8 <= columns; done += 8) sum_rows<1>(a, begin, end, slice + done, b.stride, to + done);
        sum_rest(a, begin, end, slice + done, b.stride, to + done, columns - done);
      }
    }
  });
}

void sparse_times_sparse(Executor& executor, const Interactions& a, const Interactions& b, Index first_column,
                         Matrix out) {
  if (a.columns != b.rows || a.rows != out.rows || first_column < 0 || first_column + out.columns > b.columns)
    throw Error("sparse_times_sparse: a is " + shape(a) + ", b " + shape(b) + ", out " + std::to_string(out.rows) +
                " × " + std::to_string(out.columns) + " from column " + std::to_string(first_column) + " on.");
  const bool sliced = out.columns != b.columns;
  const auto last_column = static_cast<Index>(first_column + out.columns);
  for_ranges(executor, out.rows, kRows, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      float* row = out.data + i * out.stride;
      std::fill_n(row, out.columns, 0.f);
      const auto end = a.offsets[static_cast<std::size_t>(i) + 1];
      for (auto e = a.offsets[static_cast<std::size_t>(i)]; e < end; ++e) {
        const auto source = static_cast<std::size_t>(a.column[e]);
        const Index *from = b.column + b.offsets[source], *to = b.column + b.offsets[source + 1];
        if (sliced) {
          from = std::lower_bound(from, to, first_column);
          to = std::lower_bound(from, to, last_column);
        }
        const float weight = a.value ? a.value[e] : 1;
        const float* value = b.value ? b.value + (from - b.column) : nullptr;
        for (; from < to; ++from) row[*from - first_column] += value ? weight * *value++ : weight;
      }
    }
  });
}

}  // namespace assay
