#pragma once  // The kernel of sparse × dense: a linear combination of rows of a dense matrix.

#include <cstdint>
#include <cstring>

#include "assay/interactions.hpp"

namespace assay::nn::detail {

/// Eight floats. Spelled out because the compiler does not keep a plain array of sums in registers over the entries.
using Lanes __attribute__((vector_size(32))) = float;

inline Lanes load(const float* p) {
  Lanes lanes;
  std::memcpy(&lanes, p, sizeof lanes);
  return lanes;
}

/// out[0, 8 · N) (+)= Σ_e value[e] · m[index[e]][0, 8 · N). The sums stay in registers until all entries are in.
template <int N>
inline void combine_strip(const float* m, std::int64_t stride, const Index* index, const float* value,
                          std::int64_t entries, bool add, float* out) {
  Lanes sum[N];
  for (int j = 0; j < N; ++j) sum[j] = add ? load(out + 8 * j) : Lanes{};
  for (std::int64_t e = 0; e < entries; ++e) {
    const float* row = m + index[e] * stride;
    const float v = value[e];
    for (int j = 0; j < N; ++j) sum[j] += v * load(row + 8 * j);
  }
  for (int j = 0; j < N; ++j) std::memcpy(out + 8 * j, &sum[j], sizeof(Lanes));
}

/// out[0, columns) (+)= Σ_e value[e] · m[index[e]][0, columns). Sums go in the order of the entries.
inline void combine_rows(const float* m, std::int64_t stride, const Index* index, const float* value,
                         std::int64_t entries, bool add, float* out, std::int64_t columns) {
  std::int64_t j = 0;
  for (; j + 64 <= columns; j += 64) combine_strip<8>(m + j, stride, index, value, entries, add, out + j);
  for (; j + 8 <= columns; j += 8) combine_strip<1>(m + j, stride, index, value, entries, add, out + j);
  for (; j < columns; ++j) {
    float sum = add ? out[j] : 0.f;
    for (std::int64_t e = 0; e < entries; ++e) sum += value[e] * m[index[e] * stride + j];
    out[j] = sum;
  }
}

}  // namespace assay::nn::detail
