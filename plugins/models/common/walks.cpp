// Random walks of three steps: W row by row, by the search for neighbours that the neighbourhood models use.

#include "walks.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "assay/neighbours.hpp"

namespace walks {
namespace {

using assay::Interactions;
using assay::SparseMatrix;

/// Walks follow positive weights only: others count 0.
double weight(const Interactions& x, std::int64_t entry) {
  return x.value ? std::max(0.0, static_cast<double>(x.value[entry])) : 1;
}

/// (Σ_c x_rc)^−α of every row r; 0 where there is nothing.
std::vector<double> scale_of_rows(const Interactions& x, double alpha) {
  std::vector<double> scale;
  for (std::size_t r = 0; r < static_cast<std::size_t>(x.rows); ++r) {
    double sum = 0;
    for (auto e = x.offsets[r]; e < x.offsets[r + 1]; ++e) sum += weight(x, e);
    scale.push_back(sum > 0 ? std::pow(sum, -alpha) : 0);
  }
  return scale;
}

/// How many edges each row has.
std::vector<double> degrees_of_rows(const Interactions& x) {
  std::vector<double> degrees;
  for (std::size_t r = 0; r < static_cast<std::size_t>(x.rows); ++r) {
    double edges = 0;
    for (auto e = x.offsets[r]; e < x.offsets[r + 1]; ++e) edges += weight(x, e) > 0;
    degrees.push_back(edges);
  }
  return degrees;
}

/// x_rc^α · scale[c]: an entry of P^α but for the row's own factor.
SparseMatrix weighed(const Interactions& x, double alpha, const std::vector<double>& scale) {
  SparseMatrix out(x);
  out.value.resize(out.column.size());
  const std::int64_t first = x.offsets.front();
  for (std::size_t e = 0; e < out.column.size(); ++e) {
    const double w = weight(x, first + static_cast<std::int64_t>(e));
    const double factor = scale.empty() ? 1 : scale[static_cast<std::size_t>(out.column[e])];
    out.value[e] = w > 0 ? static_cast<float>(std::pow(w, alpha) * factor) : 0;
  }
  return out;
}

void multiply_rows(SparseMatrix& w, const std::vector<double>& factor) {
  for (std::size_t i = 0; i < factor.size(); ++i)
    for (auto e = static_cast<std::size_t>(w.offsets[i]); e < static_cast<std::size_t>(w.offsets[i + 1]); ++e)
      w.value[e] = static_cast<float>(factor[i] * w.value[e]);
}

}  // namespace

/// The steps' weights; the matrix of lists, a copy of half of it while it grows, and the lists of some rows; sums and
/// touched rows of each thread.
assay::Need Model::need(const assay::TaskShape& task) const {
  const std::int64_t k = std::min<std::int64_t>(settings_.neighbours, task.items), pair = sizeof(assay::Scored);
  const std::int64_t entries = std::min(task.items * k, task.pairs);
  return {.memory = (entries * 3 / 2 + assay::rows_at_once(task.items, k) * k) * pair +
                    task.interactions * (settings_.use_values ? 16 : 8) + task.items * (64 + 16 * task.threads) +
                    task.users * 16,
          .saved = entries * pair + task.items * 8};
}

void Model::fit(const assay::TrainingData& data, assay::Run& run) {
  const Interactions by_item = counted(data.by_item), by_user = counted(data.by_user);
  // The factor of item i, (Σ_v x_vi)^−α, is the same for its whole row and is left for the end: sums keep their digits.
  const SparseMatrix first_steps = weighed(by_item, settings_.alpha, scale_of_rows(by_user, settings_.alpha));
  const SparseMatrix last_steps = settings_.use_values ? weighed(by_user, settings_.alpha, {}) : SparseMatrix();
  const std::vector<double> degrees = degrees_of_rows(by_item);
  steps_ = nearest_of_each(run, first_steps.view(), settings_.use_values ? last_steps.view() : by_user, degrees,
                           assay::Similarity{.product = 1, .p = 0, .q = settings_.beta}, settings_.neighbours);
  if (settings_.normalise)
    steps_.normalise_rows();
  else
    multiply_rows(steps_, scale_of_rows(by_item, settings_.alpha));
}

void Model::score(const assay::Profiles& profiles, assay::Scores out) const {
  const assay::Matrix to{out.data, out.users, out.items, out.stride};
  const Interactions known = counted(profiles.known);
  if (known.value == nullptr)
    return sparse_times_sparse(assay::serial_executor(), known, steps_.view(), out.first_item, to);
  sparse_times_sparse(assay::serial_executor(), weighed(known, 1, {}).view(), steps_.view(), out.first_item, to);
}

Interactions Model::counted(const Interactions& x) const { return settings_.use_values ? x : pattern_of(x); }

}  // namespace walks
