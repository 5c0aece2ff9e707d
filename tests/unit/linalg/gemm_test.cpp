// Dense products: against a plain float64 loop, and the same bits at any number of threads.

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#include <thread>
#include <vector>

#include "assay/errors.hpp"
#include "assay/linalg.hpp"
#include "assay/random.hpp"

#include "base/pool.hpp"

namespace assay {
namespace {

struct Dense {
  Dense(std::int64_t r, std::int64_t c, std::uint64_t key)
      : rows(r), columns(c), stride(padded_stride(c)), values(static_cast<std::size_t>(r * stride)) {
    Random(key).uniform(values, -1, 1);
  }
  Matrix view() { return {values.data(), rows, columns, stride}; }
  double at(std::int64_t i, std::int64_t j) const { return values[static_cast<std::size_t>(i * stride + j)]; }
  std::int64_t rows, columns, stride;
  std::vector<float> values;
};

struct Shape {
  std::int64_t m, n, k;
};
const std::vector<Shape> kShapes = {{1, 1, 1},    {1, 37, 129}, {3, 5, 7},       {64, 1, 128},  {64, 784, 100},
                                    {65, 300, 2}, {200, 1, 64}, {257, 401, 300}, {1000, 17, 33}};

class GemmOfEachTransposition : public testing::TestWithParam<std::tuple<bool, bool>> {};

TEST_P(GemmOfEachTransposition, EqualsAPlainLoopInFloat64) {
  const auto [ta, tb] = GetParam();
  for (const auto [m, n, k] : kShapes) {
    Dense a(ta ? k : m, ta ? m : k, 1), b(tb ? n : k, tb ? k : n, 2), c(m, n, 3);
    const Dense before = c;
    gemm(serial_executor(), ta, tb, 0.5f, a.view(), b.view(), 2.f, c.view());
    for (std::int64_t i = 0; i < m; ++i)
      for (std::int64_t j = 0; j < n; ++j) {
        double sum = 0;
        for (std::int64_t l = 0; l < k; ++l) sum += (ta ? a.at(l, i) : a.at(i, l)) * (tb ? b.at(j, l) : b.at(l, j));
        ASSERT_NEAR(c.at(i, j), 0.5 * sum + 2 * before.at(i, j), 1e-5 * (1 + std::sqrt(static_cast<double>(k))))
            << m << " × " << n << " × " << k << " at " << i << ", " << j;
      }
    for (std::int64_t i = 0; i < m; ++i)
      for (std::int64_t j = n; j < c.stride; ++j) ASSERT_EQ(c.at(i, j), before.at(i, j)) << "wrote into the padding";
  }
}

TEST_P(GemmOfEachTransposition, GivesTheSameBitsAtAnyNumberOfThreads) {
  const auto [ta, tb] = GetParam();
  std::vector<Shape> shapes = kShapes;
  shapes.push_back({64, 512, 784});
  for (const auto [m, n, k] : shapes) {
    Dense a(ta ? k : m, ta ? m : k, 1), b(tb ? n : k, tb ? k : n, 2), expected(m, n, 3);
    gemm(serial_executor(), ta, tb, 1, a.view(), b.view(), 0, expected.view());
    for (const int threads : {1, 2, 3, 4}) {
      Dense c(m, n, 3);
      std::thread([&] {  // a thread whose OpenMP was never told to use one thread
        ThreadPool pool(threads);
        gemm(pool, ta, tb, 1, a.view(), b.view(), 0, c.view());
      })
          .join();
      ASSERT_EQ(std::memcmp(c.values.data(), expected.values.data(), c.values.size() * sizeof(float)), 0)
          << m << " × " << n << " × " << k << " with " << threads << " threads";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Transposes, GemmOfEachTransposition, testing::Combine(testing::Bool(), testing::Bool()));

TEST(Gemm, WithBetaZeroIgnoresWhatCHeld) {
  Dense a(20, 30, 1), b(30, 40, 2), c(20, 40, 3);
  for (float& v : c.values) v = std::numeric_limits<float>::quiet_NaN();
  gemm(serial_executor(), false, false, 1, a.view(), b.view(), 0, c.view());
  for (std::int64_t i = 0; i < 20; ++i)
    for (std::int64_t j = 0; j < 40; ++j) ASSERT_FALSE(std::isnan(c.at(i, j)));
}

TEST(Gemm, WithoutAnInnerDimensionScalesC) {
  Dense c(3, 4, 3);
  const Dense before = c;
  gemm(serial_executor(), false, false, 1, {nullptr, 3, 0, 0}, {nullptr, 0, 4, 4}, 2, c.view());
  EXPECT_EQ(c.at(2, 3), 2 * before.at(2, 3));
  gemm(serial_executor(), false, false, 1, {nullptr, 0, 5, 5}, {before.values.data(), 5, 0, 0}, 0, {nullptr, 0, 0, 0});
}

TEST(Gemm, RefusesShapesThatDoNotFit) {
  Dense a(2, 3, 1), b(4, 5, 2), c(2, 5, 3);
  EXPECT_THROW(gemm(serial_executor(), false, false, 1, a.view(), b.view(), 0, c.view()), Error);
  EXPECT_THROW(gemm(serial_executor(), false, false, 1, {a.values.data(), 2, 4, 3}, b.view(), 0, c.view()), Error);
}

TEST(PaddedStride, IsAMultipleOf16AndNeverOf256) {
  for (std::int64_t columns = 1; columns <= 3000; ++columns) {
    const std::int64_t stride = padded_stride(columns);
    ASSERT_GE(stride, columns);
    ASSERT_LT(stride, columns + 32);
    ASSERT_EQ(stride % 16, 0);
    ASSERT_NE(stride % 256, 0);
  }
}

}  // namespace
}  // namespace assay
