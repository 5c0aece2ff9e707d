// Sparse inputs give what dense ones give, in parts and in sums, and the same bits at any number of threads.

#include <cstring>
#include <gtest/gtest.h>
#include <vector>

#include "assay/errors.hpp"
#include "assay/nn/layer.hpp"
#include "assay/nn/sparse_batch.hpp"

#include "base/pool.hpp"
#include "fixtures.hpp"

namespace assay::nn {
namespace {

using Values = SparseBatch::Values;
using For = SparseBatch::For;

void expect_near(const Block& a, const Block& b, double tolerance) {
  for (std::int64_t i = 0; i < a.rows(); ++i)
    for (std::size_t j = 0; j < a.row(i).size(); ++j)
      ASSERT_NEAR(a.row(i)[j], b.row(i)[j], tolerance) << i << ", " << j;
}

TEST(SparseBatch, GathersRowsInTheOrderAskedAndIndexesColumns) {
  const test::SparseData data(20, 30, .2, 1);
  SparseBatch batch(data.view, 4);
  const std::vector<Index> rows{7, 0, 19, 7};
  batch.gather(data.view, rows, Values::given, For::gradient);
  std::size_t by_row = 0, by_column = 0;
  for (std::size_t r = 0; r < 4; ++r) {
    const Row want = data.view[rows[r]];
    const auto got = batch.row(static_cast<std::int64_t>(r));
    ASSERT_TRUE(std::ranges::equal(got.index, want.columns) && std::ranges::equal(got.value, want.values));
    by_row += got.index.size();
  }
  const Block dense = test::dense_of(batch);
  for (std::size_t c = 0; c < batch.used_columns().size(); ++c) {
    const auto entries = batch.column(static_cast<std::int64_t>(c));
    by_column += entries.index.size();
    EXPECT_TRUE(std::ranges::is_sorted(entries.index));
    for (std::size_t e = 0; e < entries.index.size(); ++e)
      EXPECT_EQ(dense.row(entries.index[e])[static_cast<std::size_t>(batch.used_columns()[c])], entries.value[e]);
  }
  EXPECT_EQ(by_row, by_column);
}

TEST(SparseBatch, CanCountEveryValueAsOne) {
  const test::SparseData data(5, 30, .3, 1);
  SparseBatch batch(data.view, 1);
  batch.gather(data.view, std::vector<Index>{2}, Values::ones, For::forward);
  for (const float v : batch.row(0).value) EXPECT_EQ(v, 1);
}

TEST(SparseBatch, RefusesAMatrixOfAnotherWidth) {
  const test::SparseData data(5, 30, .3, 1), other(5, 31, .3, 1);
  SparseBatch batch(data.view, 1);
  EXPECT_THROW(batch.gather(other.view, std::vector<Index>{2}, Values::ones, For::forward), Error);
}

class SparseLayer : public testing::TestWithParam<std::int64_t> {};  // outputs: with and without whole strips

TEST_P(SparseLayer, EqualsTheDenseOneInEveryPartAndSum) {
  const test::SparseData data(50, 40, .15, 2);
  SparseBatch batch(data.view, 33);
  std::vector<Index> rows(33);
  for (Index i = 0; i < 33; ++i) rows[static_cast<std::size_t>(i)] = (i * 7) % 50;
  batch.gather(data.view, rows, Values::given, For::gradient);
  const Block dense = test::dense_of(batch), delta = test::random_block(33, GetParam(), 4);
  Linear a(90, GetParam()), b(90, GetParam());
  for (Linear* l : {&a, &b}) l->weights.value = test::random_block(90, GetParam(), 3);

  Block out_a = test::random_block(33, GetParam(), 9), out_b = test::random_block(33, GetParam(), 9);
  a.multiply(serial_executor(), batch, 0, false, out_a.view());
  a.multiply(serial_executor(), batch, 50, true, out_a.view());
  b.multiply(serial_executor(), dense.view(), 0, false, out_b.view());
  b.multiply(serial_executor(), dense.view(), 50, true, out_b.view());
  expect_near(out_a, out_b, 2e-5);

  // Sparse then dense, dense then sparse, sparse twice: every order of adding.
  for (Linear* l : {&a, &b}) l->clear_gradient();
  a.add_weight_gradient(serial_executor(), batch, 0, delta.view());
  a.add_weight_gradient(serial_executor(), dense.view(), 0, delta.view());
  a.add_weight_gradient(serial_executor(), dense.view(), 50, delta.view());
  a.add_weight_gradient(serial_executor(), batch, 50, delta.view());
  for (const std::int64_t first : {0, 0, 50, 50})
    b.add_weight_gradient(serial_executor(), dense.view(), first, delta.view());
  for (std::size_t i = 0; i < 90; ++i) EXPECT_EQ(a.weights.touched[i], i < 40 || i >= 50) << i;
  for (std::int64_t i = 40; i < 50; ++i)
    for (float& v : a.weights.gradient.row(i)) v = 0;  // untouched: nobody may read it
  for (std::int64_t i = 40; i < 50; ++i)
    for (float& v : b.weights.gradient.row(i)) v = 0;
  expect_near(a.weights.gradient, b.weights.gradient, 5e-5);
}

TEST_P(SparseLayer, TouchesOnlyTheRowsThatHaveEntries) {
  const test::SparseData data(4, 40, .1, 2);
  SparseBatch batch(data.view, 2);
  batch.gather(data.view, std::vector<Index>{1, 2}, Values::given, For::gradient);
  Linear layer(40, GetParam());
  const Block delta = test::random_block(2, GetParam(), 4);
  layer.add_weight_gradient(serial_executor(), batch, 0, delta.view());
  std::size_t touched = 0;
  for (const std::uint8_t t : layer.weights.touched) touched += t;
  EXPECT_EQ(touched, batch.used_columns().size());
  EXPECT_LT(touched, 40u);
}

TEST_P(SparseLayer, GivesTheSameBitsAtAnyNumberOfThreads) {
  const test::SparseData data(64, 3000, .05, 2);
  std::vector<Index> rows(64);
  for (Index i = 0; i < 64; ++i) rows[static_cast<std::size_t>(i)] = i;
  SparseBatch batch(data.view, 64);
  batch.gather(data.view, rows, Values::given, For::gradient);
  const Block delta = test::random_block(64, GetParam(), 4);
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 2, 3, 4}) {
    ThreadPool pool(threads);
    Linear layer(3000, GetParam());
    layer.weights.value = test::random_block(3000, GetParam(), 3);
    Block out(64, GetParam());
    layer.multiply(pool, batch, 0, false, out.view());
    layer.add_weight_gradient(pool, batch, 0, delta.view());
    std::vector<float> bits(out.view().data, out.view().data + 64 * out.stride());
    for (std::int64_t i = 0; i < 3000; ++i) {
      const auto row = layer.weights.gradient.row(i);
      bits.insert(bits.end(), row.begin(), row.end());
    }
    results.push_back(bits);
  }
  for (const auto& r : results) EXPECT_EQ(std::memcmp(r.data(), results[0].data(), r.size() * sizeof(float)), 0);
}

INSTANTIATE_TEST_SUITE_P(Outputs, SparseLayer, testing::Values(1, 9, 16, 64, 131));

TEST(SparseLayer, RefusesGradientsOfABatchThatWasNotIndexed) {
  const test::SparseData data(4, 40, .3, 2);
  SparseBatch batch(data.view, 2);
  batch.gather(data.view, std::vector<Index>{1, 2}, Values::given, For::forward);
  Linear layer(40, 3);
  const Block delta(2, 3);
  EXPECT_THROW(layer.add_weight_gradient(serial_executor(), batch, 0, delta.view()), Error);
  EXPECT_THROW(layer.add_weight_gradient(serial_executor(), batch, 1, delta.view()), Error) << "does not fit";
}

}  // namespace
}  // namespace assay::nn
