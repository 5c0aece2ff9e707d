#pragma once  // One half of an epoch: the nonnegative least squares of each row, while the other side stands still.

#include <cstdint>
#include <span>
#include <vector>

#include "assay/factors.hpp"
#include "assay/interactions.hpp"
#include "assay/run.hpp"

#include "params.hpp"

namespace nmf {

/// For a row x of the data and the other side's factors H, steps towards the w ≥ 0 that minimizes
///
///   ½ |x − H w|²  +  l1 Σ_k w_k  +  ½ l2 |w|²
///
/// Only HᵀH and Hᵀx are needed, and x is sparse: nothing of the size of the data is ever dense. Threads may share it.
class Nonnegative {
 public:
  /// Sums up HᵀH. `other` is kept as a view.
  Nonnegative(const Params& params, assay::Executor& executor, assay::ConstMatrix other);

  /// Updates `rows`, which belong to the rows of `data`. Returns Σ over rows of wᵀHᵀx, at the new w. Throws Cancelled
  /// where it takes minutes.
  double update(assay::Run& run, const assay::Interactions& data, assay::FactorMatrix& rows) const;

  /// The minimum for one profile, from w = 0, by coordinate descent.
  void fold_in(const assay::Interactions& profile, std::span<float> w) const;

  /// HᵀH.
  [[nodiscard]] const assay::FactorMatrix& gram() const { return gram_; }

 private:
  /// Hsieh, Dhillon, KDD 2011, eq. 7 (Cichocki, Phan 2009, eq. 41), k in turn. `gradient` is kept up. Returns the
  /// largest change of a factor.
  float descend(std::span<float> w, std::span<float> gradient) const;
  /// Lee, Seung, NIPS 2000, eq. 4.
  void multiply(std::span<float> w, std::span<const float> products, std::span<float> image) const;
  /// gradient = HᵀH w − products + l1 + l2 w.
  void gradient_at(std::span<const float> w, std::span<const float> products, std::span<float> gradient) const;

  const Params& params_;
  assay::ConstMatrix other_;
  assay::FactorMatrix gram_;
  std::vector<assay::Index> every_;  // 0 … factors − 1
};

}  // namespace nmf
