#pragma once  // Asks a recommender for all scores of the suite's shop, and compares them bit by bit.

#include <string>
#include <vector>

#include "assay/model.hpp"

#include "plugin/conformance/shop.hpp"

namespace assay::conformance {

using ScoreMatrix = std::vector<float>;  ///< users × items of the shop, by user

[[nodiscard]] std::vector<Index> everybody();  ///< all users of the shop, ascending

struct ScoreOptions {
  std::vector<Index> order = everybody();  ///< users in the order of their rows
  bool as_strangers = false;
  Index slice = Shop::kItems;  ///< items a call
};

/// rows × items: what score() writes for these profiles and items. Throws Broken where a place stays empty, holds NaN
/// or +inf, or a place beyond the tile was written.
[[nodiscard]] ScoreMatrix checked_scores(const Recommender&, const Profiles&, Index first_item, Index items);

/// What rate() says of these pairs. Throws Broken where a place stays empty or is not finite.
[[nodiscard]] ScoreMatrix checked_ratings(const RatingPredictor&, const Profiles&, std::span<const Index> items);

/// Scores of all users, by user, whatever the order in which they were asked for; checked as above.
[[nodiscard]] ScoreMatrix score_all(const Recommender&, const Shop&, const ScoreOptions& = {});

/// "3 of 4000 scores differ"; empty where all bits are equal.
[[nodiscard]] std::string count_differences(const ScoreMatrix&, const ScoreMatrix&);

/// Throws Broken: "3 of 4000 scores differ WHEN".
void require_equal(const ScoreMatrix&, const ScoreMatrix&, const std::string& when);

}  // namespace assay::conformance
