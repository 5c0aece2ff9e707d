// The inverse of a symmetric positive definite matrix, in place, by the blocked symmetric sweep.
//
// Sweeping block k of A replaces  A_kk by −A_kk⁻¹,  A_ik by A_ik·A_kk⁻¹  and every other  A_ij by A_ij −
// A_ik·A_kk⁻¹·A_kj; when all blocks are swept, A holds −A⁻¹ (Beaton 1964; Goodnight, "A tutorial on the SWEEP
// operator", The American Statistician 1979). The matrix stays symmetric, so only its lower triangle is worked on: n³
// operations, as many as potrf + potri, but all of them in products of one fixed shape, which any number of threads may
// share without a change of bits. docs/design/linear-algebra.md compares the two.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "assay/errors.hpp"
#include "assay/linalg.hpp"

namespace assay {
namespace {

/// The inner dimension of all products. Wide blocks move the matrix through the cache fewer times, narrow ones waste
/// less on the upper half of the diagonal.
std::int64_t block_of(std::int64_t n) { return n < 6000 ? 128 : 256; }

/// Condition numbers of diagonal blocks up to which their inverses may be rounded. Gram matrices of interactions under
/// the regularization that suits them have few above.
constexpr double kHarmless = 16;

/// The largest sum of magnitudes of a row.
double norm(const std::vector<double>& square, std::int64_t size) {
  double largest = 0;
  for (auto row = square.begin(); row != square.end(); row += size)
    largest = std::max(
        largest, std::accumulate(row, row + size, 0.0, [](double sum, double value) { return sum + std::abs(value); }));
  return largest;
}

/// Sweeps the block that begins at (first, first), in float64. Throws where a pivot is not
/// positive. Leaves −inverse in both triangles of the block; returns its condition number.
double sweep_block(Matrix a, std::int64_t first, std::int64_t size) {
  std::vector<double> s(static_cast<std::size_t>(size * size));
  const auto row = [&](std::int64_t i) { return s.data() + i * size; };
  for (std::int64_t i = 0; i < size; ++i)
    for (std::int64_t j = 0; j <= i; ++j) row(i)[j] = row(j)[i] = a.data[(first + i) * a.stride + first + j];
  const double before = norm(s, size);
  for (std::int64_t p = 0; p < size; ++p) {
    const double pivot = row(p)[p];
    if (!(pivot > 0))
      throw Error("invert_spd: the matrix (" + std::to_string(a.rows) + " × " + std::to_string(a.rows) +
                  ") is not positive definite: pivot " + std::to_string(first + p) + " is " + std::to_string(pivot) +
                  ". A larger value on the diagonal (more regularization) makes it so.");
    const double* pivot_row = row(p);
    for (std::int64_t i = 0; i < size; ++i) {
      if (i == p) continue;
      const double factor = row(i)[p] / pivot;
      double* to = row(i);
      for (std::int64_t j = 0; j < size; ++j) to[j] -= factor * pivot_row[j];
      to[p] = factor;
    }
    for (std::int64_t j = 0; j < size; ++j) row(p)[j] = row(j)[p];
    row(p)[p] = -1 / pivot;
  }
  for (std::int64_t i = 0; i < size; ++i)
    for (std::int64_t j = 0; j < size; ++j) a.data[(first + i) * a.stride + first + j] = static_cast<float>(row(i)[j]);
  return before * norm(s, size);
}

/// The block column [first, first + size) of the symmetric matrix whose lower triangle is in `a`, transposed (products
/// with a right side that lies along its rows are 5 to 10 % faster), and its product with the inverse of the diagonal
/// block.
struct Panel {
  explicit Panel(std::int64_t n)
      : block(block_of(n)),
        old_stride(padded_stride(n)),
        swept_stride(padded_stride(block)),
        old(static_cast<std::size_t>(block * old_stride)),
        swept(static_cast<std::size_t>(n * swept_stride)),
        diagonal(static_cast<std::size_t>(block * swept_stride)) {}
  /// Columns [begin, end) of the first `size` rows.
  [[nodiscard]] Matrix old_part(std::int64_t begin, std::int64_t end, std::int64_t size) {
    return {old.data() + begin, size, end - begin, old_stride};
  }
  /// Rows [begin, end), the first `size` columns.
  [[nodiscard]] Matrix swept_part(std::int64_t begin, std::int64_t end, std::int64_t size) {
    return {swept.data() + begin * swept_stride, end - begin, size, swept_stride};
  }
  [[nodiscard]] Matrix diagonal_part(std::int64_t size) { return {diagonal.data(), size, size, swept_stride}; }
  std::int64_t block, old_stride, swept_stride;
  std::vector<float> old, swept;  // [block × n], [n × block]
  std::vector<float> diagonal;    // [block × block]: what the diagonal block was
};

/// visit(i, j, value): the places of the block column's rows i in [begin, end), j from 0 to size, in the order in which
/// they lie in the matrix; above the diagonal block they are found transposed.
template <class Visit>
void visit_block_column(Matrix a, std::int64_t first, std::int64_t size, std::int64_t begin, std::int64_t end,
                        Visit visit) {
  if (begin < first) {
    for (std::int64_t j = 0; j < size; ++j)
      for (std::int64_t i = begin; i < end; ++i) visit(i, j, a.data[(first + j) * a.stride + i]);
  } else {
    for (std::int64_t i = begin; i < end; ++i)
      for (std::int64_t j = 0; j < size; ++j) visit(i, j, a.data[i * a.stride + first + j]);
  }
}

/// Rows [begin, end) of the block column times the inverse of the diagonal block, whose negative is `pivot`.
///
/// `exactly`: what A_ik − (A_ik·A_kk⁻¹)·A_kk leaves is multiplied in once more. Without that the error of an inverse
/// that is rounded to float32 goes into all that is left of the matrix, and the whole inverse's error grows with the
/// square of the condition number.
void sweep_rows(Matrix a, std::int64_t first, std::int64_t size, std::int64_t begin, std::int64_t end, bool exactly,
                Panel& panel) {
  const Matrix pivot{a.data + first * a.stride + first, size, size, a.stride},
      swept = panel.swept_part(begin, end, size);
  visit_block_column(a, first, size, begin, end, [&](std::int64_t i, std::int64_t j, const float& value) {
    panel.old[static_cast<std::size_t>(j * panel.old_stride + i)] = value;
  });
  gemm(serial_executor(), true, false, -1, panel.old_part(begin, end, size), pivot, 0, swept);
  if (!exactly) return;
  std::vector<float> left(static_cast<std::size_t>((end - begin) * panel.swept_stride));
  const Matrix rest{left.data(), end - begin, size, panel.swept_stride};
  transpose(serial_executor(), panel.old_part(begin, end, size), rest);
  gemm(serial_executor(), false, false, -1, swept, panel.diagonal_part(size), 1, rest);
  gemm(serial_executor(), false, false, -1, rest, pivot, 1, swept);
}

/// Sweeps one block of the whole matrix.
void sweep(Executor& executor, Matrix a, std::int64_t first, Panel& panel) {
  const std::int64_t n = a.rows, block = panel.block, size = std::min(block, n - first), next = first + size;
  const Matrix diagonal = panel.diagonal_part(size);
  for (std::int64_t i = 0; i < size; ++i)
    for (std::int64_t j = 0; j <= i; ++j)
      diagonal.data[i * diagonal.stride + j] = diagonal.data[j * diagonal.stride + i] =
          a.data[(first + i) * a.stride + first + j];
  const bool exactly = sweep_block(a, first, size) > kHarmless;
  for_ranges(executor, n, block, [&](std::int64_t begin, std::int64_t end) {
    if (begin != first) sweep_rows(a, first, size, begin, end, exactly, panel);
  });
  const std::int64_t strips = (n + block - 1) / block;
  for_ranges(executor, strips, 1, [&](std::int64_t strip, std::int64_t) {
    const std::int64_t begin = (strips - 1 - strip) * block;  // the longest first
    const std::int64_t end = std::min(begin + block, n);
    if (begin == first) return;
    const auto update = [&](std::int64_t from, std::int64_t to) {
      if (from >= to) return;
      gemm(serial_executor(), false, false, -1, panel.swept_part(begin, end, size), panel.old_part(from, to, size), 1,
           {a.data + begin * a.stride + from, end - begin, to - from, a.stride});
    };
    update(0, std::min(first, end));
    update(next, end);
  });
  for_ranges(executor, n, block, [&](std::int64_t begin, std::int64_t end) {
    if (begin == first) return;
    visit_block_column(a, first, size, begin, end, [&](std::int64_t i, std::int64_t j, float& value) {
      value = panel.swept[static_cast<std::size_t>(i * panel.swept_stride + j)];
    });
  });
}

/// told(rows): so many of the matrix's rows are swept.
template <class Told>
void invert(Executor& executor, Matrix a, Told&& told) {
  if (a.rows != a.columns || a.stride < a.columns)
    throw Error("invert_spd: the matrix is " + std::to_string(a.rows) + " × " + std::to_string(a.columns) +
                " with a stride of " + std::to_string(a.stride) + "; it must be square.");
  Panel panel(a.rows);
  for (std::int64_t first = 0; first < a.rows; first += panel.block) {
    sweep(executor, a, first, panel);
    told(std::min(first + panel.block, a.rows));
  }
  for_ranges(executor, a.rows, panel.block, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i)
      for (std::int64_t j = 0; j <= i; ++j) a.data[i * a.stride + j] = -a.data[i * a.stride + j];
  });
  mirror_lower(executor, a);
}

}  // namespace

std::int64_t invert_spd_bytes(std::int64_t n) {
  const std::int64_t block = block_of(n), stride = padded_stride(block);
  return (block * padded_stride(n) + n * stride + 2 * block * stride) * std::int64_t{sizeof(float)};
}

void invert_spd(Executor& executor, Matrix a) {
  invert(executor, a, [](std::int64_t) {});
}

void invert_spd(Run& run, Matrix a, std::int64_t before, std::int64_t after, std::int64_t total) {
  invert(run, a, [&](std::int64_t rows) { run.progress(before + (after - before) * rows / a.rows, total); });
}

}  // namespace assay
