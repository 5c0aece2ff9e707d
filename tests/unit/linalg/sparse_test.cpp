// Sparse products against plain float64 loops, and the same bits at any number of threads and any cut.

#include "assay/sparse.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <vector>

#include "assay/errors.hpp"
#include "assay/linalg.hpp"
#include "assay/random.hpp"

#include "base/pool.hpp"
#include "random_sparse.hpp"

namespace assay {
namespace {

using test::random_sparse;
using test::Sparse;

std::vector<float> random_floats(std::int64_t count, std::uint64_t key) {
  std::vector<float> out(static_cast<std::size_t>(count));
  Random(key).normal(out, 0, 1);
  return out;
}

TEST(SparseTimesDense, EqualsAPlainLoopInFloat64) {
  for (const std::int64_t columns : {1, 7, 8, 63, 64, 65, 200}) {
    const Sparse a = random_sparse(150, 90, 0.1, false, 1);
    const std::int64_t stride = columns + 3;
    const auto b = random_floats(90 * stride, 2);
    std::vector<float> out(static_cast<std::size_t>(150 * stride), 77);
    sparse_times_dense(serial_executor(), a.view(), {b.data(), 90, columns, stride},
                       {out.data(), 150, columns, stride});
    for (Index i = 0; i < 150; ++i)
      for (std::int64_t j = 0; j < stride; ++j) {
        double sum = 0;
        for (Index l = 0; l < 90; ++l)
          sum += a.at(i, l) * static_cast<double>(b[static_cast<std::size_t>(l * stride + j)]);
        ASSERT_NEAR(out[static_cast<std::size_t>(i * stride + j)], j < columns ? sum : 77, 1e-4);
      }
  }
}

TEST(SparseTimesDense, GivesTheSameBitsAtAnyThreadsAndForAnySliceOfRowsAndColumns) {
  const Sparse a = random_sparse(300, 90, 0.2, false, 3);
  const std::int64_t n = 203;
  const auto b = random_floats(90 * n, 4);
  std::vector<float> whole(300 * 203), other(300 * 203);
  sparse_times_dense(serial_executor(), a.view(), {b.data(), 90, n, n}, {whole.data(), 300, n, n});
  for (const int threads : {1, 2, 3, 4}) {
    ThreadPool pool(threads);
    sparse_times_dense(pool, a.view(), {b.data(), 90, n, n}, {other.data(), 300, n, n});
    ASSERT_EQ(std::memcmp(whole.data(), other.data(), whole.size() * sizeof(float)), 0) << threads << " threads";
  }
  std::ranges::fill(other, 0.f);
  for (Index row = 0; row < 300; ++row)
    for (const auto& [first, columns] : {std::pair{0, 5}, {5, 64}, {69, 70}, {139, 64}}) {
      const Interactions one{
          1,      90, std::span(a.offsets).subspan(static_cast<std::size_t>(row), 2), a.column.data(), a.value.data(),
          nullptr};
      sparse_times_dense(serial_executor(), one, {b.data() + first, 90, columns, n},
                         {other.data() + row * n + first, 1, columns, n});
    }
  EXPECT_EQ(std::memcmp(whole.data(), other.data(), whole.size() * sizeof(float)), 0);
}

TEST(SparseTimesDense, CountsEveryEntryAsOneWhereThereAreNoValues) {
  const Sparse a = random_sparse(40, 50, 0.2, true, 5);
  Interactions pattern = a.view();
  pattern.value = nullptr;
  const auto b = random_floats(50 * 70, 6);
  std::vector<float> with(40 * 70), without(40 * 70);
  sparse_times_dense(serial_executor(), a.view(), {b.data(), 50, 70, 70}, {with.data(), 40, 70, 70});
  sparse_times_dense(serial_executor(), pattern, {b.data(), 50, 70, 70}, {without.data(), 40, 70, 70});
  EXPECT_EQ(with, without);
}

TEST(SparseTimesDense, RefusesShapesThatDoNotFit) {
  const Sparse a = random_sparse(4, 5, 0.5, true, 7);
  std::vector<float> b(100), out(100);
  EXPECT_THROW(sparse_times_dense(serial_executor(), a.view(), {b.data(), 6, 3, 3}, {out.data(), 4, 3, 3}), Error);
  EXPECT_THROW(sparse_times_dense(serial_executor(), a.view(), {b.data(), 5, 3, 3}, {out.data(), 4, 2, 3}), Error);
}

class SparseProducts : public testing::TestWithParam<bool> {
 protected:
  [[nodiscard]] static Interactions seen(const Sparse& x) { return GetParam() ? x.view() : pattern_of(x.view()); }
  [[nodiscard]] static double at(const Sparse& x, Index i, Index j) {
    return GetParam() ? x.at(i, j) : x.at(i, j) != 0;
  }
};

TEST_P(SparseProducts, OfTwoSparseMatricesEqualAPlainLoopInAnySlice) {
  const Sparse a = random_sparse(70, 50, 0.2, false, 8), b = random_sparse(50, 90, 0.2, false, 9);
  for (const auto& [first, columns] : {std::pair<Index, Index>{0, 90}, {0, 1}, {13, 40}, {80, 10}, {90, 0}})
    for (const int threads : {1, 3}) {
      ThreadPool pool(threads);
      std::vector<float> out(static_cast<std::size_t>(70 * (columns + 2)), 5);
      sparse_times_sparse(pool, seen(a), seen(b), first, {out.data(), 70, columns, columns + 2});
      for (Index i = 0; i < 70; ++i)
        for (Index j = 0; j < columns + 2; ++j) {
          double sum = 0;
          for (Index l = 0; l < 50 && j < columns; ++l) sum += at(a, i, l) * at(b, l, first + j);
          ASSERT_NEAR(out[static_cast<std::size_t>(i * (columns + 2) + j)], j < columns ? sum : 5, 1e-4);
        }
    }
}

TEST_P(SparseProducts, GramLowerCountsTheLowerTriangleAndLeavesTheRest) {
  const Sparse x = random_sparse(75, 60, 0.2, false, 10), t = test::transposed(x);
  std::vector<float> expected;
  for (const int threads : {1, 2, 3, 4}) {
    ThreadPool pool(threads);
    std::vector<float> out(75 * 80, -5);
    gram_lower(pool, seen(x), seen(t), {out.data(), 75, 75, 80});
    for (Index i = 0; i < 75; ++i)
      for (Index j = 0; j < 80; ++j) {
        double sum = 0;
        for (Index l = 0; l < 60 && j <= i; ++l) sum += at(x, i, l) * at(x, j, l);
        ASSERT_NEAR(out[static_cast<std::size_t>(i * 80 + j)], j <= i ? sum : -5, 1e-3);
      }
    if (expected.empty()) expected = out;
    ASSERT_EQ(out, expected) << threads << " threads";
  }
}

TEST_P(SparseProducts, GramLowerOfRowsOfAllLengthsEqualsAPlainCount) {
  const Sparse t = random_sparse(90, 1100, 0.03, false, 11), x = test::transposed(t);  // some rows of t count as bits
  std::vector<float> out(1100 * 1100);
  gram_lower(serial_executor(), seen(x), seen(t), {out.data(), 1100, 1100, 1100});
  std::vector<double> expected(out.size());
  for (Index u = 0; u < t.rows; ++u)
    for (const Index i : t.view()[u].columns)
      for (const Index j : t.view()[u].columns)
        if (j <= i) expected[static_cast<std::size_t>(i * 1100 + j)] += at(t, u, i) * at(t, u, j);
  for (std::size_t e = 0; e < out.size(); ++e) ASSERT_NEAR(out[e], expected[e], 1e-3) << "entry " << e;
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutValues, SparseProducts, testing::Bool());

TEST(SparseProductsRefuse, ShapesThatDoNotFit) {
  const Sparse a = random_sparse(4, 5, 0.5, true, 7), t = test::transposed(a);
  std::vector<float> out(100);
  EXPECT_THROW(sparse_times_sparse(serial_executor(), a.view(), a.view(), 0, {out.data(), 4, 5, 5}), Error);
  EXPECT_THROW(sparse_times_sparse(serial_executor(), a.view(), t.view(), 1, {out.data(), 4, 4, 4}), Error);
  EXPECT_THROW(gram_lower(serial_executor(), a.view(), a.view(), {out.data(), 4, 4, 4}), Error);
  EXPECT_THROW(gram_lower(serial_executor(), a.view(), t.view(), {out.data(), 5, 5, 5}), Error);
}

TEST(SparseMatrixOfThePlugin, TransposesAndCutsOutOfALargerOne) {
  const Sparse x = random_sparse(40, 30, 0.3, false, 12), t = test::transposed(x);
  const SparseMatrix turned = SparseMatrix(x.view()).transposed();
  EXPECT_EQ(turned.offsets, t.offsets);
  EXPECT_EQ(turned.column, t.column);
  EXPECT_EQ(turned.value, t.value);
  EXPECT_TRUE(SparseMatrix(pattern_of(x.view())).transposed().value.empty());
  Interactions part = x.view();
  part.rows = 10;
  part.offsets = part.offsets.subspan(20, 11);
  const SparseMatrix cut(part);
  for (Index i = 0; i < 10; ++i) EXPECT_TRUE(std::ranges::equal(cut.view()[i].columns, x.view()[20 + i].columns));
}

}  // namespace
}  // namespace assay
