// Losses: value and gradient in one pass, sums in fixed pieces.

#include "assay/nn/loss.hpp"

#include <algorithm>
#include <array>

#include "math.hpp"

namespace assay::nn {
inline namespace v1 {
namespace {

constexpr std::int64_t kPieces = 64, kStrip = 64;

/// Σ over rows of `row_loss(i)`, in double. At most kPieces pieces, cut by the number of rows alone.
template <class RowLoss>
double sum_rows(Executor& executor, std::int64_t rows, std::int64_t columns, RowLoss&& row_loss) {
  std::array<double, kPieces> partial{};
  const std::int64_t enough = std::max<std::int64_t>(1, (std::int64_t{1} << 14) / std::max<std::int64_t>(columns, 1));
  const std::int64_t grain = std::max(enough, (rows + kPieces - 1) / kPieces);
  for_ranges(executor, rows, grain, [&](std::int64_t first, std::int64_t last) {
    double sum = 0;
    for (std::int64_t i = first; i < last; ++i) sum += row_loss(i);
    partial[static_cast<std::size_t>(first / grain)] = sum;
  });
  double sum = 0;
  for (const double p : partial) sum += p;
  return sum;
}

/// Fills `gradient` and returns Σ loss; element(x, j, gradient&) gives the loss of one place.
template <class Element>
double strips(const float* x, std::int64_t columns, float* gradient, Element element) {
  double sum = 0;
  for (std::int64_t begin = 0; begin < columns; begin += kStrip) {
    std::array<float, kStrip> loss;
    const std::int64_t n = std::min(kStrip, columns - begin);
    for (std::int64_t j = 0; j < n; ++j) loss[static_cast<std::size_t>(j)] = element(x[begin + j], begin + j, gradient);
    for (std::int64_t j = 0; j < n; ++j) sum += static_cast<double>(loss[static_cast<std::size_t>(j)]);
  }
  return sum;
}

float bce_element(float z, float target, float scale, float& gradient) {
  gradient = scale * (detail::sigmoid(z) - target);
  return (z > 0 ? z : 0) - z * target + detail::log1p_exp_minus(z);
}

}  // namespace

double bce_with_logits(Executor& executor, ConstMatrix logits, ConstMatrix targets, float scale, Matrix gradient) {
  const double sum = sum_rows(executor, logits.rows, logits.columns, [&](std::int64_t i) {
    const float* t = targets.data + i * targets.stride;
    return strips(logits.data + i * logits.stride, logits.columns, gradient.data + i * gradient.stride,
                  [&](float z, std::int64_t j, float* g) { return bce_element(z, t[j], scale, g[j]); });
  });
  return static_cast<double>(scale) * sum;
}

double bce_with_logits(Executor& executor, ConstMatrix logits, float target, float scale, Matrix gradient) {
  const double sum = sum_rows(executor, logits.rows, logits.columns, [&](std::int64_t i) {
    return strips(logits.data + i * logits.stride, logits.columns, gradient.data + i * gradient.stride,
                  [&](float z, std::int64_t j, float* g) { return bce_element(z, target, scale, g[j]); });
  });
  return static_cast<double>(scale) * sum;
}

double squared_error(Executor& executor, ConstMatrix x, ConstMatrix targets, float scale, Matrix gradient) {
  const double sum = sum_rows(executor, x.rows, x.columns, [&](std::int64_t i) {
    const float* t = targets.data + i * targets.stride;
    return strips(x.data + i * x.stride, x.columns, gradient.data + i * gradient.stride,
                  [&](float v, std::int64_t j, float* g) {
                    const float difference = v - t[j];
                    g[j] = 2 * scale * difference;
                    return difference * difference;
                  });
  });
  return static_cast<double>(scale) * sum;
}

}  // namespace v1
}  // namespace assay::nn
