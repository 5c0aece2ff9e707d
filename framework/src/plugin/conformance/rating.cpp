// Rules on RatingPredictor: ratings are finite, repeatable, and independent of what is asked beside them.

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>

#include "plugin/conformance/bench.hpp"

namespace assay::conformance {
namespace {

/// Pairs of user and item in the order in which they are asked for: user · items + item.
using Pairs = std::vector<std::int64_t>;

Pairs all_pairs() {
  Pairs pairs(static_cast<std::size_t>(Shop::kUsers) * Shop::kItems);
  for (std::size_t p = 0; p < pairs.size(); ++p) pairs[p] = static_cast<std::int64_t>(p);
  return pairs;
}

/// Ratings of all pairs, user by user, whatever the order in which they were asked for. Throws Broken where one is
/// missing or not finite.
ScoreMatrix rate_all(const RatingPredictor& model, const Shop& shop, const Pairs& pairs, bool as_strangers) {
  ScoreMatrix all(pairs.size());
  for (std::size_t begin = 0; begin < pairs.size(); begin += Shop::kTileRows) {
    const std::size_t count = std::min(Shop::kTileRows, pairs.size() - begin);
    std::vector<Index> users, items;
    for (std::size_t i = 0; i < Shop::kTileRows; ++i) {
      const std::int64_t pair = pairs[begin + std::min(i, count - 1)];
      users.push_back(static_cast<Index>(pair / Shop::kItems));
      items.push_back(static_cast<Index>(pair % Shop::kItems));
    }
    const Shop::Tile tile = shop.tile(users, as_strangers);
    const ScoreMatrix ratings = checked_ratings(model, tile.profiles(), items);
    for (std::size_t i = 0; i < count; ++i) all[static_cast<std::size_t>(pairs[begin + i])] = ratings[i];
  }
  return all;
}

const RatingPredictor* rater(const Recommender& model) { return dynamic_cast<const RatingPredictor*>(&model); }

}  // namespace

ScoreMatrix checked_ratings(const RatingPredictor& model, const Profiles& profiles, std::span<const Index> items) {
  constexpr float kGuard = 1234.5F;
  ScoreMatrix out(items.size() + 1, std::numeric_limits<float>::quiet_NaN());
  out.back() = kGuard;
  model.rate(profiles, items, std::span(out).first(items.size()));
  if (out.back() != kGuard) throw Broken{"rate() wrote beyond its pairs"};
  out.pop_back();
  for (std::size_t i = 0; i < out.size(); ++i)
    if (!std::isfinite(out[i]))
      throw Broken{"the rating of item " + std::to_string(items[i]) + " by row " + std::to_string(i) + " is " +
                   (std::isnan(out[i]) ? "NaN or was not written" : "infinite")};
  return out;
}

ScoreMatrix must_rate(const Bench& bench, const Recommender& model) {
  if (!rater(model)) throw Skipped{"it is no RatingPredictor"};
  static_cast<void>(rate_all(*rater(model), bench.shop(), all_pairs(), true));
  return rate_all(*rater(model), bench.shop(), all_pairs(), false);
}

void must_rate_again(const Bench& bench, const ScoreMatrix& ratings, const Recommender* loaded) {
  WatchedRun run({.seed = Bench::kSeed});
  const auto again = bench.train(run);
  require_equal(ratings, rate_all(*rater(*again), bench.shop(), all_pairs(), false), "between two fits with one seed");
  if (loaded) require_equal(ratings, rate_all(*rater(*loaded), bench.shop(), all_pairs(), false), "after loading");
}

void must_rate_alone(const Bench& bench, const Recommender& model, const ScoreMatrix& ratings) {
  Pairs mixed = all_pairs();  // 7 · 571 is prime to their number: neighbours of every kind
  for (std::size_t p = 0; p < mixed.size(); ++p) mixed[p] = static_cast<std::int64_t>(p * 3997 % mixed.size());
  ScoreMatrix found[4];
  {
    std::vector<std::jthread> threads;
    for (auto& one : found)
      threads.emplace_back([&] {
        try {
          one = rate_all(*rater(model), bench.shop(), mixed, false);
        } catch (...) {
          one.clear();  // differs from every rating
        }
      });
  }
  for (const auto& one : found) require_equal(ratings, one, "when other pairs stand beside, in four threads");
}

}  // namespace assay::conformance
