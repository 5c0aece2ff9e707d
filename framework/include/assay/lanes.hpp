#pragma once  // Eight floats at a time, for loops over rows of factors that are filled with zeros to a multiple of 16.

#include <cstdint>

namespace assay {

/// Eight floats, wherever they lie; without AVX the compiler cuts them in two.
using Lanes [[gnu::vector_size(32), gnu::aligned(4), gnu::may_alias]] = float;

// References only: how a vector is passed by value depends on the processor that is compiled for.

[[nodiscard]] inline Lanes& lanes_at(float* place) { return *reinterpret_cast<Lanes*>(place); }
[[nodiscard]] inline const Lanes& lanes_at(const float* place) { return *reinterpret_cast<const Lanes*>(place); }

/// The sum of all eight, in a fixed order.
[[nodiscard]] inline float sum_of(const Lanes& v) {
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

/// a · b of two rows of FactorMatrix; `columns` is rounded up to a multiple of 16.
[[nodiscard]] inline float dot(const float* a, const float* b, std::int64_t columns) {
  Lanes even{}, odd{};
  for (std::int64_t k = 0; k < columns; k += 16) {
    even += lanes_at(a + k) * lanes_at(b + k);
    odd += lanes_at(a + k + 8) * lanes_at(b + k + 8);
  }
  even += odd;
  return sum_of(even);
}

}  // namespace assay
