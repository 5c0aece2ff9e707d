#pragma once  // The register tile that symmetric products and the Cholesky factorization of small matrices are made of.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace assay {

using Lanes [[gnu::vector_size(32)]] = float;  // eight floats; without AVX the compiler cuts them in two

inline Lanes load_lanes(const float* from) {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof lanes);
  return lanes;
}
inline void store_lanes(float* to, Lanes lanes) { std::memcpy(to, &lanes, sizeof lanes); }

inline constexpr std::int64_t kTileRows = 4, kTileColumns = 16;

/// Rows × 16 elements of a matrix, in registers.
template <std::size_t Rows>
struct Tile {
  std::array<Lanes, Rows> left, right;

  void load(const float* from, std::int64_t stride) {
#pragma GCC unroll 8
    for (std::size_t r = 0; r < Rows; ++r, from += stride) {
      left[r] = load_lanes(from);
      right[r] = load_lanes(from + 8);
    }
  }
  void store(float* to, std::int64_t stride) const {
#pragma GCC unroll 8
    for (std::size_t r = 0; r < Rows; ++r, to += stride) {
      store_lanes(to, left[r]);
      store_lanes(to + 8, right[r]);
    }
  }
  /// tile ± Σ_k rows[k]ᵀ · columns[k]: k runs over `count` rows of a matrix, of which `rows` and `columns` are parts.
  template <bool Subtract>
  void update(const float* rows, const float* columns, std::int64_t stride, std::int64_t count) {
    for (std::int64_t k = 0; k < count; ++k, rows += stride, columns += stride) {
      const Lanes a = load_lanes(columns), b = load_lanes(columns + 8);
#pragma GCC unroll 8
      for (std::size_t r = 0; r < Rows; ++r) {
        const float x = Subtract ? -rows[r] : rows[r];
        left[r] += x * a;
        right[r] += x * b;
      }
    }
  }
};

}  // namespace assay
