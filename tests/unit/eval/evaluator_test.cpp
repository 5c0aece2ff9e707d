// The evaluator against the plain implementation, at any number of threads, and its refusals.

#include "eval/evaluator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/errors.hpp"

#include "base/pool.hpp"
#include "plain.hpp"

namespace assay {
namespace {

MetricsSpec everything(std::vector<int> cutoffs) {
  MetricsSpec spec;
  spec.names.clear();
  for (const auto& metric : all_metrics()) spec.names.push_back(metric.name);
  spec.cutoffs = std::move(cutoffs);
  return spec;
}

struct Setting {
  plain::World world;
  MetricsSpec spec;
  std::vector<Column> columns;
  EvaluationInput input;

  Setting(std::uint64_t seed, Index users, Index items, int levels, std::vector<int> cutoffs)
      : world(plain::random_world(seed, users, items, levels)), spec(everything(std::move(cutoffs))) {
    columns = {world.tag_column};
    columns[0].tags = world.tags.view();
    input = {&world.model,
             world.train.view(),
             world.train.view(),
             world.test.view(),
             world.train.view(),
             {items, columns},
             &spec,
             10,
             false,
             {}};
  }
};

std::string name_of(const MetricValue& value) {
  return value.cutoff ? value.metric + "@" + std::to_string(value.cutoff) : value.metric;
}

void expect_near(double expected, double actual, const std::string& what) {
  EXPECT_NEAR(expected, actual, 2e-6 * std::max(1.0, std::fabs(expected))) << what;
}

void compare_with_plain(const Setting& setting, const Evaluation& found) {
  auto expected = plain::evaluate(setting.world, setting.spec.cutoffs);
  for (const auto& value : found.values) {
    const auto& numbers = expected[name_of(value)];
    if (value.per_user.empty() && numbers.size() == 1) {
      expect_near(numbers[0], value.value, name_of(value));
      continue;
    }
    ASSERT_EQ(numbers.size(), value.per_user.size()) << name_of(value);
    double sum = 0;
    for (std::size_t u = 0; u < numbers.size(); ++u) {
      expect_near(numbers[u], value.per_user[u], name_of(value) + " of user " + std::to_string(u));
      sum += numbers[u];
    }
    const auto& pooled = expected[name_of(value) + " of all"];
    if (!pooled.empty())
      expect_near(pooled[0], value.value, name_of(value) + " of all");
    else if (!numbers.empty())
      expect_near(sum / static_cast<double>(numbers.size()), value.value, name_of(value));
  }
}

TEST(Evaluator, EqualsThePlainImplementationOnRandomRankingsWithTies) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const Setting setting(seed, static_cast<Index>(20 + 23 * (seed % 4)), static_cast<Index>(3 + 31 * (seed % 5)),
                          seed % 3 ? 4 : 1000, {1, 3, 10, 50});
    const auto found = evaluate(setting.input, serial_executor());
    EXPECT_EQ(found.values.size(), 3 + 13 * 4U);
    compare_with_plain(setting, found);
  }
}

TEST(Evaluator, CountsManyRelevantItemsForTheAreaUnderTheCurve) {
  const Setting setting(77, 6, 900, 50, {5});  // more than 128 relevant items a user: counted by sorting
  compare_with_plain(setting, evaluate(setting.input, serial_executor()));
}

TEST(Evaluator, ScoringInSlicesChangesNothing) {
  Setting setting(5, 70, 2500, 300, {5, 100});
  setting.spec.names.erase(std::find(setting.spec.names.begin(), setting.spec.names.end(), "auc"));  // wants whole rows
  const auto whole = evaluate(setting.input, serial_executor());
  setting.input.slices = true;
  const auto sliced = evaluate(setting.input, serial_executor());
  EXPECT_EQ(whole.top_items, sliced.top_items);
  for (std::size_t i = 0; i < whole.values.size(); ++i) EXPECT_EQ(whole.values[i].value, sliced.values[i].value);
}

TEST(Evaluator, GivesTheSameBitsAtAnyNumberOfThreads) {
  Setting setting(9, 500, 120, 6, {1, 5, 20});
  setting.input.keep_top = 100;
  ThreadPool one(1);
  const auto expected = evaluate(setting.input, one);
  for (const int threads : {2, 3, 4}) {
    ThreadPool pool(threads);
    const auto found = evaluate(setting.input, pool);
    EXPECT_EQ(expected.users, found.users);
    EXPECT_EQ(expected.top_items, found.top_items);
    EXPECT_EQ(expected.top_scores, found.top_scores);
    EXPECT_EQ(expected.tied_places, found.tied_places);
    EXPECT_EQ(expected.empty_lists, found.empty_lists);
    for (std::size_t i = 0; i < expected.values.size(); ++i) {
      EXPECT_EQ(expected.values[i].value, found.values[i].value) << name_of(expected.values[i]);
      EXPECT_EQ(expected.values[i].per_user, found.values[i].per_user) << name_of(expected.values[i]);
    }
  }
}

TEST(Evaluator, KeepsTheTopPlacesAndCountsTiesAndEmptyLists) {
  Setting setting(3, 90, 40, 3, {5});
  setting.input.keep_top = 60;  // more than there are items
  const auto found = evaluate(setting.input, serial_executor());
  std::int64_t empty = 0, tied = 0;
  for (std::size_t u = 0; u < found.users.size(); ++u) {
    auto list = plain::ranking(setting.world, found.users[u]);
    empty += list.empty();
    for (std::size_t i = 0; i < 5 && i + 1 < list.size(); ++i)
      tied += found.top_scores[u * 60 + i] == found.top_scores[u * 60 + i + 1];
    list.resize(60, kUnknown);
    EXPECT_THAT(std::span(found.top_items).subspan(u * 60, 60), testing::ElementsAreArray(list));
  }
  EXPECT_EQ(found.empty_lists, empty);
  EXPECT_EQ(found.tied_places, tied);
  setting.input.keep_top = 0;  // a tie between the last place of the list and the first one after it still counts
  EXPECT_EQ(evaluate(setting.input, serial_executor()).tied_places, tied);
  EXPECT_GT(empty, 0);
  EXPECT_GT(tied, 0);
}

TEST(Evaluator, AUsersNumbersDoNotDependOnTheOtherUsers) {
  Setting all(21, 200, 60, 8, {5});
  const auto together = evaluate(all.input, serial_executor());
  std::vector<std::set<Index>> only(200);
  const Index chosen = together.users[117];
  only[static_cast<std::size_t>(chosen)] = all.world.test.row(chosen);
  const plain::Matrix test(only, 60);
  all.input.relevant = test.view();
  const auto alone = evaluate(all.input, serial_executor());
  ASSERT_EQ(alone.users, std::vector<Index>{chosen});
  for (std::size_t i = 0; i < alone.values.size(); ++i)
    if (!alone.values[i].per_user.empty()) {
      EXPECT_EQ(alone.values[i].per_user[0], together.values[i].per_user[117]);
    }
}

/// What the evaluator hands to score(), and one score to spoil.
class Watcher final : public plain::HashModel {
 public:
  Watcher() : HashModel(5) {}
  float spoil = 1;
  bool sane = true;
  void score(const Profiles& profiles, Scores out) const override {
    const_cast<Watcher*>(this)->sane &= out.users == 64 && profiles.known.rows == 64 &&
                                        profiles.known.offsets.size() == 65 && profiles.user.size() == 64 &&
                                        out.stride % 16 == 0;
    for (std::size_t i = 0; i < 64; ++i)
      const_cast<Watcher*>(this)->sane &=
          (profiles.user[i] == kUnknown) == profiles.known[static_cast<Index>(i)].columns.empty();
    HashModel::score(profiles, out);
    if (spoil != 1) out.data[3 * out.stride + 7] = spoil;
  }
};

TEST(Evaluator, ShowsTheModelTilesOf64Profiles) {
  Setting setting(4, 130, 30, 5, {5});
  const Watcher watcher;
  setting.input.model = &watcher;
  const auto found = evaluate(setting.input, serial_executor());
  EXPECT_TRUE(watcher.sane);
  EXPECT_NE(found.users.size() % 64, 0U);
}

TEST(Evaluator, RefusesNaNAndInfinityNamingUserAndItem) {
  Setting setting(4, 130, 30, 5, {5});
  Watcher watcher;
  setting.input.model = &watcher;
  const auto user = std::to_string(evaluate(setting.input, serial_executor()).users[3]);
  for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    watcher.spoil = bad;
    try {
      (void)evaluate(setting.input, serial_executor());
      ADD_FAILURE() << "accepted " << bad;
    } catch (const PluginError& e) {
      EXPECT_THAT(e.what(), testing::StartsWith("the model's score of item 7 for user " + user));
    }
  }
}

TEST(Evaluator, StopsWhenProgressSaysSo) {
  Setting setting(4, 400, 30, 5, {5});
  std::int64_t last = 0;
  setting.input.progress = [&](std::int64_t done, std::int64_t total) {
    EXPECT_GT(done, last);
    EXPECT_LE(done, total);
    last = done;
    return done < 128;
  };
  EXPECT_THROW((void)evaluate(setting.input, serial_executor()), Cancelled);
  EXPECT_EQ(last, 128);
}

TEST(Evaluator, WithoutTagsDiversityIsNotMeasurable) {
  Setting setting(4, 40, 30, 5, {5});
  setting.input.items = {30, {}};
  const auto found = evaluate(setting.input, serial_executor());
  EXPECT_TRUE(std::isnan(found.at("intra_list_diversity@5")));
  EXPECT_FALSE(std::isnan(found.at("ndcg@5")));
}

/// Ranks, but does not rate.
class Silent final : public Recommender {
 public:
  void fit(const TrainingData&, Run&) override {}
  void save(Writer&) const override {}
  void load(Reader&) override {}
  void score(const Profiles&, Scores out) const override {
    for (Index r = 0; r < out.users; ++r) std::fill_n(out.data + r * out.stride, out.items, 0.F);
  }
};

TEST(Evaluator, WhatAModelDoesNotRateIsNotMeasurable) {
  Setting setting(4, 40, 30, 5, {5});
  const Silent silent;
  setting.input.model = &silent;
  const auto found = evaluate(setting.input, serial_executor());
  EXPECT_TRUE(std::isnan(found.at("rmse")));
  EXPECT_TRUE(std::isnan(found.at("mae")));
  EXPECT_FALSE(std::isnan(found.at("ndcg@5")));
}

/// Notes what rate() is given.
class Curious final : public plain::HashModel {
 public:
  Curious() : HashModel(3) {}
  void rate(const Profiles& profiles, std::span<const Index> item, std::span<float> out) const override {
    rows.insert(static_cast<std::size_t>(profiles.known.rows));
    for (std::size_t p = 0; p < item.size(); ++p) {
      const Row profile = profiles.known[static_cast<Index>(p)];
      for (std::size_t i = 0; i < profile.columns.size(); ++i)
        if (profiles.user[p] != kUnknown)
          values_right &= profile.values[i] == plain::value_of(profiles.user[p], profile.columns[i]);
      strangers_right &= profile.columns.empty() == (profiles.user[p] == kUnknown);
    }
    HashModel::rate(profiles, item, out);
  }
  mutable std::set<std::size_t> rows;
  mutable bool values_right = true, strangers_right = true;
};

TEST(Evaluator, AsksForRatingsInTilesOf64WithTheUsersProfiles) {
  Setting setting(6, 90, 40, 5, {5});
  const Curious curious;
  setting.input.model = &curious;
  (void)evaluate(setting.input, serial_executor());
  EXPECT_EQ(curious.rows, std::set<std::size_t>{64});
  EXPECT_TRUE(curious.values_right);
  EXPECT_TRUE(curious.strangers_right);
}

TEST(Evaluator, RefusesARatingThatIsNotFinite) {
  class Lost final : public plain::HashModel {
   public:
    Lost() : HashModel(3) {}
    void rate(const Profiles&, std::span<const Index>, std::span<float> out) const override {
      std::fill(out.begin(), out.end(), 3.F);
      out.back() = std::nanf("");
    }
  };
  Setting setting(6, 90, 40, 5, {5});
  const Lost lost;
  setting.input.model = &lost;
  EXPECT_THROW((void)evaluate(setting.input, serial_executor()), PluginError);
  setting.spec.names = {"ndcg"};
  EXPECT_NO_THROW((void)evaluate(setting.input, serial_executor()));  // nobody asked
}

TEST(Evaluator, WithoutUsersThereIsNothingToMeasure) {
  Setting setting(4, 40, 30, 5, {5});
  const plain::Matrix nothing(std::vector<std::set<Index>>(40), 30);
  setting.input.relevant = nothing.view();
  const auto found = evaluate(setting.input, serial_executor());
  EXPECT_TRUE(found.users.empty());
  EXPECT_TRUE(std::isnan(found.at("precision@5")));
}

TEST(Evaluator, SaysWhatWasComputedWhenAskedForSomethingElse) {
  Setting setting(4, 40, 30, 5, {5});
  setting.spec.names = {"ndcg", "auc"};
  const auto found = evaluate(setting.input, serial_executor());
  EXPECT_EQ(found.at("ndcg@5"), found.values[0].value);
  try {
    (void)found.at("ndcg@10");
    FAIL();
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "\"ndcg@10\" was not computed. Computed: ndcg@5, auc.");
  }
}

}  // namespace
}  // namespace assay
