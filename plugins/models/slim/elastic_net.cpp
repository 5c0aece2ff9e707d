// Coordinate descent with covariance updates (Friedman, Hastie, Tibshirani, "Regularization paths for generalized
// linear models via coordinate descent", JSS 2010, §2.2) on working sets that grow by doubling.

#include "elastic_net.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "assay/errors.hpp"

namespace slim {
namespace {

constexpr std::size_t kFirst = 32;  // coordinates that the first working set has
constexpr int kInPlace = 8;         // sweeps without a working set between two looks at all coordinates

/// argmin_w ½·curvature·w² − slope·w + l1·|w|.
double minimizer(double slope, double l1, double curvature, bool positive) {
  if (slope > l1) return (slope - l1) / curvature;
  if (!positive && slope < -l1) return (slope + l1) / curvature;
  return 0;
}

}  // namespace

const ElasticNet::Result& ElasticNet::solve(const GramRows& gram, const Problem& problem, Index item,
                                            const assay::Run& run) {
  begin(gram, item);
  const double allowed = problem.tolerance * double{gram.diagonal(item)};
  int sweeps = problem.iterations;
  while (true) {
    if (run.cancelled()) throw assay::Cancelled();
    look_for_violations(gram, problem, item);
    result_.converged = worst_ <= allowed;
    if (result_.converged || sweeps <= 0) break;
    // While many coordinates are still far from their conditions there is no use in being exact on a few.
    const double enough = std::max(0.3 * allowed, 0.1 * worst_);
    if (!choose_working_set(static_cast<std::size_t>(problem.largest_set))) {
      sweeps -= descend_in_place(gram, problem, enough, std::min(sweeps, kInPlace), run);
      continue;
    }
    gather(gram);
    sweeps -= descend(problem, enough, sweeps);
    apply(gram);
  }
  finish();
  return result_;
}

void ElasticNet::begin(const GramRows& gram, Index item) {
  const auto items = static_cast<std::size_t>(gram.items());
  residual_.resize(items);
  weight_.resize(items);
  place_.resize(items, -1);
  met_.resize(items);
  add_row(gram.row(item, scratch_), 1);
}

/// r += factor · row.
void ElasticNet::add_row(const GramRow& row, double factor) {
  double* r = residual_.data();
  if (row.whole) {
    for (std::int64_t i = 0; i < row.size; ++i) r[i] += factor * double{row.value[i]};
    if (all_met_) return;
    all_met_ = true;
    candidates_.resize(residual_.size());
    std::iota(candidates_.begin(), candidates_.end(), 0);
    return;
  }
  for (std::int64_t e = 0; e < row.size; ++e) r[row.column[e]] += factor * double{row.value[e]};
  if (all_met_) return;
  for (std::int64_t e = 0; e < row.size; ++e) {
    char& met = met_[static_cast<std::size_t>(row.column[e])];
    if (!met) candidates_.push_back(row.column[e]);
    met = 1;
  }
}

void ElasticNet::look_for_violations(const GramRows& gram, const Problem& problem, Index item) {
  violations_.clear();
  worst_ = 0;
  for (const Index i : candidates_) {
    const auto at = static_cast<std::size_t>(i);
    const double w = double{weight_[at]}, slope = residual_[at] - problem.l2 * w;
    double amount = 0;
    if (w != 0)
      amount = std::abs(slope - std::copysign(problem.l1, w));
    else
      amount = (problem.positive ? slope : std::abs(slope)) - problem.l1;
    if (i == item || (w == 0 && !(amount > 0))) continue;
    worst_ = std::max(worst_, amount);
    violations_.push_back({i, amount, w != 0 ? INFINITY : amount * amount / (double{gram.diagonal(i)} + problem.l2)});
  }
}

/// All coordinates with a weight and as many others, the most gainful. False where those with a weight are too many.
bool ElasticNet::choose_working_set(std::size_t largest) {
  const auto weighted = static_cast<std::size_t>(
      std::ranges::count_if(violations_, [](const Violation& v) { return v.gain == INFINITY; }));
  if (weighted > largest / 4 * 3) return false;
  const std::size_t size = std::min({weighted + std::max(kFirst, weighted), largest, violations_.size()});
  const auto better = [](const Violation& a, const Violation& b) {
    return a.gain != b.gain ? a.gain > b.gain : a.coordinate < b.coordinate;
  };
  std::ranges::nth_element(violations_, violations_.begin() + static_cast<std::ptrdiff_t>(size), better);
  violations_.resize(size);
  std::ranges::sort(violations_, better);
  set_.clear();
  for (const Violation& v : violations_) set_.push_back(v.coordinate);
  return true;
}

void ElasticNet::gather(const GramRows& gram) {
  const std::size_t n = set_.size();
  stride_ = static_cast<std::int64_t>((n + 15) / 16 * 16);
  const auto stride = static_cast<std::size_t>(stride_);
  local_.assign(n * stride, 0);
  gradient_.assign(stride, 0);
  current_.assign(stride, 0);
  diagonal_.assign(stride, 0);
  for (std::size_t p = 0; p < n; ++p) place_[static_cast<std::size_t>(set_[p])] = static_cast<Index>(p);
  for (std::size_t p = 0; p < n; ++p) {
    const auto i = static_cast<std::size_t>(set_[p]);
    gradient_[p] = static_cast<float>(residual_[i]);
    current_[p] = weight_[i];
    diagonal_[p] = gram.diagonal(set_[p]);
    float* to = local_.data() + p * stride;
    const GramRow row = gram.row(set_[p], scratch_);
    if (row.whole) {
      for (std::size_t q = 0; q < n; ++q) to[q] = row.value[set_[q]];
    } else {
      for (std::int64_t e = 0; e < row.size; ++e)
        if (const Index q = place_[static_cast<std::size_t>(row.column[e])]; q >= 0) to[q] = row.value[e];
    }
  }
  for (const Index i : set_) place_[static_cast<std::size_t>(i)] = -1;
}

/// Sweeps over the working set until no step is worth more than the tolerance. Returns how many.
int ElasticNet::descend(const Problem& problem, double tolerance, int sweeps) {
  const auto n = static_cast<std::int64_t>(set_.size());
  float* gradient = gradient_.data();
  for (int sweep = 1; sweep <= sweeps; ++sweep) {
    double largest = 0;
    for (std::int64_t p = 0; p < n; ++p) {
      const auto at = static_cast<std::size_t>(p);
      const double curvature = double{diagonal_[at]} + problem.l2;
      const double slope = double{gradient[p]} + double{diagonal_[at]} * double{current_[at]};
      const auto w = static_cast<float>(minimizer(slope, problem.l1, curvature, problem.positive));
      const float step = w - current_[at];
      if (step == 0) continue;
      largest = std::max(largest, std::abs(double{step}) * curvature);
      current_[at] = w;
      const float* row = local_.data() + p * stride_;
      for (std::int64_t q = 0; q < stride_; ++q) gradient[q] -= step * row[q];
    }
    if (largest <= tolerance) return sweep;
  }
  return sweeps;
}

/// The same over all coordinates that have a weight or should have one, r kept up to date for all items by each step.
int ElasticNet::descend_in_place(const GramRows& gram, const Problem& problem, double tolerance, int sweeps,
                                 const assay::Run& run) {
  for (int sweep = 1; sweep <= sweeps; ++sweep) {
    if (run.cancelled()) throw assay::Cancelled();
    double largest = 0;
    for (const Violation& v : violations_) {
      const auto at = static_cast<std::size_t>(v.coordinate);
      const double diagonal = double{gram.diagonal(v.coordinate)}, curvature = diagonal + problem.l2;
      const double slope = residual_[at] + diagonal * double{weight_[at]};
      const auto w = static_cast<float>(minimizer(slope, problem.l1, curvature, problem.positive));
      const double step = double{w} - double{weight_[at]};
      if (step == 0) continue;
      largest = std::max(largest, std::abs(step) * curvature);
      weight_[at] = w;
      add_row(gram.row(v.coordinate, scratch_), -step);
    }
    if (largest <= tolerance) return sweep;
  }
  return sweeps;
}

/// Brings r up to date with the new weights of the working set.
void ElasticNet::apply(const GramRows& gram) {
  for (std::size_t p = 0; p < set_.size(); ++p) {
    float& old = weight_[static_cast<std::size_t>(set_[p])];
    if (old == current_[p]) continue;
    add_row(gram.row(set_[p], scratch_), double{old} - double{current_[p]});
    old = current_[p];
  }
}

/// The result, and all scratch as it was.
void ElasticNet::finish() {
  result_.weights.clear();
  for (const Index i : candidates_) {
    const auto at = static_cast<std::size_t>(i);
    if (weight_[at] != 0) result_.weights.push_back({i, weight_[at]});
    residual_[at] = 0;
    weight_[at] = 0;
    met_[at] = 0;
  }
  candidates_.clear();
  all_met_ = false;
}

}  // namespace slim
