// Every filter against a plain implementation over rows.

#include "data/filter.hpp"

#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <set>

#include "assay/errors.hpp"

#include "support.hpp"

namespace assay {
namespace {

using namespace test;

/// External ids and all that is left, as rows.
Samples filtered(const Samples& samples, const FilterSpec& spec, const Delivery& how = {}, bool by_part = false) {
  const Content content = content_of(samples, how);
  const auto users = content.users.view(), items = content.items.view();
  const Filtered kept = apply_filter(content.log.view(), users, items, spec, by_part);
  EXPECT_TRUE(kept.log.behaviour.empty());
  Samples out;
  for (std::size_t u = 0; u < kept.users.size(); ++u)
    for (auto at = static_cast<std::size_t>(kept.log.offsets[u]);
         at < static_cast<std::size_t>(kept.log.offsets[u + 1]); ++at)
      out.push_back({users.numbers[static_cast<std::size_t>(kept.users[u])],
                     items.numbers[static_cast<std::size_t>(kept.items[static_cast<std::size_t>(kept.log.item[at])])],
                     kept.log.value[at], kept.log.time.empty() ? 0 : kept.log.time[at],
                     kept.log.part.empty() ? Part::all : kept.log.part[at]});
  std::sort(out.begin(), out.end(), [](const Sample& a, const Sample& b) {
    return std::tuple(a.user, a.item, a.part) < std::tuple(b.user, b.item, b.part);
  });
  std::set<std::int64_t> user_ids, item_ids;
  for (const auto& s : out) user_ids.insert(s.user), item_ids.insert(s.item);
  EXPECT_EQ(user_ids.size(), kept.users.size()) << "users without interactions drop out";
  EXPECT_EQ(item_ids.size(), kept.items.size()) << "items without interactions drop out";
  return out;
}

/// The specification, word by word: as slow as it likes.
Samples naive(Samples rows, const FilterSpec& spec, bool by_part = false) {
  std::erase_if(rows, [&](const Sample& s) {
    return (spec.from_ms && s.time < *spec.from_ms) || (spec.until_ms && s.time >= *spec.until_ms) ||
           (spec.min_rating && static_cast<double>(s.value) < *spec.min_rating);
  });
  std::map<std::tuple<std::int64_t, std::int64_t, Part>, Sample> best;
  for (auto s : rows) {
    if (!by_part) s.part = Part::all;
    const auto [known, added] = best.try_emplace({s.user, s.item, s.part}, s);
    Sample& k = known->second;
    const auto late = std::tuple(s.time, s.value) > std::tuple(k.time, k.value);
    const auto early = std::tuple(-s.time, s.value) > std::tuple(-k.time, k.value);
    const auto high = std::tuple(s.value, s.time) > std::tuple(k.value, k.time);
    const bool better = spec.duplicates == Duplicates::keep_last    ? late
                        : spec.duplicates == Duplicates::keep_first ? early
                                                                    : high;
    if (better) k = s;
  }
  rows.clear();
  for (const auto& [key, s] : best) rows.push_back(s);
  for (bool again = true; again;) {
    std::map<std::int64_t, int> users, items;
    for (const auto& s : rows) ++users[s.user], ++items[s.item];
    again = std::erase_if(rows, [&](const Sample& s) {
              return users[s.user] < spec.user_core || items[s.item] < spec.item_core;
            }) > 0;
  }
  return rows;
}

std::string refusal(const Samples& samples, const FilterSpec& spec, const Delivery& how = {}) {
  try {
    filtered(samples, spec, how);
  } catch (const DataError& e) {
    return e.what();
  }
  return "";
}

TEST(Filter, KeepsEverythingWhenNothingIsAsked) {
  auto samples = random_samples(1, 300, 20, 40);
  const auto kept = filtered(samples, {});
  EXPECT_EQ(kept, naive(samples, {}));
  EXPECT_EQ(kept.size(), 300u);
}

TEST(Filter, KeepsTheTimeWindowWithItsBeginAndWithoutItsEnd) {
  FilterSpec spec;
  spec.from_ms = 40'000;
  spec.until_ms = 90'000;
  const auto samples = random_samples(2, 300, 20, 40);
  EXPECT_EQ(filtered(samples, spec), naive(samples, spec));
  EXPECT_EQ(filtered({{1, 1, 1, 39'999}, {1, 2, 1, 40'000}, {1, 3, 1, 89'999}, {1, 4, 1, 90'000}}, spec),
            (Samples{{1, 2, 1, 40'000}, {1, 3, 1, 89'999}}));
}

TEST(Filter, KeepsRatingsFromTheLeastOn) {
  FilterSpec spec;
  spec.min_rating = 3;
  const auto samples = random_samples(3, 300, 20, 40);
  EXPECT_EQ(filtered(samples, spec), naive(samples, spec));
}

TEST(Filter, ResolvesDuplicatesByEachPolicy) {
  const auto samples = random_samples(4, 2000, 12, 15, true);
  for (const auto policy : {Duplicates::keep_first, Duplicates::keep_last, Duplicates::keep_max}) {
    FilterSpec spec;
    spec.duplicates = policy;
    EXPECT_EQ(filtered(samples, spec), naive(samples, spec)) << static_cast<int>(policy);
  }
}

TEST(Filter, LooksForDuplicatesOnlyAmongWhatTheWindowLeft) {
  FilterSpec spec;
  spec.duplicates = Duplicates::keep_last;
  spec.until_ms = 100'000;
  spec.min_rating = 2;
  const auto samples = random_samples(5, 2000, 12, 15, true);
  EXPECT_EQ(filtered(samples, spec), naive(samples, spec));
}

TEST(Filter, KeepsOneOfEachPartWhenTheSplitIsGiven) {
  const auto samples = random_samples(6, 2000, 12, 15, true);
  Delivery how;
  how.parts = true;
  EXPECT_EQ(filtered(samples, {}, how, true), naive(samples, {}, true));
  EXPECT_EQ(filtered(samples, {}, how, false), naive(samples, {}, false)) << "else parts are dropped";
}

TEST(Filter, FindsTheCore) {
  for (const std::uint64_t seed : {7, 8, 9}) {
    const auto samples = random_samples(seed, 350, 40, 60);
    for (const auto& [user_core, item_core] : {std::pair{5, 5}, {2, 9}, {8, 1}, {0, 6}, {3, 0}}) {
      FilterSpec spec;
      spec.user_core = user_core;
      spec.item_core = item_core;
      const auto expected = naive(samples, spec);
      if (expected.empty())
        EXPECT_NE(refusal(samples, spec), "");
      else
        EXPECT_EQ(filtered(samples, spec), expected) << user_core << "," << item_core;
    }
  }
}

TEST(Filter, UnravelsALongChainInLinearTime) {
  // Each removal sets off the next one: passes over all data would take 100,000 of them.
  Samples chain{{0, 0}};
  for (std::int64_t i = 0; i < 100'000; ++i) {
    chain.push_back({i, i + 1});
    chain.push_back({i + 1, i + 1});
  }
  for (std::int64_t u : {200'001, 200'002})
    for (std::int64_t i : {200'001, 200'002}) chain.push_back({u, i});
  FilterSpec spec;
  spec.user_core = spec.item_core = 2;
  EXPECT_EQ(filtered(chain, spec).size(), 4u);
}

TEST(Filter, NamesUserAndItemOfADuplicateThatIsAnError) {
  FilterSpec spec;
  spec.duplicates = Duplicates::error;
  EXPECT_TRUE(refusal({{5, 9}, {5, 10}, {5, 9}}, spec).starts_with("user 5 and item 9 meet more than once"));
  EXPECT_EQ(refusal({{5, 9}, {5, 10}}, spec), "");
}

TEST(Filter, RefusesToOrderByTimesThatAreNotThere) {
  Delivery how;
  how.times = false;
  FilterSpec last, first, window;
  last.duplicates = Duplicates::keep_last;
  first.duplicates = Duplicates::keep_first;
  window.from_ms = 0;
  for (const auto& spec : {last, first, window})
    EXPECT_NE(refusal({{1, 1}}, spec, how).find("needs times, and the data has none"), std::string::npos);
}

TEST(Filter, SaysWhyNothingIsLeft) {
  FilterSpec rating, core;
  rating.min_rating = 9.5;
  core.user_core = 3;
  const auto samples = Samples{{1, 1, 4.5f}, {1, 2, 2}, {2, 1, 1}};
  EXPECT_NE(refusal(samples, rating).find("the largest value is 4.5, min_rating is 9.5"), std::string::npos);
  EXPECT_NE(refusal(samples, core).find("3 passed, but none is in the core of users with at least 3"),
            std::string::npos);
}

}  // namespace
}  // namespace assay
