// Dense layers: products and gradients, by oneDNN for dense inputs and by own kernels for sparse ones.

#include "assay/nn/layer.hpp"

#include <algorithm>
#include <string>

#include "assay/errors.hpp"

#include "combine.hpp"

namespace assay::nn {
inline namespace v1 {
namespace {

void check(const char* what, std::int64_t first, std::int64_t columns, std::int64_t inputs) {
  if (first < 0 || first + columns > inputs)
    throw Error(std::string(what) + ": an input of " + std::to_string(columns) + " columns from " +
                std::to_string(first) + " on does not fit a layer of " + std::to_string(inputs) + " inputs.");
}

/// Entries worth a thread's wake-up: about 256 Ki multiplications a piece.
std::int64_t sparse_grain(std::int64_t rows, std::int64_t entries, std::int64_t columns) {
  const double work = static_cast<double>(entries) * static_cast<double>(columns) / static_cast<double>(rows);
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(262144 / std::max(work, 1.0)));
}

}  // namespace

void Linear::multiply(Executor& executor, Input x, std::int64_t first, bool add, Matrix out) const {
  check("Linear::multiply", first, x.columns(), inputs());
  const ConstMatrix w = weights.value.view(first, x.columns());
  if (!x.sparse()) return gemm(executor, false, false, 1, x.dense(), w, add ? 1.f : 0.f, out);
  const SparseBatch& batch = *x.sparse();
  if (batch.rows() == 0) return;
  for_ranges(executor, batch.rows(), sparse_grain(batch.rows(), batch.size(), w.columns),
             [&](std::int64_t begin, std::int64_t end) {
               for (std::int64_t r = begin; r < end; ++r) {
                 const auto entries = batch.row(r);
                 detail::combine_rows(w.data, w.stride, entries.index.data(), entries.value.data(),
                                      static_cast<std::int64_t>(entries.index.size()), add, out.data + r * out.stride,
                                      w.columns);
               }
             });
}

void Linear::multiply_back(Executor& executor, ConstMatrix delta, std::int64_t first, Matrix delta_x) const {
  check("Linear::multiply_back", first, delta_x.columns, inputs());
  gemm(executor, false, true, 1, delta, weights.value.view(first, delta_x.columns), 0, delta_x);
}

void Linear::clear_gradient() noexcept {
  std::fill(weights.touched.begin(), weights.touched.end(), std::uint8_t{0});
  bias.touched[0] = 0;
}

void Linear::add_weight_gradient(Executor& executor, Input x, std::int64_t first, ConstMatrix delta) {
  check("Linear::add_weight_gradient", first, x.columns(), inputs());
  const Matrix g = weights.gradient.view(first, x.columns());
  std::uint8_t* touched = weights.touched.data() + first;
  if (!x.sparse()) {
    const bool add = std::any_of(touched, touched + x.columns(), [](std::uint8_t t) { return t != 0; });
    for (std::int64_t i = 0; add && i < x.columns(); ++i)
      if (!touched[i]) std::fill_n(g.data + i * g.stride, g.columns, 0.f);
    std::fill_n(touched, x.columns(), std::uint8_t{1});
    return gemm(executor, true, false, 1, x.dense(), delta, add ? 1.f : 0.f, g);
  }
  const SparseBatch& batch = *x.sparse();
  const auto used = batch.used_columns();
  if (batch.size() > 0 && used.empty())
    throw Error("Linear::add_weight_gradient: the batch was gathered for forward passes only.");
  if (used.empty()) return;
  const auto rows = static_cast<std::int64_t>(used.size());
  for_ranges(executor, rows, sparse_grain(rows, batch.size(), g.columns), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const Index row = used[static_cast<std::size_t>(i)];
      const auto entries = batch.column(i);
      detail::combine_rows(delta.data, delta.stride, entries.index.data(), entries.value.data(),
                           static_cast<std::int64_t>(entries.index.size()), touched[row] != 0, g.data + row * g.stride,
                           g.columns);
      touched[row] = 1;
    }
  });
}

void Linear::add_bias_gradient(Executor& executor, ConstMatrix delta) {
  column_sums(executor, delta, bias.touched[0] != 0, bias.gradient.row(0).data());
  bias.touched[0] = 1;
}

}  // namespace v1
}  // namespace assay::nn
