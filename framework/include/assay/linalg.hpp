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

/// out [a.rows × out.columns] = columns [first_column, first_column + out.columns) of a · b, both sparse. Sums run in
/// the order of the entries of a's row.
ASSAY_EXPORT void sparse_times_sparse(Executor&, const Interactions& a, const Interactions& b, Index first_column,
                                      Matrix out);

/// The lower triangle (with the diagonal) of out [x.rows × x.rows] = x · xᵀ; the rest of `out` is left alone. Without
/// values the entries are exact counts; with values sums run in the order of the entries of x.
ASSAY_EXPORT void gram_lower(Executor&, const Interactions& x, const Interactions& x_transposed, Matrix out);

/// out [a.columns × a.rows] = aᵀ. They must not overlap.
ASSAY_EXPORT void transpose(Executor&, ConstMatrix a, Matrix out);

/// Copies the lower triangle of a square matrix into the upper one.
ASSAY_EXPORT void mirror_lower(Executor&, Matrix a);

/// Replaces the symmetric positive definite `a` [n × n] by its inverse. Reads the lower triangle, fills both. n³
/// operations; invert_spd_bytes(n) of memory beside it. The relative error is up to 1e-7 times the condition number;
/// where only products with the inverse are wanted, solve_spd gives them with less.
/// Throws Error where a pivot is not positive (the content of `a` is then void).
ASSAY_EXPORT void invert_spd(Executor&, Matrix a);
/// The same, telling run of its progress: of `total`, `before` to `after` is the inverse's.
ASSAY_EXPORT void invert_spd(Run&, Matrix a, std::int64_t before, std::int64_t after, std::int64_t total);
[[nodiscard]] ASSAY_EXPORT std::int64_t invert_spd_bytes(std::int64_t n);

// Small systems, for models that solve one for each user and each item. Serial: their callers have many at once.

/// The upper triangle (with the diagonal) of out [x.columns × x.columns] += Σ_k weight_k · x_k · x_kᵀ over the rows
/// rows[k] of x; no weights: each 1, none may be negative. What is below the diagonal is void. out's stride is at least
/// its columns rounded up to a multiple of 16 (see padded_stride): the padding is overwritten.
ASSAY_EXPORT void add_gathered_gram(ConstMatrix x, std::span<const Index> rows, std::span<const float> weight,
                                    Matrix out);

/// out[k] = row rows[k] of x, times y.
ASSAY_EXPORT void gathered_dots(ConstMatrix x, std::span<const Index> rows, std::span<const float> y,
                                std::span<float> out);

/// Replaces x by a⁻¹·x. `a` is symmetric positive definite; its upper triangle is read and becomes U of a = UᵀU, what
/// is below is void. Padding as in add_gathered_gram. Throws Error where a pivot is not positive.
ASSAY_EXPORT void solve_spd(Matrix a, std::span<float> x);

/// The same for many right sides, the rows of x [any × n].
ASSAY_EXPORT void solve_spd(Executor&, Matrix a, Matrix x);

struct Scored {
  Index index;
  float score;
};
/// The k best of `scores` in descending order, ties by smaller index, into `out` (k = out.size()); -inf is never taken.
/// Returns how many were found. NaN is passed over.
ASSAY_EXPORT std::int64_t top_k(std::span<const float> scores, std::span<Scored> out);

/// Bytes that this process may still take: what the machine has free without swapping, and what is left of the
/// process's own limits (address space, control group). For a model that must refuse, before it trains, what cannot
/// fit.
[[nodiscard]] ASSAY_EXPORT std::int64_t available_memory();

}  // namespace assay
