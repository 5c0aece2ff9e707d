// Data that leave a model nothing to learn: one user, one item, no interactions, everybody took everything.

#include <numeric>

#include "assay/errors.hpp"

#include "plugin/conformance/bench.hpp"

namespace assay::conformance {
namespace {

/// Implicit data without times and attributes: the items of each user, ascending.
class CornerData {
 public:
  CornerData(Index items, const std::vector<std::vector<Index>>& profiles)
      : users_(static_cast<Index>(profiles.size())), items_(items) {
    std::vector<std::vector<Index>> takers(static_cast<std::size_t>(items));
    for (std::size_t user = 0; user < profiles.size(); ++user)
      for (const Index item : profiles[user])
        takers[static_cast<std::size_t>(item)].push_back(static_cast<Index>(user));
    by_user_.assign(profiles);
    by_item_.assign(takers);
  }
  [[nodiscard]] TrainingData data() const {
    return {by_user_.view(users_, items_), by_item_.view(items_, users_), {users_, {}}, {items_, {}}};
  }
  /// 64 rows: all users in turn, without interactions or on demand as strangers.
  [[nodiscard]] Shop::Tile tile(bool as_strangers, bool without_profile) const {
    Shop::Tile tile;
    for (std::size_t i = 0; i < Shop::kTileRows; ++i) {
      const auto user = static_cast<Index>(i % static_cast<std::size_t>(users_));
      const Row row = by_user_.view(users_, items_)[user];
      if (!without_profile) tile.columns.insert(tile.columns.end(), row.columns.begin(), row.columns.end());
      const bool empty = without_profile || row.columns.empty();
      tile.offsets.push_back(static_cast<std::int64_t>(tile.columns.size()));
      tile.user.push_back(as_strangers || empty ? kUnknown : user);
    }
    tile.values.assign(tile.columns.size(), 1.0F);
    return tile;
  }
  [[nodiscard]] Index items() const { return items_; }

 private:
  struct Lists {
    std::vector<std::int64_t> offsets{0};
    std::vector<Index> columns;
    std::vector<float> values;
    void assign(const std::vector<std::vector<Index>>& rows) {
      for (const auto& row : rows) {
        columns.insert(columns.end(), row.begin(), row.end());
        offsets.push_back(static_cast<std::int64_t>(columns.size()));
      }
      values.assign(columns.size(), 1.0F);
    }
    [[nodiscard]] Interactions view(Index rows, Index width) const {
      return {rows, width, offsets, columns.data(), values.data(), nullptr};
    }
  };
  Index users_, items_;
  Lists by_user_, by_item_;
};

CornerData data_of(Corner corner) {
  switch (corner) {
    case Corner::one_user:
      return {5, {{0, 2, 3}}};
    case Corner::one_item:
      return {1, {{0}, {}, {0}, {0}, {}}};
    case Corner::empty:
      return {5, {{0, 1}, {1}, {}, {}, {}, {}}};
    case Corner::equal:
      break;
  }
  return {5, std::vector<std::vector<Index>>(6, {0, 1, 2, 3, 4})};
}

}  // namespace

void must_serve(const Bench& bench, Corner corner) {
  const CornerData data = data_of(corner);
  const auto model = bench.make_model();
  WatchedRun run({.seed = Bench::kSeed});
  try {
    model->fit(data.data(), run);
  } catch (const DataError&) {
    return;  // refused with a word, as it may be
  }
  for (const bool strangers : {false, true})
    for (const bool without_profile : {false, true}) {
      if (without_profile && corner != Corner::empty) continue;
      const Shop::Tile tile = data.tile(strangers, without_profile);
      Profiles profiles = tile.profiles();
      profiles.known.columns = data.items();
      static_cast<void>(checked_scores(*model, profiles, 0, data.items()));
    }
}

}  // namespace assay::conformance
