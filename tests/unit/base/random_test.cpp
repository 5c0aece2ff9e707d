// Philox against the authors' known answers, and the distributions drawn from it.

#include "assay/random.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <numeric>
#include <vector>

namespace assay {
namespace {

TEST(Random, EqualsTheKnownAnswerOfPhilox4x32WithZeroKeyAndCounter) {
  Random random(0);  // Random123 kat_vectors: 6627e8d5 e169c58d bc57ac4c 9b00dbd8
  EXPECT_EQ(random.bits(), 0xe169c58d6627e8d5ull);
  EXPECT_EQ(random.bits(), 0x9b00dbd8bc57ac4cull);
}

TEST(Random, TheNthDrawDependsOnKeyAndPositionOnly) {
  Random all(7), later(7, 5);
  for (int i = 0; i < 5; ++i) static_cast<void>(all.bits());
  EXPECT_EQ(all.bits(), later.bits());
}

TEST(Random, BelowStaysBelowAndHitsEveryValueEvenly) {
  Random random(1);
  std::vector<int> count(7);
  for (int i = 0; i < 70000; ++i) ++count[random.below(7)];
  for (const int c : count) EXPECT_NEAR(c, 10000, 500);  // five standard deviations
}

TEST(Random, UniformAndNormalHaveTheirMeansAndVariances) {
  Random random(3);
  double sum = 0, squares = 0, low = 1, high = 0;
  for (int i = 0; i < 100000; ++i) {
    const double u = random.uniform();
    low = std::min(low, u);
    high = std::max(high, u);
    const double n = random.normal();
    sum += n;
    squares += n * n;
  }
  EXPECT_GE(low, 0);
  EXPECT_LT(high, 1);
  EXPECT_NEAR(sum / 100000, 0, 0.016);
  EXPECT_NEAR(squares / 100000, 1, 0.025);
}

TEST(Random, FloatsStayInsideTheirInterval) {
  Random random(4);
  std::vector<float> values(100000);
  random.uniform(values, -0.01f, 0.01f);
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  EXPECT_GE(*low, -0.01f);
  EXPECT_LT(*high, 0.01f);
}

TEST(Random, AShuffleIsAPermutation) {
  Random random(5);
  std::vector<std::int32_t> values(100);
  std::iota(values.begin(), values.end(), 0);
  random.shuffle(values);
  EXPECT_FALSE(std::is_sorted(values.begin(), values.end()));
  std::sort(values.begin(), values.end());
  for (int i = 0; i < 100; ++i) EXPECT_EQ(values[static_cast<std::size_t>(i)], i);
}

}  // namespace
}  // namespace assay
