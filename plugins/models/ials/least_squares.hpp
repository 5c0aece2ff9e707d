#pragma once  // One half of an epoch: the least squares of each row of one side, while the other side stands still.

#include <span>
#include <vector>

#include "assay/factors.hpp"
#include "assay/interactions.hpp"
#include "assay/run.hpp"

#include "params.hpp"

namespace ials {

/// For a row with interactions S, the other side's factors h and weights c, the w that minimizes
///
///   Σ_{i∈S} c_i (w·h_i − 1)²  +  α₀ Σ_i (w·h_i)²  +  λ (|S| + α₀·n)^ν |w|²        (n rows on the other side)
///
/// that is (Σ c h hᵀ + α₀ HᵀH + λ_w I) w = Σ c h (Rendle et al. 2022, eq. 3–5 and section 4). Threads may share it.
class LeastSquares {
 public:
  /// Sums up α₀·HᵀH. `other` is kept as a view.
  LeastSquares(const Params& params, assay::Executor& executor, assay::ConstMatrix other);

  /// Replaces `rows` by the solutions for the rows of `data`, from where they are (solvers cg and block). Returns the
  /// minimum's value, summed over all rows. Throws Cancelled in the middle where that is minutes away from the end.
  double solve(assay::Run& run, const assay::Interactions& data, assay::FactorMatrix& rows) const;

  /// The exact solution for one profile; w is zeros where it comes.
  void fold_in(const assay::Row& profile, std::span<float> w) const;

  /// Bytes that a thread takes for a row of at most `longest` entries.
  [[nodiscard]] static std::int64_t scratch_bytes(int factors, std::int64_t longest);

 private:
  struct Scratch;
  double solve_row(const assay::Row& row, std::span<float> w, Scratch& scratch) const;
  double exact(const assay::Row& row, std::span<float> w, Scratch& scratch) const;
  double conjugate_gradients(const assay::Row& row, std::span<float> w, Scratch& scratch) const;
  double blocks(const assay::Row& row, std::span<float> w, Scratch& scratch) const;
  void block(const assay::Row& row, std::span<float> w, std::int64_t first, std::int64_t size, Scratch& scratch) const;

  /// The weights of the row's entries into scratch; returns their sum.
  double weigh(const assay::Row& row, Scratch& scratch) const;
  [[nodiscard]] float ridge(const assay::Row& row) const;
  /// Residuals, value at w, and −½ of the gradient (or what of it lies in scratch) there.
  double begin_at(const assay::Row& row, std::span<const float> w, Scratch& scratch) const;
  void gram_times(std::span<const float> x, std::span<float> out) const;

  const Params& params_;
  assay::ConstMatrix other_;
  assay::FactorMatrix gram_;         // α₀·HᵀH, both triangles
  std::vector<assay::Index> every_;  // 0 … d − 1
};

}  // namespace ials
