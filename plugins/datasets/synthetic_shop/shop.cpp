// Building the tables and drawing from them.
#include "shop.hpp"

#include <array>
#include <cmath>
#include <numeric>

#include "assay/errors.hpp"

namespace assay::shop {
namespace {

/// One stream of random numbers for each purpose, so that a new one changes none of the others.
enum class Purpose : int { segments, categories, item_ranks, user_ranks, prices, visits };

std::uint64_t key_of(std::int64_t seed, Purpose purpose) {
  Random root(static_cast<std::uint64_t>(seed), static_cast<std::uint64_t>(purpose));
  return root.bits();
}

/// rank^-exponent, ranks dealt out at random: the id tells nothing of the popularity.
std::vector<double> zipf_weights(std::int64_t count, double exponent, std::uint64_t key) {
  std::vector<std::int32_t> rank(static_cast<std::size_t>(count));
  std::iota(rank.begin(), rank.end(), 1);
  Random(key).shuffle(rank);
  std::vector<double> weights;
  weights.reserve(rank.size());
  for (const auto r : rank) weights.push_back(std::pow(static_cast<double>(r), -exponent));
  return weights;
}

std::vector<std::uint32_t> uniform_groups(std::int64_t count, std::uint32_t groups, std::uint64_t key) {
  Random random(key);
  std::vector<std::uint32_t> out;
  out.reserve(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i)  // the first ones go round, so that no group is empty
    out.push_back(i < groups ? static_cast<std::uint32_t>(i) : static_cast<std::uint32_t>(random.below(groups)));
  return out;
}

/// Events by hour of the day, in parts of a thousand.
constexpr std::array<double, 24> kHours = {18, 10, 6,  4,  4,  6,  12, 22, 34, 44, 50, 54,
                                           56, 52, 48, 48, 50, 56, 66, 80, 90, 86, 64, 40};
constexpr std::int64_t kHour = 3'600'000, kFirstDay = 1'704'067'200'000;  // 2024-01-01 00:00 UTC

}  // namespace

void check(const Params& p) {
  if (p.categories < p.segments)
    throw ConfigError("categories is " + std::to_string(p.categories) + " and segments is " +
                      std::to_string(p.segments) + "; every segment needs a category of its own");
  if (p.items < p.categories)
    throw ConfigError("items is " + std::to_string(p.items) + " and categories is " + std::to_string(p.categories) +
                      "; every category needs an item");
  if (p.users < p.segments)
    throw ConfigError("users is " + std::to_string(p.users) + " and segments is " + std::to_string(p.segments) +
                      "; every segment needs a user");
}

Shop::Shop(const Params& p)
    : noise_(p.noise),
      segments_(static_cast<std::uint32_t>(p.segments)),
      segment_(uniform_groups(p.users, segments_, key_of(p.seed, Purpose::segments))),
      category_(uniform_groups(p.items, static_cast<std::uint32_t>(p.categories), key_of(p.seed, Purpose::categories))),
      users_(zipf_weights(p.users, p.activity, key_of(p.seed, Purpose::user_ranks))),
      items_(zipf_weights(p.items, p.zipf, key_of(p.seed, Purpose::item_ranks))),
      hours_(kHours),
      visits_key_(key_of(p.seed, Purpose::visits)) {
  const auto weights = zipf_weights(p.items, p.zipf, key_of(p.seed, Purpose::item_ranks));
  std::vector<std::vector<std::uint32_t>> items_of(static_cast<std::size_t>(p.categories));
  std::vector<std::vector<double>> weights_of(items_of.size());
  Random prices(key_of(p.seed, Purpose::prices));
  for (std::uint32_t item = 0; item < category_.size(); ++item) {
    items_of[category_[item]].push_back(item);
    weights_of[category_[item]].push_back(weights[item]);
    price_.push_back(static_cast<float>(std::round(100 * std::exp(3 + 0.8 * prices.normal())) / 100));
  }
  std::vector<double> mass;
  for (std::size_t c = 0; c < items_of.size(); ++c) {
    within_.emplace_back(weights_of[c], items_of[c]);
    mass.push_back(std::accumulate(weights_of[c].begin(), weights_of[c].end(), 0.0));
  }
  for (std::uint32_t segment = 0; segment < segments_; ++segment) {
    auto wanted = mass;
    for (std::size_t c = segment; c < wanted.size(); c += segments_) wanted[c] *= p.affinity;
    taste_.emplace_back(wanted);
  }
}

Visit Shop::visit(Random& random) const noexcept {
  const std::uint32_t user = users_.draw(random);
  const bool noise = random.uniform() < noise_;
  const std::uint32_t item = noise ? items_.draw(random) : within_[taste_[segment_[user]].draw(random)].draw(random);
  return {user, item, category_[item] % segments_ == segment_[user]};
}

std::int64_t Shop::time_on(std::int64_t day, Random& random) const noexcept {
  const std::int64_t hour = hours_.draw(random);
  return kFirstDay + (day * 24 + hour) * kHour + static_cast<std::int64_t>(random.uniform() * kHour);
}

}  // namespace assay::shop
