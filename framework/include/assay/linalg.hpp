#pragma once  // Dense and sparse kernels for models. fp32, row-major. All give the same bits at any number of threads.

#include <cstdint>
#include <span>

#include "assay/export.hpp"
#include "assay/interactions.hpp"
#include "assay/run.hpp"

namespace assay {

/// A dense row-major view: element (i, j) is data[i * stride + j].
struct ConstMatrix {
  const float* data;
  std::int64_t rows, columns, stride;
};
struct Matrix {
  float* data;
  std::int64_t rows, columns, stride;
  operator ConstMatrix() const { return {data, rows, columns, stride}; }
};

/// The leading dimension to use for rows of `columns` floats: a multiple of 16, never of 256 (padding by 16 floats
/// keeps power-of-two strides from sharing cache sets).
[[nodiscard]] ASSAY_EXPORT std::int64_t padded_stride(std::int64_t columns) noexcept;

/// c = alpha · op(a) · op(b) + beta · c, op(x) = xᵀ where the flag says so. Fixed blocks by shape, one serial GEMM
/// each.
ASSAY_EXPORT void gemm(Executor&, bool transpose_a, bool transpose_b, float alpha, ConstMatrix a, ConstMatrix b,
                       float beta, Matrix c);

// Sparse arguments: where `value` is null, every entry counts 1 (see pattern_of).

/// The same matrix with 1 in every entry.
[[nodiscard]] inline Interactions pattern_of(Interactions x) {
  x.value = nullptr;
  return x;
}

/// out [a.rows × b.columns] = a · b, a sparse. Sums run in the order of a row's entries: an element's bits depend on
/// its row of a and its column of b alone.
ASSAY_EXPORT void sparse_times_dense(Executor&, const Interactions& a, ConstMatrix b, Matrix out);

/// Replaces the symmetric positive definite `a` [n × n] by its inverse (both triangles filled). Throws Error where a
/// pivot is not positive. fp32 Cholesky (potrf + potri), one matrix of memory.
ASSAY_EXPORT void invert_spd(Executor&, Matrix a);

struct Scored {
  Index index;
  float score;
};
/// The k best of `scores` in descending order, ties by smaller index, into `out` (k = out.size()); -inf is never taken.
/// Returns how many were found. NaN is passed over.
ASSAY_EXPORT std::int64_t top_k(std::span<const float> scores, std::span<Scored> out);

}  // namespace assay
