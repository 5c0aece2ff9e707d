// The views against plain computation from what was told.

#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <map>
#include <sstream>

#include "results/queries.hpp"
#include "results/recorder.hpp"
#include "story.hpp"

namespace assay {
namespace {

using story::Folder;
using story::mean_of;
using story::sqlite3;
using story::Teller;

/// Mean and half the width of the 95 % t-interval, with quantiles from a printed table.
struct Interval {
  double mean, margin;
};
Interval interval(const std::vector<double>& values) {
  const std::map<std::size_t, double> t{{2, 12.7062}, {3, 4.30265}, {4, 3.18245}, {5, 2.77645}};
  double mean = 0, squares = 0;
  for (const double v : values) mean += v / static_cast<double>(values.size());
  for (const double v : values) squares += (v - mean) * (v - mean);
  const double n = static_cast<double>(values.size());
  return {mean, values.size() < 2 ? 0 : t.at(values.size()) * std::sqrt(squares / (n - 1) / n)};
}

class Row {
 public:
  explicit Row(const std::string& text) {
    std::istringstream in(text);
    for (std::string field; std::getline(in, field, '|');) fields_.push_back(field);
  }
  [[nodiscard]] double number(std::size_t i) const { return std::stod(fields_.at(i)); }

 private:
  std::vector<std::string> fields_;
};

TEST(Leaderboard, MeansAndIntervalsEqualAPlainComputation) {
  const Folder folder;
  const auto db = folder / "a.db";
  story::record_whole(db);
  for (std::size_t dataset = 0; dataset < 2; ++dataset)
    for (const std::string metric : {"precision", "ndcg", "gini"}) {
      std::vector<double> values;
      for (const std::uint64_t seed : {1u, 2u, 3u})
        if (dataset == 0 || seed != 3) values.push_back(mean_of(dataset, 0, seed, 0, metric));
      const Interval expected = interval(values);
      const Row row(
          sqlite3(db,
                  "SELECT mean, low, high, seeds, failed FROM v_leaderboard WHERE label = 'random' AND task = "
                  "'task" +
                      std::to_string(dataset) + "' AND metric = '" + metric + "@10'"));
      EXPECT_NEAR(row.number(0), expected.mean, 1e-12);
      EXPECT_NEAR(row.number(1), expected.mean - expected.margin, 1e-5);
      EXPECT_NEAR(row.number(2), expected.mean + expected.margin, 1e-5);
      EXPECT_EQ(row.number(3), values.size());
      EXPECT_EQ(row.number(4), 3 - values.size());
    }
}

TEST(Leaderboard, RanksInTheMetricsOwnDirectionAndWithinOneTask) {
  const Folder folder;
  const auto db = folder / "a.db";
  story::record_whole(db);
  EXPECT_EQ(sqlite3(db,
                    "SELECT task, metric, group_concat(label, ' ') FROM (SELECT * FROM v_leaderboard ORDER BY task, "
                    "metric, rank) WHERE metric <> 'precision@10' GROUP BY task, metric"),
            "task0|gini@10|popular random\ntask0|ndcg@10|random popular\n"
            "task1|gini@10|popular random\ntask1|ndcg@10|random popular");
  EXPECT_EQ(sqlite3(db, "SELECT DISTINCT rank FROM v_leaderboard ORDER BY 1"), "1\n2");
  EXPECT_EQ(sqlite3(db, "SELECT DISTINCT label FROM v_leaderboard WHERE is_reference"), "popular");
  EXPECT_EQ(sqlite3(db, "SELECT DISTINCT metric FROM v_leaderboard WHERE is_primary"), "ndcg@10");
}

TEST(Leaderboard, OneSeedHasNoIntervalAndOneInfiniteValueNoMean) {
  const Folder folder;
  const auto db = folder / "a.db";
  Recorder recorder(db);
  Teller teller(recorder);
  teller.start();
  teller.data(0);
  for (const std::uint64_t seed : {1u, 2u}) {
    if (seed == 2) teller.change = [](RunEnded& e) { e.test.values[0].value = std::nan(""); };
    const std::string run = teller.plan(0, 0, seed);
    teller.begin(run);
    teller.finish(run, 0, 0, seed);
  }
  teller.change = nullptr;
  const std::string run = teller.plan(0, 1, std::nullopt);
  teller.begin(run);
  teller.finish(run, 0, 1, std::nullopt);
  teller.end();
  recorder.close();
  EXPECT_EQ(sqlite3(db,
                    "SELECT rank, label, mean IS NULL, low IS NULL, seeds FROM v_leaderboard WHERE metric = "
                    "'precision@10' ORDER BY rank"),
            "1|popular|0|1|1\n2|random|1|1|2");
}

TEST(Leaderboard, FoldsAreAveragedWithinASeed) {
  const Folder folder;
  const auto db = folder / "a.db";
  Recorder recorder(db);
  Teller teller(recorder);
  teller.start();
  teller.data(0);
  std::vector<double> seeds;
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    double sum = 0;
    for (int fold = 0; fold < 4; ++fold) {
      const std::string run = teller.plan(0, 0, seed, fold);
      teller.begin(run);
      teller.finish(run, 0, 0, seed, fold);
      sum += mean_of(0, 0, seed, fold, "ndcg");
    }
    seeds.push_back(sum / 4);
  }
  teller.end();
  recorder.close();
  const Interval expected = interval(seeds);
  const Row row(sqlite3(db, "SELECT mean, high, seeds, runs FROM v_leaderboard WHERE metric = 'ndcg@10'"));
  EXPECT_NEAR(row.number(0), expected.mean, 1e-12);
  EXPECT_NEAR(row.number(1), expected.mean + expected.margin, 1e-5);
  EXPECT_EQ(row.number(2), 3);
  EXPECT_EQ(row.number(3), 12);
}

TEST(Leaderboard, QuantilesAreThoseOfStudent) {  // R: qt(.975, df)
  const Folder folder;
  { Recorder recorder(folder / "a.db"); }
  EXPECT_EQ(sqlite3(folder / "a.db", "SELECT df, round(t975, 3) FROM t_quantiles WHERE df IN (1, 2, 10, 30, 120)"),
            "1|12.706\n2|4.303\n10|2.228\n30|2.042\n120|1.98");
  EXPECT_EQ(sqlite3(folder / "a.db",
                    "SELECT count(*) FROM t_quantiles a JOIN t_quantiles b ON b.df > a.df AND b.t975 >= "
                    "a.t975"),
            "0");
}

TEST(Curves, AreTheToldPoints) {
  const Folder folder;
  const auto db = folder / "a.db";
  story::record_whole(db);
  EXPECT_EQ(sqlite3(db,
                    "SELECT label, seed, epoch, round(value, 3), after_ms FROM v_curves WHERE series = 'generator' AND "
                    "run LIKE '%000a00000001' ORDER BY epoch"),
            "random|1|0|1.0|500\nrandom|1|1|0.5|600\nrandom|1|2|0.333|700");
}

TEST(ParamDiff, ShowsOnlyWhatDiffersInBothDirections) {
  const Folder folder;
  const auto db = folder / "a.db";
  story::record_whole(db);
  const auto diff = [&](const std::string& a, const std::string& b) {
    return sqlite3(
        db, "SELECT name, value_a, value_b FROM v_param_diff WHERE run_a = '018bcfe5-7000-7000-8000-000a0000000" + a +
                "' AND run_b = '018bcfe5-7000-7000-8000-000a0000000" + b + "' ORDER BY name");
  };
  EXPECT_EQ(diff("1", "2"), "(seed)|1|2");
  EXPECT_EQ(diff("1", "4"), "(model)|random|popularity\n(seed)|1|\ndeep|true|\nname|x|\nrate|0.5|2\nsizes|[1,2]|");
  EXPECT_EQ(diff("4", "1"), "(model)|popularity|random\n(seed)||1\ndeep||true\nname||x\nrate|2|0.5\nsizes||[1,2]");
  EXPECT_EQ(diff("4", "8"), "(task)|task0|task1");
  EXPECT_EQ(diff("1", "1"), "");
}

TEST(HistoryView, PutsRepetitionsOfATrialInOrderOfTime) {
  const Folder folder;
  const auto db = folder / "a.db";
  Recorder recorder(db);
  Teller(recorder, "a", 1'700'000'000'000).whole();
  Teller later(recorder, "b", 1'700'100'000'000);
  later.change = [](RunEnded& e) {
    e.test.values[1].value += 0.25;
    e.result_sha256 = "another";
  };
  later.whole();
  recorder.close();
  EXPECT_EQ(sqlite3(db,
                    "SELECT round(change, 3), same_bits, revision, hw_key FROM v_history WHERE trial = 'd0m0s1f0' AND "
                    "metric = 'ndcg@10' ORDER BY started"),
            "||0123abcd|hw1\n0.25|0|0123abcd|hw1");
}

TEST(RunsView, HasOneRowARunWithItsPrimaryValue) {
  const Folder folder;
  const auto db = folder / "a.db";
  story::record_whole(db);
  EXPECT_EQ(sqlite3(db, "SELECT count(*), count(DISTINCT run), count(primary_value) FROM v_runs"), "8|8|7");
  const Row row(sqlite3(db, "SELECT primary_value FROM v_runs WHERE trial = 'd1m0s2f0'"));
  EXPECT_NEAR(row.number(0), mean_of(1, 0, 2, 0, "ndcg"), 1e-12);
}

}  // namespace
}  // namespace assay
