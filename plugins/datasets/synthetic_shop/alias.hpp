#pragma once  // Draws from a discrete distribution in constant time.

#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "assay/random.hpp"

namespace assay::shop {

/// Walker's alias method in Vose's form (IEEE Trans. Softw. Eng. 17(9), 1991). Weights are finite and not negative, one
/// at least is positive; outcomes of weight 0 are never drawn. A draw touches one cache line.
class AliasTable {
 public:
  /// Outcome i has weights[i]; it is called outcomes[i], or i where that is empty.
  explicit AliasTable(std::span<const double> weights, std::span<const std::uint32_t> outcomes = {})
      : slots_(weights.size()) {
    const double scale = static_cast<double>(weights.size()) / std::accumulate(weights.begin(), weights.end(), 0.0);
    std::vector<std::uint32_t> small, large;
    for (std::uint32_t i = 0; i < weights.size(); ++i) {
      slots_[i] = {weights[i] * scale, i, i};
      (slots_[i].cut < 1 ? small : large).push_back(i);
    }
    while (!small.empty() && !large.empty()) {
      const std::uint32_t s = small.back(), l = large.back();
      small.pop_back();
      slots_[s].other = l;
      slots_[l].cut -= 1 - slots_[s].cut;
      if (slots_[l].cut >= 1) continue;
      large.pop_back();
      small.push_back(l);
    }
    for (const auto rest : large) slots_[rest].cut = 1;  // rounding left them a little above or below 1
    for (const auto rest : small)
      if (weights[rest] > 0) slots_[rest].cut = 1;
    if (outcomes.empty()) return;
    for (Slot& slot : slots_) slot = {slot.cut, outcomes[slot.own], outcomes[slot.other]};
  }
  [[nodiscard]] std::uint32_t draw(Random& random) const noexcept {
    const double at = random.uniform() * static_cast<double>(slots_.size());
    const Slot& slot = slots_[static_cast<std::size_t>(at)];
    return at - std::floor(at) < slot.cut ? slot.own : slot.other;
  }

 private:
  struct Slot {
    double cut;
    std::uint32_t own, other;
  };
  std::vector<Slot> slots_;
};

}  // namespace assay::shop
