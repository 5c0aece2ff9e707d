// Subspace iteration with orthonormalization by Cholesky QR, Gram matrices in float64.

#include "truncated_svd.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "assay/linalg.hpp"
#include "assay/random.hpp"

#include "eigen.hpp"

namespace pure_svd {
namespace {

using assay::FactorMatrix;

constexpr std::int64_t kChunk = 2048, kPiece = 256;  // rows of a thread's Gram matrix; rows that are summed in float32

/// zᵀ · z. Pieces are summed in float64: their float32 errors do not add up.
Square gram(assay::Executor& executor, const FactorMatrix& z) {
  const std::int64_t n = z.columns();
  std::vector<Square> parts(static_cast<std::size_t>((z.rows() + kChunk - 1) / kChunk),
                            Square(static_cast<std::size_t>(n)));
  assay::for_ranges(executor, z.rows(), kChunk, [&](std::int64_t begin, std::int64_t end) {
    Square& sum = parts[static_cast<std::size_t>(begin / kChunk)];
    FactorMatrix part(n, n);
    for (std::int64_t i = begin; i < end; i += kPiece) {
      const assay::ConstMatrix piece{z.row(i).data(), std::min(kPiece, end - i), n, z.stride()};
      gemm(assay::serial_executor(), true, false, 1, piece, piece, 0, part.view());
      for (std::int64_t j = 0; j < n; ++j)
        std::ranges::transform(part.row(j), std::span(sum.row(static_cast<std::size_t>(j)), sum.size),
                               sum.row(static_cast<std::size_t>(j)), std::plus<>());
    }
  });
  Square sum(static_cast<std::size_t>(n));
  for (const Square& part : parts)
    for (std::size_t k = 0; k < sum.values.size(); ++k) sum.values[k] += part.values[k];
  return sum;
}

/// z · m, m of doubles with as many rows as z has columns; `columns` of m's.
FactorMatrix times(assay::Executor& executor, const FactorMatrix& z, const Square& m, std::int64_t columns) {
  FactorMatrix right(z.columns(), columns), out(z.rows(), columns);
  for (std::int64_t i = 0; i < z.columns(); ++i)
    std::transform(m.row(static_cast<std::size_t>(i)), m.row(static_cast<std::size_t>(i)) + columns,
                   right.row(i).begin(), [](double value) { return static_cast<float>(value); });
  gemm(executor, false, false, 1, z.view(), std::as_const(right).view(), 0, out.view());
  return out;
}

/// R⁻¹ of gram = RᵀR. A column that depends on those before it becomes zero.
Square inverse_root(Square gram) {
  const std::size_t n = gram.size;
  Square inverse(n);
  for (std::size_t i = 0; i < n; ++i) {  // row i of R takes the place of row i of the Gram matrix
    double* r = gram.row(i);
    const double whole = r[i];
    for (std::size_t k = 0; k < i; ++k)
      for (std::size_t j = n; j-- > i;) r[j] -= gram.row(k)[i] * gram.row(k)[j];
    const double pivot = r[i];
    if (!(pivot > 1e-10 * whole)) {
      std::fill_n(r, n, 0.0);
      continue;
    }
    for (std::size_t j = i; j < n; ++j) r[j] /= std::sqrt(pivot);
  }
  for (std::size_t j = 0; j < n; ++j) {  // column j of the inverse, from the diagonal upwards
    if (gram.row(j)[j] == 0) continue;
    inverse.row(j)[j] = 1 / gram.row(j)[j];
    for (std::size_t i = j; i-- > 0;) {
      double sum = 0;
      for (std::size_t k = i + 1; k <= j; ++k) sum += gram.row(i)[k] * inverse.row(k)[j];
      if (gram.row(i)[i] != 0) inverse.row(i)[j] = -sum / gram.row(i)[i];
    }
  }
  return inverse;
}

/// The same space, columns orthonormal: Cholesky QR. Twice, it is as good as Householder's (Yamamoto et al. 2015).
FactorMatrix orthonormal(assay::Executor& executor, const FactorMatrix& z) {
  return times(executor, z, inverse_root(gram(executor, z)), z.columns());
}

FactorMatrix product(assay::Executor& executor, const assay::Interactions& x, const FactorMatrix& z) {
  FactorMatrix out(x.rows, z.columns());
  sparse_times_dense(executor, x, z.view(), out.view());
  return out;
}

/// A fixed set of directions: which one does not matter once the iteration has converged.
FactorMatrix beginning(std::int64_t rows, std::int64_t columns) {
  FactorMatrix q(rows, columns);
  for (std::int64_t i = 0; i < rows; ++i) assay::Random(static_cast<std::uint64_t>(i)).normal(q.row(i), 0, 1);
  return q;
}

std::int64_t width_of(std::int64_t rows, std::int64_t columns, int factors, int oversampling) {
  return std::max<std::int64_t>(1, std::min({std::int64_t{factors} + oversampling, rows, columns}));
}

}  // namespace

TruncatedSvd truncated_svd(assay::Executor& executor, const assay::Interactions& x,
                           const assay::Interactions& x_transposed, int factors, int oversampling, int iterations,
                           const std::function<void(int, int)>& progress) {
  const std::int64_t width = width_of(x.rows, x.columns, factors, oversampling);
  const int steps = 2 * iterations + 1;
  FactorMatrix q = orthonormal(executor, product(executor, x_transposed, beginning(x.rows, width)));
  for (int i = 0; i < iterations; ++i) {
    const FactorMatrix y = orthonormal(executor, product(executor, x, q));
    progress(2 * i + 1, steps);
    q = orthonormal(executor, product(executor, x_transposed, y));
    progress(2 * i + 2, steps);
  }
  q = orthonormal(executor, q);
  // Rayleigh-Ritz: the best vectors within the space are q·w, w the eigenvectors of (xq)ᵀ(xq).
  const Eigen eigen = symmetric_eigen(executor, gram(executor, product(executor, x, q)));
  const std::int64_t kept = std::min<std::int64_t>(width, factors);
  TruncatedSvd out;
  Square w(static_cast<std::size_t>(width));
  for (std::size_t f = 0; f < static_cast<std::size_t>(kept); ++f) {
    out.singular.push_back(std::sqrt(std::max(0.0, eigen.values[f])));
    if (eigen.values[f] <= 1e-10 * eigen.values[0]) continue;
    for (std::size_t i = 0; i < w.size; ++i) w.row(i)[f] = eigen.vectors.row(f)[i];
  }
  out.right = times(executor, q, w, kept);
  progress(steps, steps);
  return out;
}

std::int64_t truncated_svd_bytes(std::int64_t rows, std::int64_t columns, int factors, int oversampling) {
  const std::int64_t width = width_of(rows, columns, factors, oversampling);
  const std::int64_t parts = (std::max(rows, columns) + kChunk - 1) / kChunk + 4;
  return 2 * FactorMatrix::bytes(std::max(rows, columns), width) + FactorMatrix::bytes(columns, width) +
         parts * width * width * std::int64_t{sizeof(double)};
}

}  // namespace pure_svd
