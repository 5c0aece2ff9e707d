// The neighbour search against plain loops, on catalogues where sums are scanned and where touched rows are sorted.

#include "assay/neighbours.hpp"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>
#include <vector>

#include "assay/errors.hpp"
#include "assay/linalg.hpp"

#include "base/pool.hpp"
#include "plugin/conformance/watched_run.hpp"
#include "random_sparse.hpp"

namespace assay {
namespace {

using test::random_sparse;
using test::Sparse;

struct Found {
  std::vector<Scored> nearest;
  std::vector<Index> count;
};

Found search(Executor& executor, const Sparse& queries, const Sparse& x, std::size_t k, const std::vector<Index>& self,
             bool values, const Similarity& similarity = Similarity::cosine(), bool bits = false) {
  const Sparse t = test::transposed(x);
  const auto seen = [&](const Sparse& m) { return values ? m.view() : pattern_of(m.view()); };
  std::vector<double> squares(static_cast<std::size_t>(x.rows));
  squared_norms(seen(x), squares);
  Found out{std::vector<Scored>(static_cast<std::size_t>(queries.rows) * k, {-9, 0}),
            std::vector<Index>(static_cast<std::size_t>(queries.rows))};
  const Interactions by_column = seen(t);
  const BitRows long_columns = bits ? BitRows(by_column) : BitRows();
  nearest_rows(executor, seen(queries), {by_column, squares, long_columns.view()}, similarity, self, out.nearest,
               out.count);
  return out;
}

void expect_cosine_neighbours(const Sparse& queries, const Sparse& x, std::size_t k, const std::vector<Index>& self,
                              bool values, bool bits = false) {
  const Found found = search(serial_executor(), queries, x, k, self, values, Similarity::cosine(), bits);
  const auto v = [&](float value) { return values ? static_cast<double>(value) : value != 0; };
  for (Index q = 0; q < queries.rows; ++q) {
    std::vector<Scored> expected;
    for (Index r = 0; r < x.rows; ++r) {
      double dot = 0, a = 0, b = 0;
      for (const float value : queries.view()[q].values) a += v(value) * v(value);
      for (const float value : x.view()[r].values) b += v(value) * v(value);
      const Row row = x.view()[r];
      for (std::size_t e = 0; e < row.columns.size(); ++e) dot += v(row.values[e]) * v(queries.at(q, row.columns[e]));
      if (dot > 0 && r != self[static_cast<std::size_t>(q)])
        expected.push_back({r, static_cast<float>(dot / (std::sqrt(a) * std::sqrt(b)))});
    }
    std::ranges::stable_sort(expected, [](const Scored& l, const Scored& r) { return l.score > r.score; });
    const auto count = static_cast<std::size_t>(found.count[static_cast<std::size_t>(q)]);
    ASSERT_EQ(count, std::min(k, expected.size())) << "query " << q;
    for (std::size_t i = 0; i < count; ++i) {
      const Scored& place = found.nearest[static_cast<std::size_t>(q) * k + i];
      ASSERT_EQ(place.index, expected[i].index) << "query " << q << ", place " << i;
      ASSERT_FLOAT_EQ(place.score, expected[i].score);
    }
  }
}

std::vector<Index> themselves(Index rows) {
  std::vector<Index> self(static_cast<std::size_t>(rows));
  std::iota(self.begin(), self.end(), 0);
  return self;
}

TEST(NearestRows, OfSmallDenseDataEqualAPlainSearch) {
  const Sparse x = random_sparse(120, 40, 0.2, true, 1);  // many ties
  for (const std::size_t k : {1, 5, 119, 400}) expect_cosine_neighbours(x, x, k, themselves(120), false);
}

TEST(NearestRows, OfALargeSparseCatalogueEqualAPlainSearch) {
  const Sparse x = random_sparse(4000, 3000, 0.0005, true, 2);
  expect_cosine_neighbours(x, x, 10, themselves(4000), false);
}

TEST(NearestRows, OfLongColumnsAsBitsEqualAPlainSearch) {
  for (const Index rows : {40, 511, 512, 513, 1100})  // columns of all lengths, some of them counted one by one
    for (const double density : {0.002, 0.02, 0.2}) {
      const Sparse x = random_sparse(rows, 150, density, true, 12);
      expect_cosine_neighbours(x, x, 9, themselves(rows), false, true);
    }
  const Sparse twins{3, 3, {0, 3, 6, 6}, {0, 1, 2, 0, 1, 2}, {1, 1, 1, 1, 1, 1}};
  expect_cosine_neighbours(twins, twins, 2, themselves(3), false, true);
}

TEST(NearestRows, WeighByTheirValuesWhereThereAreSome) {
  const Sparse x = random_sparse(150, 30, 0.3, false, 3);
  expect_cosine_neighbours(x, x, 20, themselves(150), true);
}

TEST(NearestRows, OfStrangersPassOverNobody) {
  const Sparse x = random_sparse(80, 40, 0.2, true, 4), strangers = random_sparse(30, 40, 0.1, true, 5);
  expect_cosine_neighbours(strangers, x, 7, std::vector<Index>(30, kUnknown), false);
}

TEST(NearestRows, AreTheSameAtAnyNumberOfThreads) {
  const Sparse x = random_sparse(200, 60, 0.2, false, 6);
  const Found expected = search(serial_executor(), x, x, 9, themselves(200), true);
  for (const int threads : {1, 2, 3, 4}) {
    ThreadPool pool(threads);
    const Found found = search(pool, x, x, 9, themselves(200), true);
    EXPECT_EQ(found.count, expected.count);
    EXPECT_TRUE(
        std::ranges::equal(found.nearest, expected.nearest,
                           [](const Scored& a, const Scored& b) { return a.index == b.index && a.score == b.score; }))
        << threads << " threads";
  }
}

TEST(NearestRows, TieExactlyWhereTheSimilarityIsTheSame) {
  // The query has 6 entries; cosines 3 / √(6·3), 6 / √(6·12) and 3 / √(6·3) are all 1/√2, in whatever order they stand.
  Sparse x{3, 12, {0, 3, 15, 18}, {0, 1, 2, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 3, 4, 5}, {}};
  x.value.assign(x.column.size(), 1);
  const Sparse query{1, 12, {0, 6}, {0, 1, 2, 3, 4, 5}, std::vector<float>(6, 1)};
  const Found found = search(serial_executor(), query, x, 3, {kUnknown}, false);
  ASSERT_EQ(found.count[0], 3);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(found.nearest[i].index, static_cast<Index>(i));
    EXPECT_EQ(found.nearest[i].score, static_cast<float>(std::sqrt(0.5)));
  }
}

TEST(NearestRows, PassOverASimilarityThatIsNotFinite) {
  // With α = 2, β = −1 the denominator is 2·|a|² − |b|²: 0 for row 0, 1 for row 1.
  const Sparse query{1, 2, {0, 1}, {0}, {1}}, x{2, 2, {0, 2, 3}, {0, 1, 0}, {1, 1, 1}};
  const Found found = search(serial_executor(), query, x, 2, {kUnknown}, false, Similarity::tversky(2, -1));
  ASSERT_EQ(found.count[0], 1);
  EXPECT_EQ(found.nearest[0].index, 1);
  EXPECT_EQ(found.nearest[0].score, 1);
}

TEST(NearestRows, ByDistanceAreAsAPlainSearchFindsThem) {
  for (const double density : {0.0005, 0.02, 0.3}) {
    const Sparse x = random_sparse(300, 80, density, false, 8), t = test::transposed(x);
    std::vector<double> squares(300);
    squared_norms(x.view(), squares);
    const auto self = themselves(300);
    std::vector<Scored> nearest(300 * 6);
    std::vector<Index> count(300);
    const Interactions by_column = t.view();
    nearest_rows(serial_executor(), x.view(), {by_column, squares}, Euclidean(0.5), self, nearest, count);
    for (Index q = 0; q < 300; ++q) {
      std::vector<Scored> expected;
      for (Index r = 0; r < 300; ++r) {
        double dot = 0, square = 0;
        for (Index c = 0; c < 80; ++c) {
          const double a = x.at(q, c), b = x.at(r, c);
          dot += a * b;
          square += (a - b) * (a - b);
        }
        if (dot > 0 && r != q) expected.push_back({r, static_cast<float>(1 / (1.5 + std::sqrt(square)))});
      }
      std::ranges::stable_sort(expected, [](const Scored& l, const Scored& r) { return l.score > r.score; });
      const auto found = static_cast<std::size_t>(count[static_cast<std::size_t>(q)]);
      ASSERT_EQ(found, std::min<std::size_t>(6, expected.size())) << "query " << q;
      for (std::size_t i = 0; i < found; ++i) {
        ASSERT_EQ(nearest[static_cast<std::size_t>(q) * 6 + i].index, expected[i].index) << "query " << q;
        ASSERT_FLOAT_EQ(nearest[static_cast<std::size_t>(q) * 6 + i].score, expected[i].score);
      }
    }
  }
}

TEST(NearestOfEach, InPartsAreThoseOfASearchAtOnce) {
  const Sparse x = random_sparse(2500, 60, 0.05, false, 9), t = test::transposed(x);  // three parts
  std::vector<double> squares(2500);
  squared_norms(x.view(), squares);
  const auto self = themselves(2500);
  Found at_once{std::vector<Scored>(2500 * 4), std::vector<Index>(2500)};
  const Interactions by_column = t.view();
  nearest_rows(serial_executor(), x.view(), {by_column, squares}, Similarity::cosine(), self, at_once.nearest,
               at_once.count);
  const auto expected = SparseMatrix::from_lists(at_once.nearest, at_once.count, 2500);
  conformance::WatchedRun run({});
  const auto found = nearest_of_each(run, x.view(), t.view(), squares, Similarity::cosine(), 4);
  EXPECT_EQ(found.rows, 2500);
  EXPECT_EQ(found.columns, 2500);
  EXPECT_EQ(found.offsets, expected.offsets);
  EXPECT_EQ(found.column, expected.column);
  EXPECT_EQ(found.value, expected.value);
  EXPECT_EQ(run.bad_report(), "");
}

TEST(Weigher, WeighsRowsThatItDidNotSeeByWhatItKnows) {
  // Two of four rows have column 0, one has column 1; values below 0 count as 0.
  const Sparse x{4, 3, {0, 2, 3, 3, 4}, {0, 1, 0, 2}, {4, 9, 1, -4}};
  const Sparse stranger{1, 3, {0, 3}, {0, 1, 2}, {4, 1, 1}};
  const auto by_idf = Weigher(Weighting::tf_idf, x.view()).weighed(stranger.view());
  EXPECT_FLOAT_EQ(by_idf.value[0], static_cast<float>(2 * std::log(4.0 / 3)));
  EXPECT_FLOAT_EQ(by_idf.value[1], static_cast<float>(std::log(2.0)));
  const auto by_bm25 = Weigher(Weighting::bm25, x.view()).weighed(stranger.view());  // lengths 13, 1, 0, 0; his 6
  EXPECT_FLOAT_EQ(by_bm25.value[0],
                  static_cast<float>(4 * 2.2 / (1.2 * (0.25 + 0.75 * 6 / 3.5) + 4) * std::log(4.0 / 3)));
  EXPECT_EQ(Weigher(Weighting::less_row_mean, x.view()).weighed(stranger.view()).value,
            (std::vector<float>{2, -1, -1}));
  EXPECT_EQ(Weigher(Weighting::less_column_mean, x.view()).weighed(stranger.view()).value,
            (std::vector<float>{1.5, -8, 5}));
  EXPECT_EQ(Weigher(Weighting::tf_idf, x.view()).weighed(x.view()).value[3], 0);
}

TEST(NearestRows, RefuseShapesThatDoNotFit) {
  const Sparse x = random_sparse(10, 5, 0.5, true, 7);
  std::vector<double> squares(10);
  std::vector<Scored> out(10);
  std::vector<Index> self(10), count(10);
  const Interactions not_transposed = x.view();
  EXPECT_THROW(nearest_rows(serial_executor(), x.view(), {not_transposed, squares}, Similarity(), self, out, count),
               Error);
}

}  // namespace
}  // namespace assay
