// Pairs of a user's profile and an item, 64 at a time through the model's rate().

#include "eval/rating.hpp"

#include <cmath>
#include <string>

#include "assay/errors.hpp"

#include "eval/metrics.hpp"

namespace assay {
namespace {

template <class T>
void append(std::vector<T>& to, std::span<const T> from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

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
  const Row profile = row_of(input_.profiles, user);
  append(columns_, profile.columns);
  append(values_, profile.values);
  append(times_, profile.times);
  offsets_.push_back(static_cast<std::int64_t>(columns_.size()));
  user_.push_back(row_of(input_.train, user).columns.empty() ? kUnknown : user);
  item_.push_back(item);
  given_.push_back(given);
  row_.push_back(row);
  if (item_.size() == kRatedPairs) flush();
}

void TileRater::flush() {
  const std::size_t pairs = item_.size();
  while (item_.size() < kRatedPairs) {  // empty rows would do, but a model may take a profile for granted
    const auto begin = static_cast<std::size_t>(offsets_[pairs - 1]), end = static_cast<std::size_t>(offsets_[pairs]);
    for (std::size_t e = begin; e < end; ++e) {
      columns_.push_back(columns_[e]);
      values_.push_back(values_[e]);
      if (!times_.empty()) times_.push_back(times_[e]);
    }
    offsets_.push_back(static_cast<std::int64_t>(columns_.size()));
    user_.push_back(user_.back());
    item_.push_back(item_.back());
  }
  rated_.assign(kRatedPairs, std::nanf(""));
  const Interactions known{
      static_cast<Index>(kRatedPairs),         input_.relevant.columns, offsets_, columns_.data(), values_.data(),
      times_.empty() ? nullptr : times_.data()};
  model_->rate({known, user_}, item_, rated_);
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
  offsets_.assign(1, 0);
  columns_.clear(), values_.clear(), times_.clear();
  user_.clear(), item_.clear(), given_.clear(), row_.clear();
}

}  // namespace assay
