// The synthetic shop has the structure that its README promises.
#include <algorithm>
#include <cmath>

#include "assay/errors.hpp"

#include "fixture.hpp"

namespace assay::test {
namespace {

class SyntheticShop : public ReaderTest {
 protected:
  static std::string segment_of(const Recorder& r, const Seen& s) {
    return r.tables.at("users").at(s.user).at("segment");
  }
  static std::string category_of(const Recorder& r, const Seen& s) {
    return r.tables.at("items").at(s.item).at("category");
  }
  /// The number at the end of "segment 3".
  static int number_in(const std::string& name) { return std::stoi(name.substr(name.rfind(' ') + 1)); }
};

/// Least-squares slope of log count against log rank over the first `ranks`.
double rank_slope(const std::vector<std::string>& ids, std::size_t ranks) {
  std::map<std::string, double> counts;
  for (const auto& id : ids) ++counts[id];
  std::vector<double> sorted;
  for (const auto& [id, n] : counts) sorted.push_back(n);
  std::sort(sorted.rbegin(), sorted.rend());
  double sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (std::size_t i = 0; i < ranks; ++i) {
    const double x = std::log(static_cast<double>(i + 1)), y = std::log(sorted[i]);
    sx += x;
    sy += y;
    sxx += x * x;
    sxy += x * y;
  }
  const auto n = static_cast<double>(ranks);
  return (n * sxy - sx * sy) / (n * sxx - sx * sx);
}

TEST_F(SyntheticShop, GivesExactlyTheEventsAskedFor) {
  const auto r = read("synthetic_shop", "{'users':50,'items':60,'interactions':70001,'segments':3,'categories':6}");
  EXPECT_EQ(r.seen.size(), 70'001U);
  EXPECT_EQ(r.tables.at("users").size(), 50U);
  EXPECT_EQ(r.tables.at("items").size(), 60U);
  EXPECT_EQ(r.largest_batch, 65'536U);
  EXPECT_TRUE(r.has_times && r.has_behaviours && !r.has_values);
}

TEST_F(SyntheticShop, RepeatsASeedAndVariesWithIt) {
  const auto one = read("synthetic_shop", "{'interactions':5000,'seed':7}"),
             again = read("synthetic_shop", "{'interactions':5000,'seed':7}"),
             two = read("synthetic_shop", "{'interactions':5000,'seed':8}");
  EXPECT_EQ(one.seen, again.seen);
  EXPECT_NE(one.seen, two.seen);
  EXPECT_NE(one.tables, two.tables);
}

TEST_F(SyntheticShop, HasTheZipfExponentsThatWereAsked) {
  const auto r = read("synthetic_shop",
                      "{'users':3000,'items':3000,'interactions':400000,'behaviours':false,'zipf':0.9,'activity':0.5,"
                      "'segments':4,'categories':400,'affinity':3}");
  std::vector<std::string> users, items;
  for (const auto& s : r.seen) {
    users.push_back(s.user);
    items.push_back(s.item);
  }
  EXPECT_NEAR(rank_slope(items, 300), -0.9, 0.05);
  EXPECT_NEAR(rank_slope(users, 300), -0.5, 0.05);
}

TEST_F(SyntheticShop, PrefersHomeCategoriesByTheAffinity) {
  // Two segments, no noise: P(home of 0 | segment 0) = a·m / (a·m + 1 − m), P(home of 0 | segment 1) = m / (m + a·(1 −
  // m)), so that the ratio of the odds is a² whatever the mass m is.
  const auto r = read("synthetic_shop",
                      "{'users':500,'items':500,'interactions':300000,'behaviours':false,'segments':2,'categories':50,"
                      "'affinity':3,'noise':0}");
  double seen[2][2] = {};  // by segment of the user, by home of the category
  for (const auto& s : r.seen) ++seen[number_in(segment_of(r, s))][number_in(category_of(r, s)) % 2];
  EXPECT_NEAR(seen[0][0] * seen[1][1] / (seen[0][1] * seen[1][0]), 9, 0.3);
}

TEST_F(SyntheticShop, GoesByPopularityAloneWhereAllIsNoise) {
  const auto r = read("synthetic_shop",
                      "{'users':500,'items':500,'interactions':300000,'behaviours':false,'segments':2,'categories':50,"
                      "'affinity':100,'noise':1}");
  double seen[2][2] = {};
  for (const auto& s : r.seen) ++seen[number_in(segment_of(r, s))][number_in(category_of(r, s)) % 2];
  EXPECT_NEAR(seen[0][0] * seen[1][1] / (seen[0][1] * seen[1][0]), 1, 0.05);
}

TEST_F(SyntheticShop, LeadsFromViewsToCartsToPurchases) {
  const auto r = read("synthetic_shop",
                      "{'interactions':200000,'cart_rate':0.4,'purchase_rate':0.25,'segments':4,'categories':8}");
  std::map<std::string, double> home, away;
  for (std::size_t i = 0; i < r.seen.size(); ++i) {
    const auto& s = r.seen[i];
    ++(number_in(category_of(r, s)) % 4 == number_in(segment_of(r, s)) ? home : away)[s.behaviour];
    if (s.behaviour == "view") continue;
    const auto& before = r.seen[i - 1];
    EXPECT_EQ(before.behaviour, s.behaviour == "cart" ? "view" : "cart");
    EXPECT_EQ(before.user + " " + before.item, s.user + " " + s.item);
    EXPECT_GT(s.time, before.time);
  }
  EXPECT_NEAR(home["cart"] / home["view"], 0.4, 0.01);
  EXPECT_NEAR(away["cart"] / away["view"], 0.2, 0.01);
  EXPECT_NEAR((home["purchase"] + away["purchase"]) / (home["cart"] + away["cart"]), 0.25, 0.01);
}

TEST_F(SyntheticShop, SpreadsEventsOverItsDays) {
  const auto r = read("synthetic_shop", "{'interactions':20000,'days':10}");
  constexpr std::int64_t kStart = 1'704'067'200'000, kDay = 86'400'000;  // date -u -d 2024-01-01 +%s
  std::map<std::int64_t, int> by_day;
  for (const auto& s : r.seen) ++by_day[(s.time - kStart) / kDay];
  EXPECT_EQ(by_day.begin()->first, 0);
  for (std::int64_t day = 0; day < 10; ++day) EXPECT_NEAR(by_day[day], 2000, 60) << day;
  EXPECT_LE(by_day.rbegin()->first, 10) << "a purchase may come after midnight";
}

TEST_F(SyntheticShop, RefusesNumbersThatDoNotGoTogether) {
  EXPECT_EQ(error_of("synthetic_shop", "{'segments':10,'categories':5}"),
            "synthetic_shop: categories is 5 and segments is 10; every segment needs a category of its own");
  EXPECT_EQ(error_of("synthetic_shop", "{'items':10}"),
            "synthetic_shop: items is 10 and categories is 40; every category needs an item");
}

}  // namespace
}  // namespace assay::test
