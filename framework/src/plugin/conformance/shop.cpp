// A small dataset with the corners that models stumble over.

#include "plugin/conformance/shop.hpp"

#include <algorithm>
#include <iterator>

#include "assay/random.hpp"

namespace assay::conformance {

Shop::Shop(Wealth wealth) : wealth_(wealth) {
  generate();
  transpose();
  if (wealth == Wealth::rich) attributes_.emplace(kUsers, kItems);
}

void Shop::generate() {
  constexpr std::int64_t kStart = 1'600'000'000'000, kHour = 3'600'000;
  Random random(20'240'501);
  for (Index user = 0; user < kUsers; ++user) {
    const bool lonely = user == kEmptyUser, single = user == 8, eager = user == 9;
    for (Index item = 0; item < kItems; ++item) {
      const double taste = (item % 2) == (user % 2) ? 1.0 : 0.25;
      const bool chance = random.uniform() < taste * std::min(0.9, 3.0 / (1.0 + item / 4));
      const auto rating = static_cast<float>(1 + random.below(5));
      const auto time = kStart + static_cast<std::int64_t>(random.below(10'000)) * kHour;
      const bool taken = item < kColdItem && !lonely && (single ? item == 3 : eager ? item != 5 : chance);
      if (!taken) continue;
      by_user_.columns.push_back(item);
      by_user_.values.push_back(wealth_ == Wealth::rich ? rating : 1.0F);
      if (wealth_ == Wealth::rich) by_user_.times.push_back(time);
    }
    by_user_.offsets.push_back(static_cast<std::int64_t>(by_user_.columns.size()));
  }
}

void Shop::transpose() {
  const Interactions users = by_user_.view(kUsers, kItems);
  for (Index item = 0; item < kItems; ++item) {
    for (Index user = 0; user < kUsers; ++user) {
      const Row row = users[user];
      const auto found = std::lower_bound(row.columns.begin(), row.columns.end(), item);
      if (found == row.columns.end() || *found != item) continue;
      const auto at = static_cast<std::size_t>(found - row.columns.begin());
      by_item_.columns.push_back(user);
      by_item_.values.push_back(row.values[at]);
      if (!row.times.empty()) by_item_.times.push_back(row.times[at]);
    }
    by_item_.offsets.push_back(static_cast<std::int64_t>(by_item_.columns.size()));
  }
}

Interactions Shop::Csr::view(Index rows, Index width) const {
  return {rows, width, offsets, columns.data(), values.data(), times.empty() ? nullptr : times.data()};
}

TrainingData Shop::data() const {
  return {by_user_.view(kUsers, kItems), by_item_.view(kItems, kUsers),
          attributes_ ? attributes_->of_users() : Table{kUsers, {}},
          attributes_ ? attributes_->of_items() : Table{kItems, {}}};
}

Shop::Tile Shop::tile(std::span<const Index> users, bool as_strangers) const {
  const Interactions all = by_user_.view(kUsers, kItems);
  Tile tile;
  for (std::size_t i = 0; i < kTileRows; ++i) {
    const Index user = users[std::min(i, users.size() - 1)];
    const Row row = all[user];
    tile.columns.insert(tile.columns.end(), row.columns.begin(), row.columns.end());
    tile.values.insert(tile.values.end(), row.values.begin(), row.values.end());
    tile.times.insert(tile.times.end(), row.times.begin(), row.times.end());
    tile.offsets.push_back(static_cast<std::int64_t>(tile.columns.size()));
    tile.user.push_back(as_strangers || row.columns.empty() ? kUnknown : user);
  }
  return tile;
}

Shop::Tile Shop::strangers() const {
  const Interactions all = by_user_.view(kUsers, kItems);
  Tile tile;
  for (Index pair = 0; tile.user.size() < kTileRows; ++pair) {
    const auto one = all[pair % kUsers].columns, other = all[(pair * 3 + 10) % kUsers].columns;
    std::vector<Index> both;
    std::set_union(one.begin(), one.end(), other.begin(), other.end(), std::back_inserter(both));
    if (both.size() == one.size() || both.size() == other.size()) continue;  // one has all that the other has
    tile.columns.insert(tile.columns.end(), both.begin(), both.end());
    tile.offsets.push_back(static_cast<std::int64_t>(tile.columns.size()));
    tile.user.push_back(kUnknown);
  }
  tile.values.assign(tile.columns.size(), 1.0F);
  if (wealth_ == Wealth::rich) tile.times.assign(tile.columns.size(), 1'600'000'000'000);
  return tile;
}

Profiles Shop::Tile::profiles() const {
  return {{static_cast<Index>(user.size()), kItems, offsets, columns.data(), values.data(),
           times.empty() ? nullptr : times.data()},
          user};
}

}  // namespace assay::conformance
