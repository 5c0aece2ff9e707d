#pragma once  // Draws from a discrete distribution in constant time.

#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "assay/random.hpp"

namespace assay::shop {

/// Walker's alias method in Vose's form (IEEE Trans. Softw. Eng. 17(9), 1991). Weights are finite and not negative, one
/// at least is positive; outcomes of weight 0 are never drawn.
class AliasTable {
 public:
  explicit AliasTable(std::span<const double> weights) : cut_(weights.size()), other_(weights.size()) {
    const double scale = static_cast<double>(weights.size()) / std::accumulate(weights.begin(), weights.end(), 0.0);
    std::vector<std::uint32_t> small, large;
    for (std::uint32_t i = 0; i < weights.size(); ++i) {
      cut_[i] = weights[i] * scale;
      other_[i] = i;
      (cut_[i] < 1 ? small : large).push_back(i);
    }
    while (!small.empty() && !large.empty()) {
      const std::uint32_t s = small.back(), l = large.back();
      small.pop_back();
      other_[s] = l;
      cut_[l] -= 1 - cut_[s];
      if (cut_[l] >= 1) continue;
      large.pop_back();
      small.push_back(l);
    }
    for (const auto rest : large) cut_[rest] = 1;  // rounding left them a little above or below 1
    for (const auto rest : small)
      if (weights[rest] > 0) cut_[rest] = 1;
  }
  [[nodiscard]] std::uint32_t draw(Random& random) const noexcept {
    const double at = random.uniform() * static_cast<double>(cut_.size());
    const auto i = static_cast<std::uint32_t>(at);
    return at - i < cut_[i] ? i : other_[i];
  }

 private:
  std::vector<double> cut_;
  std::vector<std::uint32_t> other_;
};

}  // namespace assay::shop
