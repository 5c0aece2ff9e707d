#pragma once  // Scores and ranks one tile of users: the part of an evaluation that costs time.

#include <cstdint>
#include <span>
#include <vector>

#include "assay/model.hpp"

#include "eval/evaluator.hpp"
#include "eval/profile_batch.hpp"
#include "eval/selection.hpp"

namespace assay {

inline constexpr std::size_t kTileUsers = 64;  ///< a GEMM's bits change with its shape: every tile has this one
inline constexpr Index kSliceItems = 1024;     ///< 64 × 1024 floats stay in the second-level cache

/// One thread's memory for tiles; reused from tile to tile.
class TileRanker {
 public:
  /// `k` places of each ranking are found; `whole_rows` keeps the scores of all items (auc needs them).
  TileRanker(const EvaluationInput& input, Index items, std::size_t k, bool whole_rows);

  /// Ranks 1–64 users. Throws PluginError on NaN and +inf.
  void rank(std::span<const Index> users);

  [[nodiscard]] Selection& selection(std::size_t row) { return selections_[row]; }
  /// All scores of a row, -inf where excluded; only with `whole_rows`.
  [[nodiscard]] std::span<const float> scores(std::size_t row) const;
  [[nodiscard]] double score_seconds() const { return score_seconds_; }

 private:
  void scan_slice(std::span<const Index> users, Index first, Index count);
  void exclude(std::span<const Index> columns, std::size_t& cursor, std::span<float> scores, Index first, Index user);
  [[noreturn]] void refuse(Index user, std::span<const float> scores, Index first) const;

  const EvaluationInput& input_;
  Index items_, width_;
  std::size_t k_;
  std::int64_t stride_;
  std::vector<float> scores_;
  std::vector<Selection> selections_;
  std::vector<std::size_t> excluded_seen_;
  ProfileBatch profiles_;
  double score_seconds_ = 0;
};

}  // namespace assay
