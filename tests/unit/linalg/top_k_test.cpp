// The k best of a row, against a stable sort.

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <numeric>
#include <vector>

#include "assay/linalg.hpp"
#include "assay/random.hpp"

namespace assay {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::vector<Index> sorted(const std::vector<float>& scores, std::size_t k) {
  std::vector<Index> order;
  for (std::size_t i = 0; i < scores.size(); ++i)
    if (scores[i] > -kInfinity) order.push_back(static_cast<Index>(i));
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
    return scores[static_cast<std::size_t>(a)] > scores[static_cast<std::size_t>(b)];
  });
  order.resize(std::min(order.size(), k));
  return order;
}

void expect_as_sorted(const std::vector<float>& scores, std::size_t k) {
  std::vector<Scored> out(k, {-7, 0});
  const auto found = static_cast<std::size_t>(top_k(scores, out));
  const std::vector<Index> expected = sorted(scores, k);
  ASSERT_EQ(found, expected.size()) << scores.size() << " scores, k = " << k;
  for (std::size_t i = 0; i < found; ++i) {
    ASSERT_EQ(out[i].index, expected[i]) << "place " << i << " of " << scores.size() << " scores, k = " << k;
    ASSERT_EQ(out[i].score, scores[static_cast<std::size_t>(expected[i])]);
  }
  for (std::size_t i = found; i < k; ++i) ASSERT_EQ(out[i].index, -7) << "wrote beyond what was found";
}

const std::vector<std::size_t> kSizes = {1, 2, 7, 31, 32, 33, 64, 100, 1653, 3706, 8192, 8200, 40000};
const std::vector<std::size_t> kCuts = {1, 2, 5, 20, 100, 257, 1000, 5000};

TEST(TopK, EqualsAStableSortOfRandomScores) {
  Random random(1);
  for (const std::size_t size : kSizes)
    for (const std::size_t k : kCuts) {
      std::vector<float> scores(size);
      random.normal(scores, 0, 1);
      expect_as_sorted(scores, k);
    }
}

TEST(TopK, GivesTiesToTheSmallerIndex) {
  Random random(2);
  for (const std::size_t size : kSizes)
    for (const std::size_t k : kCuts)
      for (const std::uint64_t levels : {1, 2, 10}) {
        std::vector<float> scores(size);
        for (float& s : scores) s = static_cast<float>(random.below(levels));
        expect_as_sorted(scores, k);
      }
}

TEST(TopK, KeepsWhatOrderTheScoresComeIn) {
  for (const std::size_t size : kSizes)
    for (const std::size_t k : kCuts) {
      std::vector<float> scores(size);
      std::iota(scores.begin(), scores.end(), -100.f);
      expect_as_sorted(scores, k);
      std::reverse(scores.begin(), scores.end());
      expect_as_sorted(scores, k);
    }
}

TEST(TopK, NeverTakesMinusInfinity) {
  Random random(3);
  for (const std::size_t size : kSizes)
    for (const std::size_t k : kCuts)
      for (const std::uint64_t kept : {0, 1, 50, 95}) {
        std::vector<float> scores(size);
        for (float& s : scores) s = random.below(100) < kept ? static_cast<float>(random.normal()) : -kInfinity;
        expect_as_sorted(scores, k);
      }
}

TEST(TopK, TakesTheLowestFiniteScoreAndZeroesOfEitherSignAsEquals) {
  expect_as_sorted({std::numeric_limits<float>::lowest(), -kInfinity, std::numeric_limits<float>::lowest()}, 3);
  expect_as_sorted({-0.f, 0.f, -0.f, 1.f}, 3);
}

TEST(TopK, PassesOverNaN) {
  Random random(4);
  std::vector<float> scores(5000);
  random.normal(scores, 0, 1);
  std::vector<float> without = scores;
  for (std::size_t i = 0; i < scores.size(); i += 3) {
    scores[i] = std::nanf("");
    without[i] = -kInfinity;
  }
  std::vector<Scored> out(100);
  ASSERT_EQ(top_k(scores, out), 100);
  const auto expected = sorted(without, 100);
  for (std::size_t i = 0; i < 100; ++i) ASSERT_EQ(out[i].index, expected[i]);
}

TEST(TopK, OfNothingIsNothing) {
  std::vector<Scored> out(3);
  EXPECT_EQ(top_k({}, out), 0);
  EXPECT_EQ(top_k(std::vector<float>{1, 2}, {}), 0);
}

}  // namespace
}  // namespace assay
