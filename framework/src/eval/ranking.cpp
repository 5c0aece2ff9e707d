// A tile of users: profiles gathered, scored slice by slice, excluded items taken out, the best kept.

#include "eval/ranking.hpp"

#include <chrono>
#include <cmath>
#include <limits>
#include <string>

#include "assay/errors.hpp"
#include "assay/linalg.hpp"

#include "eval/metrics.hpp"

namespace assay {
namespace {

constexpr float kNotOffered = -std::numeric_limits<float>::infinity();
bool allowed(float score) { return score < std::numeric_limits<float>::infinity(); }  // false for NaN, too

}  // namespace

TileRanker::TileRanker(const EvaluationInput& input, Index items, std::size_t k, bool whole_rows)
    : input_(input),
      items_(items),
      width_(input.slices && !whole_rows ? std::min(items, kSliceItems) : items),
      k_(k),
      stride_(padded_stride(width_)),
      scores_(kTileUsers * static_cast<std::size_t>(stride_)),
      selections_(kTileUsers),
      excluded_seen_(kTileUsers) {}

void TileRanker::rank(std::span<const Index> users) {
  profiles_.clear();  // the last tile repeats its last user
  for (std::size_t row = 0; row < kTileUsers; ++row) profiles_.add(input_, users[std::min(row, users.size() - 1)]);
  for (std::size_t row = 0; row < users.size(); ++row) {
    selections_[row].begin(k_);
    excluded_seen_[row] = 0;
  }
  const Profiles profiles = profiles_.view(items_);
  for (Index first = 0; first < items_; first += width_) {
    const Index count = std::min(width_, items_ - first);
    const auto start = std::chrono::steady_clock::now();
    input_.model->score(profiles, {scores_.data(), stride_, static_cast<Index>(kTileUsers), first, count});
    score_seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    scan_slice(users, first, count);
  }
}

std::span<const float> TileRanker::scores(std::size_t row) const {
  return std::span(scores_).subspan(row * static_cast<std::size_t>(stride_), static_cast<std::size_t>(items_));
}

void TileRanker::scan_slice(std::span<const Index> users, Index first, Index count) {
  for (std::size_t row = 0; row < users.size(); ++row) {
    const auto scores =
        std::span(scores_).subspan(row * static_cast<std::size_t>(stride_), static_cast<std::size_t>(count));
    exclude(row_of(input_.excluded, users[row]).columns, excluded_seen_[row], scores, first, users[row]);
    if (!selections_[row].scan(scores, first)) refuse(users[row], scores, first);
  }
}

void TileRanker::exclude(std::span<const Index> columns, std::size_t& cursor, std::span<float> scores, Index first,
                         Index user) {
  const Index end = first + static_cast<Index>(scores.size());
  for (; cursor < columns.size() && columns[cursor] < end; ++cursor) {
    float& score = scores[static_cast<std::size_t>(columns[cursor] - first)];
    if (!allowed(score)) refuse(user, scores, first);
    score = kNotOffered;
  }
}

void TileRanker::refuse(Index user, std::span<const float> scores, Index first) const {
  std::size_t i = 0;
  while (i + 1 < scores.size() && allowed(scores[i])) ++i;
  throw PluginError("the model's score of item " + std::to_string(first + static_cast<Index>(i)) + " for user " +
                    std::to_string(user) + " (dense indices) is " + (std::isnan(scores[i]) ? "NaN" : "+inf") +
                    ". A score is finite, or -inf for an item that is not offered: the model's fit() or score() has "
                    "a mistake or has diverged.");
}

}  // namespace assay
