#pragma once  // A dense layer's product with its gradients, for dense and for sparse inputs.

#include <cstdint>
#include <vector>

#include "assay/export.hpp"
#include "assay/linalg.hpp"
#include "assay/nn/block.hpp"
#include "assay/nn/sparse_batch.hpp"

namespace assay::nn {
inline namespace v1 {

/// A trainable matrix. Rows of the gradient that nothing was added to hold rubbish and mean zero: `touched` tells them
/// apart, so that sparse inputs neither clear nor read them.
struct Parameter {
  Parameter(std::int64_t rows, std::int64_t columns)
      : value(rows, columns), gradient(rows, columns), touched(static_cast<std::size_t>(rows), 0) {}
  Block value, gradient;
  std::vector<std::uint8_t> touched;
};

/// What goes into a layer: a dense or a sparse batch. A view; converts from both.
class Input {
 public:
  Input(ConstMatrix dense) : dense_(dense) {}
  Input(Matrix dense) : dense_(dense) {}
  Input(const SparseBatch& sparse) : sparse_(&sparse) {}
  [[nodiscard]] const SparseBatch* sparse() const noexcept { return sparse_; }
  [[nodiscard]] ConstMatrix dense() const noexcept { return dense_; }
  [[nodiscard]] std::int64_t rows() const noexcept { return sparse_ ? sparse_->rows() : dense_.rows; }
  [[nodiscard]] std::int64_t columns() const noexcept { return sparse_ ? sparse_->columns() : dense_.columns; }

 private:
  ConstMatrix dense_{nullptr, 0, 0, 0};
  const SparseBatch* sparse_ = nullptr;
};

/// y = x · W + b with W [inputs × outputs]. An input may be given in parts (a condition and data beside it): each
/// multiplies the rows of W from `first` on, as many as it has columns.
class ASSAY_EXPORT Linear {
 public:
  Linear(std::int64_t inputs, std::int64_t outputs) : weights(inputs, outputs), bias(1, outputs) {}
  [[nodiscard]] std::int64_t inputs() const noexcept { return weights.value.rows(); }
  [[nodiscard]] std::int64_t outputs() const noexcept { return weights.value.columns(); }

  /// out = x · W[first…], or out += that. Without the bias, which activate() adds.
  void multiply(Executor&, Input x, std::int64_t first, bool add, Matrix out) const;
  /// delta_x = delta · W[first … first + delta_x.columns)ᵀ.
  void multiply_back(Executor&, ConstMatrix delta, std::int64_t first, Matrix delta_x) const;
  void clear_gradient() noexcept;
  /// Adds xᵀ · delta to the gradient of W[first…].
  void add_weight_gradient(Executor&, Input x, std::int64_t first, ConstMatrix delta);
  /// Adds delta's column sums to the bias' gradient.
  void add_bias_gradient(Executor&, ConstMatrix delta);

  Parameter weights, bias;
};

}  // namespace v1
}  // namespace assay::nn
