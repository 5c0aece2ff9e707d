// Questions asked through C++: lists, leaderboards, paired differences.

#include "results/queries.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/errors.hpp"

#include "base/hash.hpp"
#include "results/recorder.hpp"
#include "story.hpp"

namespace assay {
namespace {

using story::Folder;
using story::Teller;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// Two executions of the made-up experiment; the second is named otherwise.
class Queries : public ::testing::Test {
 protected:
  void SetUp() override {
    Recorder recorder(folder_ / "a.db");
    Teller(recorder, "a").whole();
    Teller(recorder, "b").whole();
    recorder.close();
    database_.emplace(folder_ / "a.db", Database::Access::read);
  }
  Folder folder_;
  std::optional<Database> database_;
};

TEST_F(Queries, ListRunsNewestFirstByNameAndByPartsOfAnId) {
  EXPECT_EQ(list_runs(*database_, std::nullopt, 0).size(), 16u);
  EXPECT_EQ(list_runs(*database_, "made_up", 0).size(), 16u);
  EXPECT_EQ(list_runs(*database_, "0000000b", 0).size(), 8u);
  const auto two = list_runs(*database_, std::nullopt, 2);
  ASSERT_EQ(two.size(), 2u);
  EXPECT_EQ(two[0].label, "popular");
  EXPECT_EQ(two[0].seed, std::nullopt);
  EXPECT_NEAR(*two[0].primary.value, story::mean_of(1, 1, std::nullopt, 0, "ndcg"), 1e-12);
  EXPECT_EQ(two[1].status, "crashed");
  EXPECT_TRUE(two[1].primary.missing());
}

TEST_F(Queries, FindTheLatestExperimentOfAName) {
  EXPECT_THAT(find_experiment(*database_, std::nullopt), HasSubstr("000b"));
  EXPECT_THAT(find_experiment(*database_, "made_up"), HasSubstr("000b"));
  EXPECT_THAT(find_experiment(*database_, "000a"), HasSubstr("000a"));
  EXPECT_THAT([&] { static_cast<void>(find_experiment(*database_, "018bcfe5")); },
              ThrowsMessage<ConfigError>(HasSubstr("several experiments")));
  EXPECT_THAT([&] { static_cast<void>(find_experiment(*database_, "made_uq")); },
              ThrowsMessage<ConfigError>(HasSubstr("Did you mean \"made_up\"?")));
}

TEST_F(Queries, LeaderboardHoldsTasksMetricsRowsAndWhatIsMissing) {
  const Leaderboard board = leaderboard(*database_, std::nullopt);
  ASSERT_EQ(board.tasks.size(), 2u);
  const LeaderboardTask& other = board.tasks[1];
  EXPECT_EQ(other.dataset, "other");
  ASSERT_EQ(other.metrics.size(), 3u);
  EXPECT_EQ(other.metrics[0].key, "ndcg@10");
  ASSERT_EQ(other.rows.size(), 2u);
  EXPECT_EQ(other.rows[0].label, "random");
  EXPECT_TRUE(other.rows[0].seeded);
  EXPECT_FALSE(other.rows[1].seeded);
  EXPECT_FALSE(other.rows[1].difference);  // the reference itself
  ASSERT_EQ(other.missing.size(), 1u);
  EXPECT_EQ(other.missing[0].reason, "killed by signal 11 (segmentation fault)");
}

TEST_F(Queries, UnitValuesAreAveragedOverSeeds) {
  const UnitValues values =
      unit_values(*database_, find_experiment(*database_, std::nullopt), "task0", "random", "ndcg@10");
  EXPECT_EQ(values.units, (std::vector<std::int64_t>{0, 1, 3, 4, 7}));
  for (int u = 0; u < 5; ++u) {
    double mean = 0;
    for (const std::uint64_t seed : {1u, 2u, 3u})
      mean += static_cast<double>(story::value_of(0, 0, seed, 0, "ndcg", u)) / 3;
    EXPECT_NEAR(values.values[static_cast<std::size_t>(u)], mean, 1e-12);
  }
}

TEST(PairedDifference, EqualsStudentsSleepData) {
  // Student (1908), extra sleep by two drugs; R: t.test(paired = TRUE): t = -4.0621, p = 0.002833, -2.4599 … -0.7001.
  const UnitValues first{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0}};
  const UnitValues second{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4}};
  const auto difference = paired_difference(first, second);
  ASSERT_TRUE(difference);
  EXPECT_NEAR(difference->mean, -1.58, 1e-12);
  EXPECT_NEAR(difference->low, -2.4598858, 1e-6);
  EXPECT_NEAR(difference->high, -0.7001142, 1e-6);
  EXPECT_NEAR(difference->p, 0.00283289, 1e-7);
  EXPECT_EQ(difference->units, 10);
}

TEST(PairedDifference, TakesSharedUnitsOnly) {
  const auto difference = paired_difference({{1, 2, 5}, {1, 2, 3}}, {{2, 3, 5}, {1, 9, 1}});
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->units, 2);
  EXPECT_NEAR(difference->mean, 1.5, 1e-12);
  EXPECT_FALSE(paired_difference({{1}, {1}}, {{1}, {2}}));
  EXPECT_FALSE(paired_difference({}, {}));
}

TEST(PairedDifference, OfEqualModelsIsNothing) {
  const auto difference = paired_difference({{1, 2}, {0.5, 0.25}}, {{1, 2}, {0.5, 0.25}});
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->mean, 0);
  EXPECT_EQ(difference->p, 1);
}

TEST(ShortId, IsTheRandomEndOfAUid) { EXPECT_EQ(short_id("018bcfe5-7000-7000-8000-000a12345678"), "12345678"); }

}  // namespace
}  // namespace assay
