// Counts how many scores lie below each relevant one: by brute SIMD for few, by sorting for many.

#include "eval/auc.hpp"

#include <algorithm>
#include <cmath>

namespace assay {
namespace {

constexpr std::size_t kFew = 128;

/// 2 · (scores below p) + (scores equal to p).
std::int64_t twice_below(std::span<const float> scores, float p) {
  std::int32_t twice = 0;
  for (const float s : scores) twice += (s < p) + (s <= p);
  return twice;
}

}  // namespace

double area_under_curve(std::span<const float> scores, std::int64_t excluded, std::span<const float> positives,
                        std::vector<float>& scratch) {
  const auto positive = static_cast<std::int64_t>(positives.size());
  const std::int64_t negative = static_cast<std::int64_t>(scores.size()) - excluded - positive;
  if (positive == 0 || negative == 0) return 0.5;
  const bool sorted = positives.size() > kFew;
  if (sorted) {
    scratch.assign(scores.begin(), scores.end());
    std::sort(scratch.begin(), scratch.end());
  }
  std::int64_t twice = 0;
  for (const float p : positives) {
    if (sorted) {
      const auto equal = std::equal_range(scratch.begin(), scratch.end(), p);
      twice += (equal.first - scratch.begin()) + (equal.second - scratch.begin());
    } else {
      twice += twice_below(scores, p);
    }
    twice -= std::isinf(p) ? excluded : 2 * excluded;  // the excluded lie at -inf and are no candidates
  }
  twice -= positive * positive;  // pairs of relevant candidates among themselves
  return static_cast<double>(twice) / (2 * static_cast<double>(positive) * static_cast<double>(negative));
}

}  // namespace assay
