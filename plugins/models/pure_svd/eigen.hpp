#pragma once  // Eigenvalues and eigenvectors of a small symmetric matrix.

#include <cstddef>
#include <vector>

#include "assay/run.hpp"

namespace pure_svd {

/// A dense square matrix of doubles, row-major.
struct Square {
  explicit Square(std::size_t n) : size(n), values(n * n) {}
  [[nodiscard]] double* row(std::size_t i) { return values.data() + i * size; }
  [[nodiscard]] const double* row(std::size_t i) const { return values.data() + i * size; }
  std::size_t size;
  std::vector<double> values;
};

struct Eigen {
  std::vector<double> values;  ///< descending
  Square vectors;              ///< row i belongs to values[i]
};

/// By cyclic Jacobi rotations (Golub, Van Loan, "Matrix computations", section 8.5): to the last digits of float64.
/// Each sweep is one piece of the executor's work: cancelled, it ends with the sweep.
[[nodiscard]] Eigen symmetric_eigen(assay::Executor& executor, Square a);

}  // namespace pure_svd
