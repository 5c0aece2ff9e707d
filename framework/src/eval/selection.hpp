#pragma once  // The k best of a stream of scores: a threshold scan that compilers turn into SIMD, and a small buffer.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "assay/interactions.hpp"

namespace assay {

/// Collects the k best of scores that are shown in ascending order of item; ties go to the smaller item. Every score
/// above the current k-th best is appended to a buffer; when it is full, the k best stay. One object serves one user
/// at a time and keeps its memory.
class Selection {
 public:
  void begin(std::size_t k) {
    k_ = k;
    size_ = 0;
    threshold_ = -std::numeric_limits<float>::infinity();
    keys_.resize(kGrowth * k + kBlock);
  }

  /// Scores of the items first, first + 1, … False where one of them is NaN or +inf.
  [[nodiscard]] bool scan(std::span<const float> scores, Index first) {
    const std::size_t whole = scores.size() / kBlock * kBlock;
    bool good = true;
    for (std::size_t j = 0; j < whole; j += kBlock)
      if (above(scores.data() + j)) good &= take(scores.subspan(j, kBlock), first + static_cast<Index>(j));
    return good & take(scores.subspan(whole), first + static_cast<Index>(whole));
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
  static constexpr std::size_t kBlock = 32, kGrowth = 3;

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

  /// Is one of kBlock scores above the threshold, or NaN?
  [[nodiscard]] bool above(const float* scores) const {
    int any = 0;
    for (std::size_t b = 0; b < kBlock; ++b) any |= !(scores[b] <= threshold_);
    return any != 0;
  }

  [[nodiscard]] bool take(std::span<const float> scores, Index first) {
    bool good = true;
    for (std::size_t b = 0; b < scores.size(); ++b) {  // no branches: what passes is hard to predict
      const float score = scores[b];
      keys_[size_] = key(score, first + static_cast<Index>(b));
      size_ += !(score <= threshold_);
      good &= score < std::numeric_limits<float>::infinity();
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
