// The k best of a row of scores: a vectorised scan against a threshold that is near the k-th best from the start.

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "assay/linalg.hpp"

namespace assay {
namespace {

constexpr std::size_t kBlock = 32;        // scores compared at once: four registers of eight
constexpr std::size_t kSample = 8192;     // scores from which the first threshold is taken: 32 KiB, one L1 cache
constexpr std::size_t kMaxBlocks = 1024;  // maxima kept of the sample
constexpr float kLowest = std::numeric_limits<float>::lowest();  // -inf is never taken

bool better(const Scored& a, const Scored& b) { return a.score != b.score ? a.score > b.score : a.index < b.index; }

/// A number that at least k of the scores reach: the k-th largest of the maxima of small blocks. Few other scores reach
/// it, so that the scan below hardly ever stops.
float first_threshold(std::span<const float> scores, std::size_t k) {
  std::size_t block = 8;
  while (block < 64 && scores.size() / (2 * block) >= 2 * k) block *= 2;
  const std::size_t blocks = scores.size() / block;
  if (blocks < k || blocks > kMaxBlocks) return kLowest;
  std::array<float, kMaxBlocks> maxima;
  for (std::size_t b = 0; b < blocks; ++b) {
    std::array<float, 8> lanes;
    lanes.fill(kLowest);
    for (std::size_t i = 0; i < block; i += 8) {
      const float* next = scores.data() + b * block + i;
      for (std::size_t l = 0; l < 8; ++l) lanes[l] = next[l] > lanes[l] ? next[l] : lanes[l];
    }
    maxima[b] = *std::max_element(lanes.begin(), lanes.end());
  }
  const auto kth = maxima.begin() + static_cast<std::ptrdiff_t>(k) - 1;
  std::nth_element(maxima.begin(), kth, maxima.begin() + static_cast<std::ptrdiff_t>(blocks), std::greater<>());
  return *kth;
}

/// Those that may still be among the k best. When the room is used up, all but the k best are dropped.
class Candidates {
 public:
  Candidates(std::size_t k, float threshold) : k_(k), threshold_(threshold), kept_(2 * k + 2 * kBlock) {}

  [[nodiscard]] float threshold() const { return threshold_; }

  void take(const float* scores, std::size_t count, std::size_t first_index) {
    for (std::size_t i = 0; i < count; ++i) {  // no branch: whether a score is taken cannot be foretold
      kept_[size_] = {static_cast<Index>(first_index + i), scores[i]};
      size_ += scores[i] >= threshold_;
    }
    if (size_ + kBlock >= kept_.size()) drop();
  }

  std::size_t finish(std::span<Scored> out) {
    if (size_ > k_) drop();
    const auto end = kept_.begin() + static_cast<std::ptrdiff_t>(size_);
    std::sort(kept_.begin(), end, better);
    std::copy(kept_.begin(), end, out.begin());
    return size_;
  }

 private:
  void drop() {
    const auto kth = kept_.begin() + static_cast<std::ptrdiff_t>(k_) - 1;
    std::nth_element(kept_.begin(), kth, kept_.begin() + static_cast<std::ptrdiff_t>(size_), better);
    size_ = k_;
    // A later score must be greater: among equals the smaller index stays.
    threshold_ = std::nextafter(kth->score, std::numeric_limits<float>::infinity());
  }

  std::size_t k_, size_ = 0;
  float threshold_;
  std::vector<Scored> kept_;
};

bool any_reaches(const float* scores, float threshold) {
  unsigned any = 0;
  for (std::size_t i = 0; i < kBlock; ++i) any |= static_cast<unsigned>(scores[i] >= threshold);
  return any != 0;
}

}  // namespace

std::int64_t top_k(std::span<const float> scores, std::span<Scored> out) {
  const std::size_t k = std::min(out.size(), scores.size());
  if (k == 0) return 0;
  Candidates candidates(k, first_threshold(scores.first(std::min(scores.size(), kSample)), k));
  std::size_t i = 0;
  for (; i + kBlock <= scores.size(); i += kBlock)
    if (any_reaches(scores.data() + i, candidates.threshold())) candidates.take(scores.data() + i, kBlock, i);
  candidates.take(scores.data() + i, scores.size() - i, i);
  return static_cast<std::int64_t>(candidates.finish(out));
}

}  // namespace assay
