// The SPD inverse: against the definition in float64, the same bits at any number of threads, and its refusals.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "assay/errors.hpp"
#include "assay/linalg.hpp"
#include "assay/random.hpp"

#include "base/pool.hpp"

namespace assay {
namespace {

/// A square matrix with a padded stride.
struct Square {
  explicit Square(std::int64_t size)
      : n(size), stride(padded_stride(size)), values(static_cast<std::size_t>(n * stride)) {}
  Matrix view() { return {values.data(), n, n, stride}; }
  float& at(std::int64_t i, std::int64_t j) { return values[static_cast<std::size_t>(i * stride + j)]; }
  std::int64_t n, stride;
  std::vector<float> values;
};

/// XᵀX of random X, n × n, plus lambda on the diagonal.
Square random_spd(std::int64_t n, float lambda, std::uint64_t key) {
  Square x(n), a(n);
  Random(key).normal(x.values, 0, 1);
  gemm(serial_executor(), true, false, 1, x.view(), x.view(), 0, a.view());
  for (std::int64_t i = 0; i < n; ++i) a.at(i, i) += lambda;
  return a;
}

class InvertSpd : public testing::TestWithParam<std::int64_t> {};

TEST_P(InvertSpd, TimesTheMatrixIsTheIdentity) {
  const std::int64_t n = GetParam();
  Square a = random_spd(n, 0.1f * static_cast<float>(n), 1), inverse = a;
  invert_spd(serial_executor(), inverse.view());
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      double sum = 0;
      for (std::int64_t l = 0; l < n; ++l) sum += static_cast<double>(a.at(i, l)) * inverse.at(l, j);
      ASSERT_NEAR(sum, i == j, 2e-5) << n << " × " << n << " at " << i << ", " << j;
      ASSERT_EQ(inverse.at(i, j), inverse.at(j, i));
    }
}

TEST_P(InvertSpd, ReadsTheLowerTriangleOnlyAndLeavesThePaddingAlone) {
  const std::int64_t n = GetParam();
  Square whole = random_spd(n, 5, 2), lower = whole;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = i + 1; j < n; ++j) lower.at(i, j) = std::nanf("");
    for (std::int64_t j = n; j < lower.stride; ++j) whole.at(i, j) = lower.at(i, j) = 42;
  }
  invert_spd(serial_executor(), whole.view());
  invert_spd(serial_executor(), lower.view());
  EXPECT_EQ(std::memcmp(whole.values.data(), lower.values.data(), whole.values.size() * sizeof(float)), 0);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = n; j < whole.stride; ++j) ASSERT_EQ(whole.at(i, j), 42);
}

TEST_P(InvertSpd, GivesTheSameBitsAtAnyNumberOfThreads) {
  const Square a = random_spd(GetParam(), 5, 3);
  Square expected = a;
  invert_spd(serial_executor(), expected.view());
  for (const int threads : {1, 2, 3, 4}) {
    Square b = a;
    ThreadPool pool(threads);
    invert_spd(pool, b.view());
    ASSERT_EQ(std::memcmp(b.values.data(), expected.values.data(), b.values.size() * sizeof(float)), 0)
        << threads << " threads";
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, InvertSpd, testing::Values(1, 2, 7, 127, 128, 129, 256, 300, 517));

/// The inverse by Gauss and Jordan in float64, of a positive definite matrix.
std::vector<double> plain_inverse(Square& a) {
  const auto n = static_cast<std::size_t>(a.n);
  std::vector<double> x(n * n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j <= i; ++j)
      x[i * n + j] = x[j * n + i] = a.at(static_cast<std::int64_t>(i), static_cast<std::int64_t>(j));
  for (std::size_t p = 0; p < n; ++p) {
    const double pivot = x[p * n + p];
    x[p * n + p] = 1;
    for (std::size_t j = 0; j < n; ++j) x[p * n + j] /= pivot;
    for (std::size_t i = 0; i < n; ++i) {
      if (i == p) continue;
      const double factor = x[i * n + p];
      x[i * n + p] = 0;
      for (std::size_t j = 0; j < n; ++j) x[i * n + j] -= factor * x[p * n + j];
    }
  }
  return x;
}

/// Where everybody likes the same, one direction weighs far more than all others.
TEST(InvertSpdOfOneDirection, HasAnErrorThatGrowsNoFasterThanTheConditionNumber) {
  const std::int64_t n = 300;
  std::vector<float> v(static_cast<std::size_t>(n));
  Random(10).normal(v, 0, 1);
  double square = 0;
  for (const float value : v) square += double{value} * double{value};
  for (const double condition : {1e2, 1e4, 1e5}) {
    Square a = random_spd(n, 0, 11);
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t j = 0; j < n; ++j)
        a.at(i, j) =
            static_cast<float>(a.at(i, j) / static_cast<float>(4 * n) + (i == j) +
                               condition * v[static_cast<std::size_t>(i)] * v[static_cast<std::size_t>(j)] / square);
    const std::vector<double> expected = plain_inverse(a);
    invert_spd(serial_executor(), a.view());
    double error = 0, all = 0;
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t j = 0; j < n; ++j) {
        const double known = expected[static_cast<std::size_t>(i * n + j)];
        error += (a.at(i, j) - known) * (a.at(i, j) - known);
        all += known * known;
      }
    EXPECT_LT(std::sqrt(error / all), 3e-8 * condition) << "condition number " << condition;
  }
}

/// Large matrices go by wider blocks. D + v·vᵀ has the inverse D⁻¹ − D⁻¹v·vᵀD⁻¹ / (1 + vᵀD⁻¹v) (Sherman, Morrison
/// 1950).
TEST(InvertSpdOfALargeMatrix, IsTheOneThatIsKnown) {
  const std::int64_t n = 6100;
  std::vector<float> v(static_cast<std::size_t>(n)), d(v.size());
  Random(8).uniform(v, -1, 1);
  Random(9).uniform(d, 1, 3);
  Square a(n);
  double product = 1;
  for (std::int64_t i = 0; i < n; ++i) {
    const auto at = static_cast<std::size_t>(i);
    product += double{v[at]} * double{v[at]} / double{d[at]};
    for (std::int64_t j = 0; j <= i; ++j) a.at(i, j) = v[at] * v[static_cast<std::size_t>(j)] + (i == j ? d[at] : 0.F);
  }
  ThreadPool pool(2);
  invert_spd(pool, a.view());
  double worst = 0;
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      const double left = double{v[static_cast<std::size_t>(i)]} / double{d[static_cast<std::size_t>(i)]},
                   right = double{v[static_cast<std::size_t>(j)]} / double{d[static_cast<std::size_t>(j)]};
      const double known = (i == j ? 1 / double{d[static_cast<std::size_t>(i)]} : 0) - left * right / product;
      worst = std::max(worst, std::abs(double{a.at(i, j)} - known));
    }
  EXPECT_LT(worst, 2e-6);
}

TEST(InvertSpdRefuses, AMatrixThatIsNotPositiveDefinite) {
  Square a = random_spd(200, 5, 4);
  a.at(150, 150) = -1;
  try {
    invert_spd(serial_executor(), a.view());
    FAIL() << "no refusal";
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("pivot 150"), std::string::npos) << e.what();
  }
  Square nan = random_spd(20, 5, 5);
  nan.at(3, 2) = std::nanf("");
  EXPECT_THROW(invert_spd(serial_executor(), nan.view()), Error);
}

TEST(InvertSpdRefuses, AMatrixThatIsNotSquare) {
  Square a(20);
  EXPECT_THROW(invert_spd(serial_executor(), {a.values.data(), 20, 19, 32}), Error);
}

TEST(InvertSpdOfNothing, IsNothing) { invert_spd(serial_executor(), {nullptr, 0, 0, 0}); }

TEST(Transpose, SwapsRowsAndColumns) {
  for (const auto& [rows, columns] : {std::pair{1, 1}, {33, 65}, {7, 200}, {130, 3}}) {
    std::vector<float> a(static_cast<std::size_t>(rows * (columns + 2))),
        out(static_cast<std::size_t>(columns * (rows + 1)), 9);
    Random(6).uniform(a, 0, 1);
    transpose(serial_executor(), {a.data(), rows, columns, columns + 2}, {out.data(), columns, rows, rows + 1});
    for (int j = 0; j < columns; ++j)
      for (int i = 0; i <= rows; ++i)
        ASSERT_EQ(out[static_cast<std::size_t>(j * (rows + 1) + i)],
                  i < rows ? a[static_cast<std::size_t>(i * (columns + 2) + j)] : 9);
  }
  float x = 0;
  EXPECT_THROW(transpose(serial_executor(), {&x, 1, 1, 1}, {&x, 2, 1, 1}), Error);
}

TEST(MirrorLower, FillsTheUpperTriangle) {
  for (const std::int64_t n : {1, 5, 32, 33, 128, 161, 300}) {
    Square a(n);
    Random(7).uniform(a.values, 0, 1);
    Square before = a;
    ThreadPool pool(3);
    mirror_lower(pool, a.view());
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t j = 0; j < a.stride; ++j)
        ASSERT_EQ(a.at(i, j), j > i && j < n ? before.at(j, i) : before.at(i, j));
  }
}

TEST(AvailableMemory, IsSomethingAndLessThanAPebibyte) {
  EXPECT_GT(available_memory(), 1 << 20);
  EXPECT_LT(available_memory(), std::int64_t{1} << 50);
}

}  // namespace
}  // namespace assay
