// Jacobi's method: rotations that make one pair of off-diagonal elements zero, until all are.

#include "eigen.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pure_svd {
namespace {

constexpr int kMostSweeps = 60;  // quadratic convergence needs about ten

/// Rows p and q of m become c·p − s·q and s·p + c·q.
void rotate_rows(Square& m, std::size_t p, std::size_t q, double c, double s) {
  double *a = m.row(p), *b = m.row(q);
  for (std::size_t k = 0; k < m.size; ++k) {
    const double x = a[k], y = b[k];
    a[k] = c * x - s * y;
    b[k] = s * x + c * y;
  }
}

/// Makes a_pq zero (Golub, Van Loan, algorithm 8.5.1); v collects the rotations.
void rotate(Square& a, Square& v, std::size_t p, std::size_t q) {
  const double app = a.row(p)[p], aqq = a.row(q)[q], apq = a.row(p)[q];
  const double tau = (aqq - app) / (2 * apq);
  const double t = (tau >= 0 ? 1 : -1) / (std::abs(tau) + std::sqrt(1 + tau * tau));
  const double c = 1 / std::sqrt(1 + t * t), s = t * c;
  rotate_rows(a, p, q, c, s);
  rotate_rows(v, p, q, c, s);
  for (std::size_t k = 0; k < a.size; ++k) {  // the same for columns, by symmetry
    a.row(k)[p] = a.row(p)[k];
    a.row(k)[q] = a.row(q)[k];
  }
  a.row(p)[p] = app - t * apq;
  a.row(q)[q] = aqq + t * apq;
  a.row(p)[q] = a.row(q)[p] = 0;
}

/// One round through all pairs. False: all of them were zero.
bool sweep(Square& a, Square& v) {
  bool busy = false;
  for (std::size_t p = 0; p < a.size; ++p)
    for (std::size_t q = p + 1; q < a.size; ++q) {
      const double limit = 1e-15 * std::sqrt(std::abs(a.row(p)[p] * a.row(q)[q]));
      if (std::abs(a.row(p)[q]) <= std::max(limit, 1e-300)) continue;
      rotate(a, v, p, q);
      busy = true;
    }
  return busy;
}

}  // namespace

Eigen symmetric_eigen(assay::Executor& executor, Square a) {
  const std::size_t n = a.size;
  Square v(n);
  for (std::size_t i = 0; i < n; ++i) v.row(i)[i] = 1;
  bool busy = true;
  for (int i = 0; busy && i < kMostSweeps; ++i)
    assay::for_ranges(executor, 1, 1, [&](std::int64_t, std::int64_t) { busy = sweep(a, v); });
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [&](std::size_t i, std::size_t j) { return a.row(i)[i] > a.row(j)[j]; });
  Eigen out{{}, Square(n)};
  for (std::size_t i = 0; i < n; ++i) {
    out.values.push_back(a.row(order[i])[order[i]]);
    std::copy_n(v.row(order[i]), n, out.vectors.row(i));
  }
  return out;
}

}  // namespace pure_svd
