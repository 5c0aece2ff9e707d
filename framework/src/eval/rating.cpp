// Pairs of a user's profile and an item, 64 at a time through the model's rate().

#include "eval/rating.hpp"

#include <cmath>
#include <string>

#include "assay/errors.hpp"

#include "eval/metrics.hpp"

namespace assay {

std::span<const RatingErrors> TileRater::rate(std::span<const Index> users) {
  const double unknown = model_ ? 0 : std::nan("");
  errors_.assign(users.size(), {unknown, unknown, 0});
  for (std::size_t row = 0; row < users.size(); ++row) {
    const Row relevant = row_of(input_.relevant, users[row]);
    errors_[row].count = static_cast<std::int64_t>(relevant.columns.size());
    for (std::size_t i = 0; model_ && i < relevant.columns.size(); ++i)
      add_pair(users[row], relevant.columns[i], relevant.values[i], row);
  }
  if (!item_.empty()) flush();
  return errors_;
}

void TileRater::add_pair(Index user, Index item, float given, std::size_t row) {
  profiles_.add(input_, user);
  user_.push_back(user);
  item_.push_back(item);
  given_.push_back(given);
  row_.push_back(row);
  if (item_.size() == kRatedPairs) flush();
}

void TileRater::flush() {
  const std::size_t pairs = item_.size();
  for (; item_.size() < kRatedPairs; item_.push_back(item_.back())) profiles_.add(input_, user_.back());
  rated_.assign(kRatedPairs, std::nanf(""));
  model_->rate(profiles_.view(input_.relevant.columns), item_, rated_);
  for (std::size_t i = 0; i < pairs; ++i) {
    if (!std::isfinite(rated_[i]))
      throw PluginError("the model's rating of item " + std::to_string(item_[i]) + " by user " +
                        std::to_string(user_[i]) +
                        " (dense indices) is not finite: rate() has a mistake, or the "
                        "model has diverged.");
    const double error = static_cast<double>(rated_[i]) - static_cast<double>(given_[i]);
    errors_[row_[i]].squared += error * error;
    errors_[row_[i]].absolute += std::fabs(error);
  }
  profiles_.clear();
  user_.clear(), item_.clear(), given_.clear(), row_.clear();
}

}  // namespace assay
