// The inverse of a symmetric positive definite matrix, in place, by the blocked symmetric sweep.
//
// Sweeping block k of A replaces  A_kk by −A_kk⁻¹,  A_ik by A_ik·A_kk⁻¹  and every other  A_ij by A_ij −
// A_ik·A_kk⁻¹·A_kj; when all blocks are swept, A holds −A⁻¹ (Beaton 1964; Goodnight, "A tutorial on the SWEEP
// operator", The American Statistician 1979). The matrix stays symmetric, so only its lower triangle is worked on: n³
// operations, as many as potrf + potri, but all of them in products of one fixed shape, which any number of threads may
// share without a change of bits. docs/design/linear-algebra.md compares the two.

#include <algorithm>
#include <string>
#include <vector>

#include "assay/errors.hpp"
#include "assay/linalg.hpp"

namespace assay {
namespace {

constexpr std::int64_t kBlock = 128;  // the inner dimension of all products

/// Sweeps the block of at most 128 × 128 that begins at (first, first), in float64. Throws where a pivot is not
/// positive. Leaves −inverse in both triangles of the block.
void sweep_block(Matrix a, std::int64_t first, std::int64_t size) {
  std::vector<double> s(static_cast<std::size_t>(size * size));
  const auto row = [&](std::int64_t i) { return s.data() + i * size; };
  for (std::int64_t i = 0; i < size; ++i)
    for (std::int64_t j = 0; j <= i; ++j) row(i)[j] = row(j)[i] = a.data[(first + i) * a.stride + first + j];
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
}

/// The block column [first, first + size) of the symmetric matrix whose lower triangle is in `a`, and its product with
/// the inverse of the diagonal block: n × 128 each.
struct Panel {
  explicit Panel(std::int64_t rows)
      : stride(padded_stride(kBlock)), old(static_cast<std::size_t>(rows * stride)), swept(old.size()) {}
  [[nodiscard]] Matrix view(std::vector<float>& values, std::int64_t row, std::int64_t rows, std::int64_t size) const {
    return {values.data() + row * stride, rows, size, stride};
  }
  std::int64_t stride;
  std::vector<float> old, swept;
};

/// A panel's rows [begin, end): out of the matrix (transposed where they lie above the diagonal), and swept ones into
/// it.
template <class Copy>
void visit_panel(std::int64_t first, std::int64_t size, std::int64_t begin, std::int64_t end, Matrix a,
                 std::int64_t stride, std::vector<float>& panel, Copy copy) {
  for (std::int64_t i = begin; i < end; ++i)
    for (std::int64_t j = 0; j < size; ++j) {
      const std::int64_t place = i < first ? (first + j) * a.stride + i : i * a.stride + first + j;
      copy(panel[static_cast<std::size_t>(i * stride + j)], a.data[place]);
    }
}

/// Sweeps one block of the whole matrix.
void sweep(Executor& executor, Matrix a, std::int64_t first, Panel& panel) {
  const std::int64_t n = a.rows, size = std::min(kBlock, n - first), next = first + size;
  sweep_block(a, first, size);
  const Matrix pivot{a.data + first * a.stride + first, size, size, a.stride};
  for_ranges(executor, n, kBlock, [&](std::int64_t begin, std::int64_t end) {
    if (begin == first) return;
    visit_panel(first, size, begin, end, a, panel.stride, panel.old, [](float& p, const float& m) { p = m; });
    gemm(serial_executor(), false, false, -1, panel.view(panel.old, begin, end - begin, size), pivot, 0,
         panel.view(panel.swept, begin, end - begin, size));
  });
  const std::int64_t strips = (n + kBlock - 1) / kBlock;
  for_ranges(executor, strips, 1, [&](std::int64_t strip, std::int64_t) {
    const std::int64_t begin = (strips - 1 - strip) * kBlock;  // the longest first
    const std::int64_t end = std::min(begin + kBlock, n);
    if (begin == first) return;
    const auto update = [&](std::int64_t from, std::int64_t to) {
      if (from >= to) return;
      gemm(serial_executor(), false, true, -1, panel.view(panel.swept, begin, end - begin, size),
           panel.view(panel.old, from, to - from, size), 1,
           {a.data + begin * a.stride + from, end - begin, to - from, a.stride});
    };
    update(0, std::min(first, end));
    update(next, end);
  });
  for_ranges(executor, n, kBlock, [&](std::int64_t begin, std::int64_t end) {
    if (begin == first) return;
    visit_panel(first, size, begin, end, a, panel.stride, panel.swept, [](const float& p, float& m) { m = p; });
  });
}

}  // namespace

void invert_spd(Executor& executor, Matrix a) {
  if (a.rows != a.columns || a.stride < a.columns)
    throw Error("invert_spd: the matrix is " + std::to_string(a.rows) + " × " + std::to_string(a.columns) +
                " with a stride of " + std::to_string(a.stride) + "; it must be square.");
  Panel panel(a.rows);
  for (std::int64_t first = 0; first < a.rows; first += kBlock) sweep(executor, a, first, panel);
  for_ranges(executor, a.rows, kBlock, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i)
      for (std::int64_t j = 0; j <= i; ++j) a.data[i * a.stride + j] = -a.data[i * a.stride + j];
  });
  mirror_lower(executor, a);
}

}  // namespace assay
