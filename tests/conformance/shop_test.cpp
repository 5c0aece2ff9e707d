// The suite's own data.

#include "plugin/conformance/shop.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>

namespace assay::conformance {

// Where gtest finds it: names of tests are to be the same in every build.
void PrintTo(Shop::Wealth wealth, std::ostream* out) { *out << (wealth == Shop::Wealth::rich ? "rich" : "plain"); }

namespace {

class ShopData : public testing::TestWithParam<Shop::Wealth> {
 protected:
  const Shop shop_{GetParam()};
  const TrainingData data_ = shop_.data();
};

TEST_P(ShopData, ItsTwoOrientationsHoldTheSameInteractions) {
  std::map<std::pair<Index, Index>, std::pair<float, std::int64_t>> seen;
  for (Index user = 0; user < Shop::kUsers; ++user) {
    const Row row = data_.by_user[user];
    EXPECT_TRUE(std::is_sorted(row.columns.begin(), row.columns.end()));
    for (std::size_t i = 0; i < row.columns.size(); ++i)
      seen[{user, row.columns[i]}] = {row.values[i], row.times.empty() ? 0 : row.times[i]};
  }
  EXPECT_EQ(static_cast<std::int64_t>(seen.size()), data_.by_item.size());
  for (Index item = 0; item < Shop::kItems; ++item) {
    const Row row = data_.by_item[item];
    for (std::size_t i = 0; i < row.columns.size(); ++i)
      EXPECT_EQ(seen.at({row.columns[i], item}), std::pair(row.values[i], row.times.empty() ? 0 : row.times[i]));
  }
}

TEST_P(ShopData, HasTheCornersThatModelsStumbleOver) {
  EXPECT_TRUE(data_.by_user[Shop::kEmptyUser].columns.empty());
  for (const Index item : {Shop::kColdItem, Shop::kOtherColdItem}) EXPECT_TRUE(data_.by_item[item].columns.empty());
  EXPECT_EQ(data_.by_user[8].columns.size(), 1u);
  EXPECT_EQ(data_.by_user[9].columns.size(), static_cast<std::size_t>(Shop::kItems - 3));
  EXPECT_EQ(data_.items.columns.empty(), GetParam() == Shop::Wealth::plain);
  EXPECT_EQ(data_.by_user.time == nullptr, GetParam() == Shop::Wealth::plain);
}

TEST_P(ShopData, ATileHolds64RowsAndStrangersHaveNoName) {
  const Index users[] = {9, Shop::kEmptyUser};
  const auto tile = shop_.tile(users, false);
  const Profiles profiles = tile.profiles();
  ASSERT_EQ(profiles.user.size(), Shop::kTileRows);
  EXPECT_EQ(profiles.user[0], 9);
  EXPECT_EQ(profiles.user[1], kUnknown);
  EXPECT_EQ(profiles.known[0].columns.size(), data_.by_user[9].columns.size());
  EXPECT_TRUE(profiles.known[63].columns.empty());
  EXPECT_EQ(shop_.tile(users, true).user[0], kUnknown);
}

TEST_P(ShopData, StrangersHaveProfilesThatNobodyHas) {
  const auto tile = shop_.strangers();
  const Profiles profiles = tile.profiles();
  ASSERT_EQ(profiles.user.size(), Shop::kTileRows);
  for (Index row = 0; row < static_cast<Index>(Shop::kTileRows); ++row)
    for (Index user = 0; user < Shop::kUsers; ++user)
      EXPECT_FALSE(std::ranges::equal(profiles.known[row].columns, data_.by_user[user].columns)) << row << " " << user;
}

INSTANTIATE_TEST_SUITE_P(All, ShopData, testing::Values(Shop::Wealth::rich, Shop::Wealth::plain));

}  // namespace
}  // namespace assay::conformance
