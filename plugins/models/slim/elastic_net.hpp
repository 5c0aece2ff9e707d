// The elastic net of one item on all others, by coordinate descent on working sets.
#pragma once
#include <span>
#include <vector>

#include "assay/linalg.hpp"
#include "assay/run.hpp"

#include "gram_rows.hpp"

namespace slim {

/// min_w  ½‖x_j − X w‖² + ½ l2 ‖w‖² + l1 ‖w‖₁,  w_j = 0, and w ≥ 0 where `positive` (Ning and Karypis 2011, eq. 4).
struct Problem {
  double l1, l2;
  bool positive;
  /// Done when no coordinate's optimality condition is violated by more than tolerance · ‖x_j‖².
  double tolerance;
  int iterations;  ///< most sweeps over a working set
  static constexpr int kLargestSet = 2048;
  int largest_set = kLargestSet;  ///< coordinates whose part of the Gram matrix is copied: 16 MiB
};

/// Solves one item after the other; all it holds is scratch. One a thread.
///
/// A coordinate i obeys its optimality condition (KKT) where, with r = XᵀX's row j − XᵀX·w,
///   w_i ≠ 0:  r_i − l2·w_i = l1·sign(w_i);    w_i = 0:  |r_i| ≤ l1, or r_i ≤ l1 where w ≥ 0.
/// Rounds: the worst coordinates and those with a weight form the working set; the problem is solved on it, the others
/// being fixed, with the part of the Gram matrix that belongs to it; then r is brought up to date for all coordinates.
/// Where thousands have a weight (a small l1 without `positive`), rounds sweep over them all without such a copy.
class ElasticNet {
 public:
  struct Result {
    std::vector<assay::Scored> weights;  ///< those that are not 0, in no order; valid until the next solve()
    bool converged = true;
  };
  /// Throws Cancelled between two rounds, and between two sweeps over all coordinates.
  const Result& solve(const GramRows& gram, const Problem& problem, Index item, const assay::Run& run);

 private:
  struct Violation {
    Index coordinate;
    double amount, gain;  ///< by how much the condition is violated; what a step would gain
  };

  void begin(const GramRows& gram, Index item);
  void look_for_violations(const GramRows& gram, const Problem& problem, Index item);
  bool choose_working_set(std::size_t largest);
  void gather(const GramRows& gram);
  int descend(const Problem& problem, double tolerance, int sweeps);
  void apply(const GramRows& gram);
  int descend_in_place(const GramRows& gram, const Problem& problem, double tolerance, int sweeps,
                       const assay::Run& run);
  void add_row(const GramRow& row, double factor);
  void finish();

  std::vector<double> residual_;   // r, of all items
  std::vector<float> weight_;      // w, of all items
  std::vector<Index> place_;       // of an item in the working set, or -1
  std::vector<char> met_;          // whether an item is in candidates_
  std::vector<Index> candidates_;  // items whose r was ever not 0
  bool all_met_ = false;           // candidates_ are all items
  std::vector<Violation> violations_;
  double worst_ = 0;
  std::vector<Index> set_;  // the working set
  std::int64_t stride_ = 0;
  std::vector<float> local_, gradient_, current_, diagonal_;  // Gram matrix, r, w and diagonal of the working set
  GramScratch scratch_;
  Result result_;
};

}  // namespace slim
