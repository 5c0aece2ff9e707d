#pragma once  // The k best of a stream of scores: a threshold scan with SIMD, and a small buffer.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "assay/interactions.hpp"

#ifdef __AVX__
#include <immintrin.h>
#endif

namespace assay {

inline constexpr std::size_t kLanes = 32;
/// Bit b is set where scores[b] is above the threshold, or NaN.
#ifdef __AVX__
[[nodiscard]] inline std::uint32_t above(const float* scores, float threshold) {
  const __m256 limit = _mm256_set1_ps(threshold);
  const auto eight = [&](int first) {
    return static_cast<std::uint32_t>(
               _mm256_movemask_ps(_mm256_cmp_ps(_mm256_loadu_ps(scores + first), limit, _CMP_NLE_UQ)))
           << first;
  };
  return eight(0) | eight(8) | eight(16) | eight(24);
}
#else
[[nodiscard]] inline std::uint32_t above(const float* scores, float threshold) {
  std::uint32_t mask = 0;
  for (std::size_t b = 0; b < kLanes; ++b) mask |= static_cast<std::uint32_t>(!(scores[b] <= threshold)) << b;
  return mask;
}
#endif

/// Collects the k best of scores that are shown in ascending order of item; ties go to the smaller item. Every score
/// above the current k-th best is appended to a buffer; when it is full, the k best stay. One object serves one user
/// at a time and keeps its memory.
class Selection {
 public:
  void begin(std::size_t k) {
    k_ = k;
    size_ = 0;
    threshold_ = -std::numeric_limits<float>::infinity();
    keys_.resize(kGrowth * k + kLanes);
  }

  /// Scores of the items first, first + 1, … False where one of them is NaN or +inf.
  [[nodiscard]] bool scan(std::span<const float> scores, Index first) {
    bool good = true;
    std::size_t j = 0;
    for (; j + kLanes <= scores.size(); j += kLanes)
      if (const std::uint32_t mask = above(scores.data() + j, threshold_))
        good &= take(scores.data() + j, mask, first + static_cast<Index>(j));
    std::uint32_t mask = 0;
    for (std::size_t b = 0; j + b < scores.size(); ++b)
      mask |= static_cast<std::uint32_t>(!(scores[j + b] <= threshold_)) << b;
    return take(scores.data() + j, mask, first + static_cast<Index>(j)) && good;
  }

  struct Place {
    Index item;
    float score;
  };
  /// How many were found (≤ k); then place(0) is the best.
  [[nodiscard]] std::size_t finish() {
    if (size_ > k_) shrink();
    std::sort(keys_.begin(), keys_.begin() + static_cast<std::ptrdiff_t>(size_), std::greater<>());
    return size_;
  }
  [[nodiscard]] Place place(std::size_t i) const { return {item_of(keys_[i]), score_of(keys_[i])}; }

 private:
  static constexpr std::size_t kGrowth = 3;

  // Key: the score's bits in an order that unsigned integers share, then the item upside down. Greater is better.
  static std::uint64_t key(float score, Index item) {
    const auto bits = std::bit_cast<std::uint32_t>(score + 0.0F);  // -0 becomes 0: they tie
    const std::uint32_t ordered = bits >> 31 ? ~bits : bits | 0x80000000U;
    return static_cast<std::uint64_t>(ordered) << 32 | ~static_cast<std::uint32_t>(item);
  }
  static Index item_of(std::uint64_t key) { return static_cast<Index>(~static_cast<std::uint32_t>(key)); }
  static float score_of(std::uint64_t key) {
    const auto ordered = static_cast<std::uint32_t>(key >> 32);
    return std::bit_cast<float>(ordered >> 31 ? ordered & 0x7FFFFFFFU : ~ordered);
  }

  /// Appends the scores whose bits are set.
  [[nodiscard]] bool take(const float* scores, std::uint32_t mask, Index first) {
    bool good = true;
    for (; mask; mask &= mask - 1) {
      const int b = std::countr_zero(mask);
      keys_[size_++] = key(scores[b], first + b);
      good &= scores[b] < std::numeric_limits<float>::infinity();
    }
    if (size_ >= kGrowth * k_) shrink();
    return good;
  }

  void shrink() {
    if (size_ <= k_) return;
    const auto last = keys_.begin() + static_cast<std::ptrdiff_t>(k_) - 1;
    std::nth_element(keys_.begin(), last, keys_.begin() + static_cast<std::ptrdiff_t>(size_), std::greater<>());
    size_ = k_;
    threshold_ = score_of(*last);
  }

  std::size_t k_ = 0, size_ = 0;
  float threshold_ = 0;
  std::vector<std::uint64_t> keys_;
};

}  // namespace assay
