// The least squares of a row: by Cholesky, by conjugate gradients, or a block of dimensions at a time.

#include "least_squares.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "assay/errors.hpp"
#include "assay/linalg.hpp"

namespace ials {
namespace {

using assay::Index;

constexpr std::int64_t kRows = 32;  // of a chunk

double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += double{a[k]} * double{b[k]};
  return sum;
}

/// out = Σ weight · row of x, over the row's entries.
void weighted_sum(assay::ConstMatrix x, std::span<const Index> rows, std::span<const float> weight,
                  std::span<float> out) {
  const std::int64_t offsets[] = {0, static_cast<std::int64_t>(rows.size())};
  const assay::Interactions one{
      1, static_cast<Index>(x.rows), offsets, rows.data(), weight.empty() ? nullptr : weight.data(), nullptr};
  sparse_times_dense(assay::serial_executor(), one, x, {out.data(), 1, x.columns, x.columns});
}

assay::ConstMatrix columns_of(assay::ConstMatrix x, std::int64_t first, std::int64_t count) {
  return {x.data + first, x.rows, count, x.stride};
}

}  // namespace

/// A thread's memory: the system, and vectors.
struct LeastSquares::Scratch {
  explicit Scratch(std::int64_t factors)
      : system(factors, factors),
        gram_w(static_cast<std::size_t>(factors)),
        residual(gram_w),
        direction(gram_w),
        image(gram_w) {}
  assay::FactorMatrix system;
  std::vector<float> gram_w, residual, direction, image;  // [factors]
  std::vector<float> weight, error, dots;                 // [entries of the row]; weight is empty where all are 1
  float ridge = 0;                                        // λ_w of the row
};

LeastSquares::LeastSquares(const Params& params, assay::Executor& executor, assay::ConstMatrix other)
    : params_(params),
      other_(other),
      gram_(other.columns, other.columns),
      every_(static_cast<std::size_t>(other.columns)) {
  std::iota(every_.begin(), every_.end(), 0);
  gemm(executor, true, false, static_cast<float>(params.alpha0), other, other, 0, gram_.view());
}

double LeastSquares::solve(assay::Run& run, const assay::Interactions& data, assay::FactorMatrix& rows) const {
  std::vector<double> values(static_cast<std::size_t>((rows.rows() + kRows - 1) / kRows));
  const auto d = static_cast<double>(other_.columns);
  const bool takes_minutes = d * d * (static_cast<double>(data.size()) + d / 3 * static_cast<double>(data.rows)) > 5e12;
  assay::for_ranges(run, rows.rows(), kRows, [&](std::int64_t begin, std::int64_t end) {
    if (takes_minutes && run.cancelled()) throw assay::Cancelled();
    Scratch scratch(other_.columns);
    for (std::int64_t i = begin; i < end; ++i)
      values[static_cast<std::size_t>(begin / kRows)] += solve_row(data[static_cast<Index>(i)], rows.row(i), scratch);
  });
  return std::accumulate(values.begin(), values.end(), 0.0);
}

void LeastSquares::fold_in(const assay::Row& profile, std::span<float> w) const {
  if (profile.columns.empty()) return;
  Scratch scratch(other_.columns);
  exact(profile, w, scratch);
}

double LeastSquares::solve_row(const assay::Row& row, std::span<float> w, Scratch& scratch) const {
  if (row.columns.empty()) {
    std::ranges::fill(w, 0.f);
    return 0;
  }
  if (params_.solver == "cg") return conjugate_gradients(row, w, scratch);
  if (params_.solver == "block" && params_.block < other_.columns) return blocks(row, w, scratch);
  return exact(row, w, scratch);
}

double LeastSquares::exact(const assay::Row& row, std::span<float> w, Scratch& scratch) const {
  const double weights = weigh(row, scratch);
  const assay::Matrix system = scratch.system.view();
  std::copy_n(gram_.view().data, gram_.rows() * gram_.stride(), system.data);
  const float shift = ridge(row);
  for (std::int64_t k = 0; k < system.rows; ++k) system.data[k * system.stride + k] += shift;
  add_gathered_gram(other_, row.columns, scratch.weight, system);
  weighted_sum(other_, row.columns, scratch.weight, w);
  std::ranges::copy(w, scratch.residual.begin());
  solve_spd(system, w);
  return weights - dot(scratch.residual, w);  // at the minimum: Σc − bᵀw
}

double LeastSquares::conjugate_gradients(const assay::Row& row, std::span<float> w, Scratch& s) const {
  double value = begin_at(row, w, s);
  weighted_sum(other_, row.columns, s.error, s.residual);
  for (std::size_t k = 0; k < w.size(); ++k) s.residual[k] -= s.gram_w[k] + s.ridge * w[k];
  s.direction = s.residual;
  double square = dot(s.residual, s.residual);
  for (int step = 0; step < params_.cg_steps && square > 1e-20; ++step) {
    gathered_dots(other_, row.columns, s.direction, s.dots);
    for (std::size_t k = 0; k < s.weight.size(); ++k) s.dots[k] *= s.weight[k];
    weighted_sum(other_, row.columns, s.dots, s.image);
    gram_times(s.direction, s.gram_w);
    for (std::size_t k = 0; k < w.size(); ++k) s.image[k] += s.gram_w[k] + s.ridge * s.direction[k];
    const double length = square / dot(s.direction, s.image);
    for (std::size_t k = 0; k < w.size(); ++k) {
      w[k] += static_cast<float>(length) * s.direction[k];
      s.residual[k] -= static_cast<float>(length) * s.image[k];
    }
    value -= length * square;
    const double next = dot(s.residual, s.residual), share = next / square;
    for (std::size_t k = 0; k < w.size(); ++k)
      s.direction[k] = s.residual[k] + static_cast<float>(share) * s.direction[k];
    square = next;
  }
  return value;
}

double LeastSquares::blocks(const assay::Row& row, std::span<float> w, Scratch& s) const {
  begin_at(row, w, s);
  for (std::int64_t first = 0; first < other_.columns; first += params_.block)
    block(row, w, first, std::min<std::int64_t>(params_.block, other_.columns - first), s);
  double value = dot(w, s.gram_w) + double{s.ridge} * dot(w, w);
  for (std::size_t k = 0; k < s.error.size(); ++k) {
    const double weight = s.weight.empty() ? 1 : s.weight[k];
    if (weight > 0) value += double{s.error[k]} * double{s.error[k]} / weight;
  }
  return value;
}

/// One Newton step in the dimensions [first, first + size): Rendle et al. 2021, eq. 12–14.
void LeastSquares::block(const assay::Row& row, std::span<float> w, std::int64_t first, std::int64_t size,
                         Scratch& s) const {
  const assay::ConstMatrix part = columns_of(other_, first, size);
  const assay::Matrix system{s.system.view().data, size, size, assay::padded_stride(size)};
  for (std::int64_t k = 0; k < size; ++k) {
    std::copy_n(gram_.row(first + k).data() + first, size, system.data + k * system.stride);
    system.data[k * system.stride + k] += s.ridge;
  }
  add_gathered_gram(part, row.columns, s.weight, system);
  const auto at = static_cast<std::size_t>(first), width = static_cast<std::size_t>(size);
  const std::span<float> step = std::span(s.direction).first(width), of_block = w.subspan(at, width);
  weighted_sum(part, row.columns, s.error, step);
  for (std::size_t k = 0; k < width; ++k) step[k] -= s.gram_w[at + k] + s.ridge * of_block[k];
  solve_spd(system, step);
  for (std::size_t k = 0; k < width; ++k) of_block[k] += step[k];
  gathered_dots(part, row.columns, step, s.dots);
  for (std::size_t k = 0; k < s.dots.size(); ++k) s.error[k] -= (s.weight.empty() ? 1 : s.weight[k]) * s.dots[k];
  weighted_sum(gram_.view(), std::span(every_).subspan(at, width), step, s.image);
  for (std::size_t k = 0; k < w.size(); ++k) s.gram_w[k] += s.image[k];
}

double LeastSquares::weigh(const assay::Row& row, Scratch& scratch) const {
  if (params_.confidence == "one") return static_cast<double>(row.columns.size());
  scratch.weight.resize(row.values.size());
  double sum = 0;
  for (std::size_t k = 0; k < row.values.size(); ++k) {
    const double value = row.values[k];
    scratch.weight[k] = static_cast<float>(params_.alpha * (params_.confidence == "log" ? std::log1p(value) : value));
    sum += scratch.weight[k];
  }
  return sum;
}

float LeastSquares::ridge(const assay::Row& row) const {
  const double frequency = static_cast<double>(row.columns.size()) + params_.alpha0 * static_cast<double>(other_.rows);
  return static_cast<float>(params_.lambda * std::pow(frequency, params_.nu));
}

double LeastSquares::begin_at(const assay::Row& row, std::span<const float> w, Scratch& s) const {
  weigh(row, s);
  s.ridge = ridge(row);
  s.dots.resize(row.columns.size());
  s.error.resize(row.columns.size());
  gathered_dots(other_, row.columns, w, s.dots);
  gram_times(w, s.gram_w);
  double value = dot(w, s.gram_w) + double{s.ridge} * dot(w, w);
  for (std::size_t k = 0; k < s.dots.size(); ++k) {
    const float weight = s.weight.empty() ? 1 : s.weight[k], error = 1 - s.dots[k];
    s.error[k] = weight * error;
    value += double{s.error[k]} * double{error};
  }
  return value;
}

void LeastSquares::gram_times(std::span<const float> x, std::span<float> out) const {
  gathered_dots(gram_.view(), every_, x, out);
}

std::int64_t LeastSquares::scratch_bytes(int factors, std::int64_t longest) {
  return assay::FactorMatrix::bytes(factors + 80, factors) + longest * 12;
}

}  // namespace ials
