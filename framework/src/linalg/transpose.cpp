// Transposed copies of dense matrices, tile by tile, so that both sides stay in the first cache.

#include <algorithm>
#include <string>

#include "assay/errors.hpp"
#include "assay/linalg.hpp"

namespace assay {
namespace {

constexpr std::int64_t kTile = 32, kRows = 128;

/// to[j][i] = from[i][j] for a tile.
void transpose_tile(const float* from, std::int64_t from_stride, float* to, std::int64_t to_stride, std::int64_t rows,
                    std::int64_t columns) {
  for (std::int64_t j = 0; j < columns; ++j)
    for (std::int64_t i = 0; i < rows; ++i) to[j * to_stride + i] = from[i * from_stride + j];
}

}  // namespace

void transpose(Executor& executor, ConstMatrix a, Matrix out) {
  if (a.rows != out.columns || a.columns != out.rows)
    throw Error("transpose: a is " + std::to_string(a.rows) + " × " + std::to_string(a.columns) + ", out " +
                std::to_string(out.rows) + " × " + std::to_string(out.columns) + ".");
  for_ranges(executor, out.rows, kTile, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = 0; i < a.rows; i += kTile)
      transpose_tile(a.data + i * a.stride + begin, a.stride, out.data + begin * out.stride + i, out.stride,
                     std::min(kTile, a.rows - i), end - begin);
  });
}

void mirror_lower(Executor& executor, Matrix a) {
  if (a.rows != a.columns)
    throw Error("mirror_lower: the matrix is " + std::to_string(a.rows) + " × " + std::to_string(a.columns) + ".");
  for_ranges(executor, a.rows, kRows, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; i += kTile) {
      const std::int64_t rows = std::min(kTile, end - i);
      for (std::int64_t j = 0; j < i; j += kTile)
        transpose_tile(a.data + i * a.stride + j, a.stride, a.data + j * a.stride + i, a.stride, rows, kTile);
      for (std::int64_t r = i; r < i + rows; ++r)
        for (std::int64_t c = i; c < r; ++c) a.data[c * a.stride + r] = a.data[r * a.stride + c];
    }
  });
}

}  // namespace assay
