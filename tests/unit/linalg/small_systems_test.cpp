// Sums over gathered rows, and small symmetric systems, against float64.

#include <cmath>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "assay/errors.hpp"
#include "assay/factors.hpp"
#include "assay/random.hpp"

#include "base/pool.hpp"

namespace assay {
namespace {

FactorMatrix random_factors(std::int64_t rows, std::int64_t columns, std::uint64_t key) {
  FactorMatrix x(rows, columns);
  Random random(key);
  for (std::int64_t i = 0; i < rows; ++i) random.normal(x.row(i), 0, 1);
  return x;
}

std::vector<Index> some_rows(std::size_t count, std::uint64_t below) {
  Random random(7);
  std::vector<Index> rows(count);
  for (Index& row : rows) row = static_cast<Index>(random.below(below));
  return rows;
}

TEST(AddGatheredGram, AddsTheUpperTriangleOfTheWeightedSum) {
  for (const std::int64_t columns : {1, 3, 4, 15, 16, 17, 63, 64, 100})
    for (const std::size_t count : {0, 1, 63, 64, 65, 200})
      for (const bool weighted : {false, true}) {
        const FactorMatrix x = random_factors(50, columns, 1);
        const auto rows = some_rows(count, 50);
        std::vector<float> weight(weighted ? count : 0);
        Random(3).uniform(weight, 0, 2);
        FactorMatrix out(columns, columns);
        for (std::int64_t i = 0; i < columns; ++i) std::ranges::fill(out.row(i), 0.5f);
        add_gathered_gram(x.view(), rows, weight, out.view());
        for (std::size_t i = 0; i < static_cast<std::size_t>(columns); ++i)
          for (std::size_t j = i; j < static_cast<std::size_t>(columns); ++j) {
            double sum = 0.5;
            for (std::size_t k = 0; k < count; ++k)
              sum += (weighted ? double{weight[k]} : 1) * double{x.row(rows[k])[i]} * double{x.row(rows[k])[j]};
            ASSERT_NEAR(out.row(static_cast<std::int64_t>(i))[j], sum, 1e-3) << columns << " columns, " << count;
          }
      }
}

TEST(GatheredDots, AreRowsTimesAVector) {
  for (const std::int64_t columns : {1, 15, 16, 33, 128}) {
    const FactorMatrix x = random_factors(50, columns, 1), y = random_factors(1, columns, 2);
    const auto rows = some_rows(30, 50);
    std::vector<float> out(rows.size());
    gathered_dots(x.view(), rows, y.row(0), out);
    for (std::size_t k = 0; k < rows.size(); ++k) {
      double sum = 0;
      for (std::size_t j = 0; j < static_cast<std::size_t>(columns); ++j)
        sum += double{x.row(rows[k])[j]} * double{y.row(0)[j]};
      ASSERT_NEAR(out[k], sum, 1e-4);
    }
  }
}

TEST(SolveSpd, SolvesSystemsOfAnySizeFromTheirUpperTriangle) {
  for (const std::int64_t n : {1, 2, 3, 4, 5, 15, 16, 17, 31, 64, 130}) {
    const FactorMatrix x = random_factors(2 * n, n, 1), expected = random_factors(1, n, 2);
    FactorMatrix a(n, n);
    std::vector<float> b(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t j = 0; j < n; ++j) {
        double sum = i == j ? static_cast<double>(n) : 0;
        for (std::int64_t k = 0; k < 2 * n; ++k)
          sum += double{x.row(k)[static_cast<std::size_t>(i)]} * double{x.row(k)[static_cast<std::size_t>(j)]};
        b[static_cast<std::size_t>(i)] += static_cast<float>(sum) * expected.row(0)[static_cast<std::size_t>(j)];
        a.row(i)[static_cast<std::size_t>(j)] = j < i ? std::nanf("") : static_cast<float>(sum);
      }
    solve_spd(a.view(), b);
    for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) ASSERT_NEAR(b[i], expected.row(0)[i], 1e-3) << n;
  }
}

TEST(SolveSpd, SolvesManyRightSidesAsOneByOne) {
  const std::int64_t n = 33, sides = 21;
  const FactorMatrix x = random_factors(2 * n, n, 3);
  FactorMatrix a(n, n);
  gemm(serial_executor(), true, false, 1, x.view(), x.view(), 0, a.view());
  const FactorMatrix b = random_factors(sides, n, 4);
  for (const int threads : {1, 3}) {
    ThreadPool pool(threads);
    FactorMatrix factor = a, solved = b;
    solve_spd(pool, factor.view(), solved.view());
    for (std::int64_t i = 0; i < sides; ++i) {
      FactorMatrix again = a;
      std::vector<float> one(b.row(i).begin(), b.row(i).end());
      solve_spd(again.view(), one);
      ASSERT_TRUE(std::ranges::equal(one, solved.row(i))) << "side " << i << ", " << threads << " threads";
    }
  }
}

TEST(SolveSpd, RefusesAMatrixThatIsNotPositiveDefinite) {
  FactorMatrix a(20, 20);
  for (std::int64_t i = 0; i < 20; ++i) a.row(i)[static_cast<std::size_t>(i)] = i == 17 ? -1.f : 1.f;
  std::vector<float> b(20);
  try {
    solve_spd(a.view(), b);
    FAIL();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("pivot 17 is -1"), std::string::npos) << e.what();
  }
}

TEST(SmallSystems, RefuseRowsThatAreNotPadded) {
  std::vector<float> values(9), x(3);
  const std::vector<Index> rows{0};
  EXPECT_THROW(solve_spd({values.data(), 3, 3, 3}, x), Error);
  EXPECT_THROW(solve_spd(serial_executor(), {values.data(), 3, 3, 16}, {x.data(), 1, 2, 3}), Error);
  EXPECT_THROW(add_gathered_gram({x.data(), 1, 3, 3}, rows, {}, {values.data(), 3, 3, 3}), Error);
}

}  // namespace
}  // namespace assay
