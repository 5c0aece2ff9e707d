// Small symmetric positive definite systems by Cholesky's factorization A = UᵀU, a strip of 16 columns at a time: the
// strip stays in the first-level cache while tiles of 4 × 16 are made of it.

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "assay/errors.hpp"
#include "assay/linalg.hpp"

#include "linalg/register_tile.hpp"

namespace assay {
namespace {

constexpr std::int64_t kSides = 8;  // right sides of a piece of parallel work

/// Rows [i, i + Rows) × 16 columns from j on, right of the diagonal: what the rows above leave of them, then the solve
/// with the triangle on the diagonal.
template <std::size_t Rows>
void finish_tile(Matrix a, const float* inverse, std::int64_t i, std::int64_t j) {
  Tile<Rows> tile;
  float* place = a.data + i * a.stride + j;
  tile.load(place, a.stride);
  tile.template update<true>(a.data + i, a.data + j, a.stride, i);
  for (std::size_t r = 0; r < Rows; ++r) {
    for (std::size_t s = 0; s < r; ++s) {
      const float factor = a.data[(i + static_cast<std::int64_t>(s)) * a.stride + i + static_cast<std::int64_t>(r)];
      tile.left[r] -= factor * tile.left[s];
      tile.right[r] -= factor * tile.right[s];
    }
    tile.left[r] *= inverse[r];
    tile.right[r] *= inverse[r];
  }
  tile.store(place, a.stride);
}

/// The same where the diagonal crosses the tile: its triangle is factorized on the way. inverse[r] = 1 / U_rr.
template <std::size_t Rows>
void factorize_tile(Matrix a, float* inverse, std::int64_t i, std::int64_t j) {
  Tile<Rows> tile;
  float* place = a.data + i * a.stride + j;
  tile.load(place, a.stride);
  tile.template update<true>(a.data + i, a.data + j, a.stride, i);
  tile.store(place, a.stride);
  for (std::int64_t r = 0; r < static_cast<std::int64_t>(Rows); ++r) {
    float* row = place + r * a.stride;
    for (std::int64_t s = 0; s < r; ++s) {
      const float* above = place + s * a.stride;
      const float factor = above[i - j + r];
      for (std::int64_t c = 0; c < kTileColumns; ++c) row[c] -= factor * above[c];
    }
    const float pivot = row[i - j + r];
    if (!(pivot > 0))
      throw Error("solve_spd: the matrix (" + std::to_string(a.rows) + " × " + std::to_string(a.rows) +
                  ") is not positive definite: pivot " + std::to_string(i + r) + " is " + std::to_string(pivot) +
                  ". A larger value on the diagonal (more regularization) makes it so.");
    inverse[r] = 1 / std::sqrt(pivot);
    for (std::int64_t c = 0; c < kTileColumns; ++c) row[c] *= inverse[r];
  }
}

template <std::size_t Rows>
void make_tile(Matrix a, float* inverse, std::int64_t i, std::int64_t j) {
  if (i >= j)
    factorize_tile<Rows>(a, inverse + i, i, j);
  else
    finish_tile<Rows>(a, inverse + i, i, j);
}

constexpr std::array kMakers{make_tile<1>, make_tile<2>, make_tile<3>, make_tile<4>};

/// Uᵀy = x, then Ux = y, in place.
void substitute(ConstMatrix u, const float* inverse, float* x) {
  const std::int64_t n = u.rows;
  for (std::int64_t k = 0; k < n; ++k) {
    const float* row = u.data + k * u.stride;
    const float y = x[k] *= inverse[k];
    for (std::int64_t j = k + 1; j < n; ++j) x[j] -= y * row[j];
  }
  for (std::int64_t k = n - 1; k >= 0; --k) {
    const float* row = u.data + k * u.stride;
    std::array<float, 8> sums{};
    std::int64_t j = n;
    for (; j - 8 > k; j -= 8)
      for (std::size_t l = 0; l < 8; ++l)
        sums[l] += row[j - 8 + static_cast<std::int64_t>(l)] * x[j - 8 + static_cast<std::int64_t>(l)];
    float sum = ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
    for (std::int64_t i = k + 1; i < j; ++i) sum += row[i] * x[i];
    x[k] = (x[k] - sum) * inverse[k];
  }
}

/// Replaces a's upper triangle by U; returns 1 / U_kk.
std::vector<float> factorize(Matrix a) {
  std::vector<float> inverse(static_cast<std::size_t>(a.rows));
  for (std::int64_t j = 0; j < a.rows; j += kTileColumns)
    for (std::int64_t i = 0, end = std::min(a.rows, j + kTileColumns); i < end; i += kTileRows)
      kMakers[static_cast<std::size_t>(std::min(kTileRows, a.rows - i) - 1)](a, inverse.data(), i, j);
  return inverse;
}

void check(ConstMatrix a, std::int64_t places) {
  if (a.columns != a.rows || places != a.rows || a.stride < (a.rows + kTileColumns - 1) / kTileColumns * kTileColumns)
    throw Error("solve_spd: the matrix is " + std::to_string(a.rows) + " × " + std::to_string(a.columns) +
                " with a stride of " + std::to_string(a.stride) + " and a right side has " + std::to_string(places) +
                " places; it must be square, its rows padded to a multiple of 16.");
}

}  // namespace

void solve_spd(Matrix a, std::span<float> x) {
  check(a, static_cast<std::int64_t>(x.size()));
  substitute(a, factorize(a).data(), x.data());
}

void solve_spd(Executor& executor, Matrix a, Matrix x) {
  check(a, x.columns);
  const std::vector<float> inverse = factorize(a);
  for_ranges(executor, x.rows, kSides, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) substitute(a, inverse.data(), x.data + i * x.stride);
  });
}

}  // namespace assay
