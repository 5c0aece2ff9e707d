#pragma once  // Area under the ROC curve of one user's full ranking.

#include <cstdint>
#include <span>
#include <vector>

namespace assay {

/// Share of pairs (relevant candidate, other candidate) in the right order, ties count one half; .5 without a pair.
/// `scores`: of all items, -inf where excluded (`excluded` of them) or not offered. `positives`: scores of the relevant
/// candidates. `scratch` is memory to reuse. Exact: counts are integers.
[[nodiscard]] double area_under_curve(std::span<const float> scores, std::int64_t excluded,
                                      std::span<const float> positives, std::vector<float>& scratch);

}  // namespace assay
