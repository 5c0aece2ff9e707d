#pragma once  // Asks a model how users would rate their relevant items, and adds up how far it is off.

#include <cstdint>
#include <span>
#include <vector>

#include "assay/model.hpp"

#include "eval/evaluator.hpp"
#include "eval/profile_batch.hpp"

namespace assay {

/// How far a model's ratings are from the given ones, summed over interactions.
struct RatingErrors {
  double squared = 0, absolute = 0;
  std::int64_t count = 0;
};

inline constexpr std::size_t kRatedPairs = 64;  ///< pairs of profile and item a call of rate(), the last ones repeated

/// One thread's memory for asking; reused from tile to tile. The given ratings stay here: a model gets profiles and
/// items only.
class TileRater {
 public:
  /// `model` may be null: nothing can be measured, and all errors are NaN.
  TileRater(const EvaluationInput& input, const RatingPredictor* model) : input_(input), model_(model) {}

  /// Errors of each of `users` on his relevant items. Throws PluginError where a rating is not finite.
  [[nodiscard]] std::span<const RatingErrors> rate(std::span<const Index> users);

 private:
  void add_pair(Index user, Index item, float given, std::size_t row);
  void flush();

  const EvaluationInput& input_;
  const RatingPredictor* model_;
  std::vector<RatingErrors> errors_;
  // The pairs that wait for the next call.
  ProfileBatch profiles_;
  std::vector<Index> user_, item_;
  std::vector<float> given_, rated_;
  std::vector<std::size_t> row_;
};

}  // namespace assay
