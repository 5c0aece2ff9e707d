// Implicit data without times, from lists.

#include "plugin/conformance/listed_data.hpp"

namespace assay::conformance {

ListedData::Csr::Csr(const Lists& rows) {
  for (const auto& row : rows) {
    columns.insert(columns.end(), row.begin(), row.end());
    offsets.push_back(static_cast<std::int64_t>(columns.size()));
  }
  values.assign(columns.size(), 1.0F);
}

Interactions ListedData::Csr::view(Index width) const {
  return {static_cast<Index>(offsets.size() - 1), width, offsets, columns.data(), values.data(), nullptr};
}

ListedData::Lists ListedData::takers(Index items, const Lists& profiles) {
  Lists out(static_cast<std::size_t>(items));
  for (std::size_t user = 0; user < profiles.size(); ++user)
    for (const Index item : profiles[user]) out[static_cast<std::size_t>(item)].push_back(static_cast<Index>(user));
  return out;
}

ListedData::ListedData(Index items, const Lists& profiles)
    : users_(static_cast<Index>(profiles.size())),
      items_(items),
      by_user_(profiles),
      by_item_(takers(items, profiles)),
      attributes_(users_, items_) {}

TrainingData ListedData::data() const {
  return {by_user_.view(items_), by_item_.view(users_), attributes_.of_users(), attributes_.of_items()};
}

Shop::Tile ListedData::tile(bool as_strangers, bool without_profile) const {
  const Interactions all = by_user_.view(items_);
  Shop::Tile tile;
  for (std::size_t i = 0; i < Shop::kTileRows; ++i) {
    const auto user = static_cast<Index>(i % static_cast<std::size_t>(users_));
    const Row row = all[user];
    if (!without_profile) tile.columns.insert(tile.columns.end(), row.columns.begin(), row.columns.end());
    const bool empty = without_profile || row.columns.empty();
    tile.offsets.push_back(static_cast<std::int64_t>(tile.columns.size()));
    tile.user.push_back(as_strangers || empty ? kUnknown : user);
  }
  tile.values.assign(tile.columns.size(), 1.0F);
  return tile;
}

}  // namespace assay::conformance
