// Coordinate descent and multiplicative updates of one row.

#include "nonnegative.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "assay/linalg.hpp"

namespace nmf {
namespace {

using assay::FactorMatrix;
using assay::Index;

constexpr std::int64_t kRows = 64;     // of a chunk
constexpr float kNegligible = 1e-20f;  // multiplicative updates approach zero for ever: smaller factors are zero
constexpr int kMostSweeps = 1000;      // of a fold-in
constexpr float kConverged = 1e-6f;    // its last change, relative to the largest factor

assay::Interactions part_of(const assay::Interactions& x, std::int64_t begin, std::int64_t end) {
  assay::Interactions part = x;
  part.rows = static_cast<Index>(end - begin);
  part.offsets = x.offsets.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin) + 1);
  return part;
}

}  // namespace

Nonnegative::Nonnegative(const Params& params, assay::Executor& executor, assay::ConstMatrix other)
    : params_(params),
      other_(other),
      gram_(other.columns, other.columns),
      every_(static_cast<std::size_t>(other.columns)) {
  std::iota(every_.begin(), every_.end(), 0);
  gemm(executor, true, false, 1, other, other, 0, gram_.view());
}

double Nonnegative::update(assay::Run& run, const assay::Interactions& data, FactorMatrix& rows) const {
  std::vector<double> sums(static_cast<std::size_t>((rows.rows() + kRows - 1) / kRows));
  const auto d = static_cast<double>(other_.columns);
  const bool takes_minutes =
      d * (static_cast<double>(data.size()) + d * params_.sweeps * static_cast<double>(data.rows)) > 5e11;
  assay::for_ranges(run, rows.rows(), kRows, [&](std::int64_t begin, std::int64_t end) {
    if (takes_minutes && run.cancelled()) throw assay::Cancelled();
    FactorMatrix products(end - begin, other_.columns);
    sparse_times_dense(assay::serial_executor(), part_of(data, begin, end), other_, products.view());
    std::vector<float> scratch(static_cast<std::size_t>(other_.columns));
    double& sum = sums[static_cast<std::size_t>(begin / kRows)];
    for (std::int64_t i = begin; i < end; ++i) {
      const std::span<float> w = rows.row(i);
      const std::span<const float> of_row = products.row(i - begin);
      if (params_.solver == "cd") gradient_at(w, of_row, scratch);
      for (int sweep = 0; sweep < params_.sweeps; ++sweep)
        if (params_.solver == "cd")
          descend(w, scratch);
        else
          multiply(w, of_row, scratch);
      for (std::size_t k = 0; k < w.size(); ++k) sum += double{w[k]} * double{of_row[k]};
    }
  });
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

void Nonnegative::fold_in(const assay::Interactions& profile, std::span<float> w) const {
  std::vector<float> products(w.size()), gradient(w.size());
  sparse_times_dense(assay::serial_executor(), profile, other_, {products.data(), 1, other_.columns, other_.columns});
  gradient_at(w, products, gradient);
  for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
    const float change = descend(w, gradient);
    if (change <= kConverged * *std::ranges::max_element(w)) break;
  }
}

float Nonnegative::descend(std::span<float> w, std::span<float> gradient) const {
  float largest = 0;
  for (std::size_t k = 0; k < w.size(); ++k) {
    const float* column = gram_.row(static_cast<std::int64_t>(k)).data();
    const auto curvature = column[k] + static_cast<float>(params_.l2);
    if (!(curvature > 0)) {  // nobody on the other side has this factor
      w[k] = 0;
      continue;
    }
    const float next = std::max(0.f, w[k] - gradient[k] / curvature), change = next - w[k];
    if (change == 0) continue;
    w[k] = next;
    largest = std::max(largest, std::abs(change));
    for (std::size_t j = 0; j < w.size(); ++j) gradient[j] += change * column[j];
    gradient[k] += change * static_cast<float>(params_.l2);
  }
  return largest;
}

void Nonnegative::multiply(std::span<float> w, std::span<const float> products, std::span<float> image) const {
  gathered_dots(gram_.view(), every_, w, image);
  for (std::size_t k = 0; k < w.size(); ++k) {
    const float below = image[k] + static_cast<float>(params_.l1) + static_cast<float>(params_.l2) * w[k];
    const float next = below > 0 ? w[k] * products[k] / below : 0;
    w[k] = next > kNegligible ? next : 0;
  }
}

void Nonnegative::gradient_at(std::span<const float> w, std::span<const float> products,
                              std::span<float> gradient) const {
  gathered_dots(gram_.view(), every_, w, gradient);
  for (std::size_t k = 0; k < w.size(); ++k)
    gradient[k] += static_cast<float>(params_.l1) + static_cast<float>(params_.l2) * w[k] - products[k];
}

}  // namespace nmf
