// Copies and sums of padded matrices.

#include "assay/nn/block.hpp"

#include <algorithm>
#include <cstring>

namespace assay::nn {
inline namespace v1 {

void copy(ConstMatrix from, Matrix to) noexcept {
  for (std::int64_t i = 0; i < from.rows; ++i)
    std::memcpy(to.data + i * to.stride, from.data + i * from.stride,
                static_cast<std::size_t>(from.columns) * sizeof(float));
}

void add(ConstMatrix from, Matrix to) noexcept {
  for (std::int64_t i = 0; i < from.rows; ++i) {
    const float* __restrict source = from.data + i * from.stride;
    float* __restrict target = to.data + i * to.stride;
    for (std::int64_t j = 0; j < from.columns; ++j) target[j] += source[j];
  }
}

void column_sums(Executor& executor, ConstMatrix m, bool add, float* out) {
  // Cut by columns, so that every sum goes down its column whatever the cut.
  for_ranges(executor, m.columns, 2048, [&](std::int64_t begin, std::int64_t end) {
    float* __restrict sum = out;
    if (!add) std::fill(sum + begin, sum + end, 0.f);
    for (std::int64_t i = 0; i < m.rows; ++i) {
      const float* __restrict row = m.data + i * m.stride;
      for (std::int64_t j = begin; j < end; ++j) sum[j] += row[j];
    }
  });
}

}  // namespace v1
}  // namespace assay::nn
