// Single metrics against numbers worked out by hand, and the names of metrics.

#include "eval/metrics.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

#include "assay/errors.hpp"
#include "assay/random.hpp"

#include "base/files.hpp"
#include "eval/exact_sum.hpp"

namespace assay {
namespace {

/// A list of five with hits at places 1, 3 and 4; four relevant items in all.
double by_hand(const char* metric, int cutoff) {
  const CatalogueFacts facts(Interactions{}, Table{0, {}}, 10, 10);
  const std::vector<Index> list{4, 2, 7, 1, 9};
  const std::vector<std::uint8_t> hit{1, 0, 1, 1, 0};
  return metric_function(metric).per_user({0, list, hit, 4, 0, &facts}, cutoff);
}

TEST(Metrics, AreThoseOfAListWorkedOutByHand) {
  EXPECT_DOUBLE_EQ(by_hand("precision", 2), .5);
  EXPECT_DOUBLE_EQ(by_hand("precision", 10), .3);  // five places are missing: misses
  EXPECT_DOUBLE_EQ(by_hand("recall", 2), .25);
  EXPECT_DOUBLE_EQ(by_hand("recall", 5), .75);
  EXPECT_DOUBLE_EQ(by_hand("recall_capped", 2), .5);
  EXPECT_DOUBLE_EQ(by_hand("hit_rate", 1), 1);
  EXPECT_DOUBLE_EQ(by_hand("map", 2), 1.0 / 2);
  EXPECT_DOUBLE_EQ(by_hand("map", 5), (1 + 2.0 / 3 + 3.0 / 4) / 4);
  EXPECT_DOUBLE_EQ(by_hand("mrr", 5), 1);
  EXPECT_NEAR(by_hand("ndcg", 3), (1 + 1 / std::log2(4)) / (1 + 1 / std::log2(3) + 1 / std::log2(4)), 1e-15);
  EXPECT_NEAR(by_hand("ndcg", 10),
              (1 + 1 / std::log2(4) + 1 / std::log2(5)) / (1 + 1 / std::log2(3) + 1 / std::log2(4) + 1 / std::log2(5)),
              1e-15);
}

TEST(Metrics, GiniIsNoughtForEqualCountsAndOneForASingleItem) {
  const auto gini = metric_function("gini").overall;
  EXPECT_DOUBLE_EQ(gini(std::vector<std::int64_t>{3, 3, 3, 3}), 0);
  EXPECT_DOUBLE_EQ(gini(std::vector<std::int64_t>{0, 9, 0, 0, 0}), 1);
  EXPECT_DOUBLE_EQ(gini(std::vector<std::int64_t>{0, 0, 5, 5}), 2.0 / 3);
  EXPECT_DOUBLE_EQ(gini(std::vector<std::int64_t>{0, 0}), 0);
}

TEST(Metrics, EachHasADefinitionOfOneLine) {
  for (const auto& metric : all_metrics()) {
    EXPECT_FALSE(metric.definition.empty()) << metric.name;
    EXPECT_EQ(metric.definition.find('\n'), std::string::npos) << metric.name;
  }
  EXPECT_EQ(all_metrics().size(), 16U);
}

TEST(Metrics, AreAllInTheReferencePage) {
  const std::string page = read_file(ASSAY_SOURCE_DIR "/docs/metrics.md");
  for (const auto& metric : all_metrics()) {
    const std::string row = "| `" + metric.name + (metric.at_cutoff ? "@k` | " : "` | ");
    const auto at = page.find(row);
    ASSERT_NE(at, std::string::npos) << metric.name;
    const std::string line = page.substr(at, page.find('\n', at) - at);
    EXPECT_THAT(line, testing::EndsWith(metric.higher_is_better ? "| higher |" : "| lower |"));
  }
}

std::string complaint(const char* text) {
  try {
    (void)parse_metric(text);
    return "accepted";
  } catch (const Error& e) {
    return e.what();
  }
}

TEST(Metrics, NamesAreReadWithTheirCutoff) {
  EXPECT_EQ(parse_metric("ndcg@10").name, "ndcg");
  EXPECT_EQ(parse_metric("ndcg@10").cutoff, 10);
  EXPECT_EQ(parse_metric("auc").cutoff, 0);
}

TEST(Metrics, AWrongNameIsToldTheNearest) {
  EXPECT_THAT(complaint("ndgc@10"),
              testing::StartsWith("there is no metric \"ndgc\". Did you mean \"ndcg\"? Metrics: "));
  EXPECT_EQ(complaint("ndcg"), "\"ndcg\" needs a cutoff. Write \"ndcg@10\", for example.");
  EXPECT_EQ(complaint("ndcg@0"), "\"ndcg@0\" needs a cutoff. Write \"ndcg@10\", for example.");
  EXPECT_EQ(complaint("ndcg@5x"), "\"ndcg@5x\" needs a cutoff. Write \"ndcg@10\", for example.");
  EXPECT_EQ(complaint("auc@5"), "\"auc@5\": auc has no cutoff. Write \"auc\".");
}

TEST(ExactMean, HasTheSameBitsInAnyOrder) {
  Random random(8);
  std::vector<float> values(10007);
  for (auto& v : values) v = static_cast<float>(random.uniform() * std::pow(10.0, random.uniform() * 12 - 6));
  std::vector<double> means;
  for (int round = 0; round < 20; ++round) {
    means.push_back(exact_mean(values));
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random.below(i)]);
  }
  EXPECT_EQ(std::set<double>(means.begin(), means.end()).size(), 1U);
  long double sum = 0;
  for (const float v : values) sum += static_cast<long double>(v);
  EXPECT_NEAR(means[0], static_cast<double>(sum / 10007), 1e-12 * means[0]);
}

TEST(ExactMean, IsNaNForNaNAndForNothing) {
  EXPECT_TRUE(std::isnan(exact_mean({})));
  EXPECT_TRUE(std::isnan(exact_mean(std::vector<float>{1, std::nanf("")})));
  EXPECT_EQ(exact_mean(std::vector<float>{-1, 2}), .5);
}

}  // namespace
}  // namespace assay
