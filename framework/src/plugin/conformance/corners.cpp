// Data that leave a model nothing to learn: one user, one item, no interactions, everybody took everything.

#include "assay/errors.hpp"

#include "plugin/conformance/bench.hpp"
#include "plugin/conformance/listed_data.hpp"

namespace assay::conformance {
namespace {

ListedData data_of(Corner corner) {
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
  return {5, ListedData::Lists(6, {0, 1, 2, 3, 4})};
}

}  // namespace

void must_serve(const Bench& bench, Corner corner, bool rates) {
  const ListedData data = data_of(corner);
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
      if (const auto* rater = dynamic_cast<const RatingPredictor*>(model.get()); rater && rates)
        for (Index item = 0; item < data.items(); ++item)
          static_cast<void>(checked_ratings(*rater, profiles, std::vector<Index>(Shop::kTileRows, item)));
    }
}

}  // namespace assay::conformance
