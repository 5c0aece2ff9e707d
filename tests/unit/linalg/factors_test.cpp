// Factor matrices, and scores by panels against sums in float64.

#include "assay/factors.hpp"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

#include "assay/errors.hpp"
#include "assay/random.hpp"

#include "../models/trained.hpp"

namespace assay {
namespace {

FactorMatrix random_factors(std::int64_t rows, std::int64_t columns, std::uint64_t key) {
  FactorMatrix x(rows, columns);
  Random random(key);
  for (std::int64_t i = 0; i < rows; ++i) random.normal(x.row(i), 0, 1);
  return x;
}

std::vector<const float*> rows_of(const FactorMatrix& x) {
  std::vector<const float*> rows;
  for (std::int64_t i = 0; i < x.rows(); ++i) rows.push_back(x.row(i).data());
  return rows;
}

TEST(FactorMatrix, BeginsEachRowAtACacheLineAndIsZeroAtFirst) {
  const FactorMatrix x(5, 256);
  EXPECT_EQ(x.stride(), 272);
  for (std::int64_t i = 0; i < 5; ++i) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(x.row(i).data()) % 64, 0U);
    EXPECT_EQ(x.row(i).size(), 256U);
    for (const float value : x.row(i)) EXPECT_EQ(value, 0);
  }
  EXPECT_EQ(FactorMatrix::bytes(5, 256), 5 * 272 * 4);
}

TEST(FactorMatrix, IsStoredWithoutItsPadding) {
  for (const std::int64_t columns : {1, 7, 64, 256}) {
    const FactorMatrix x = random_factors(9, columns, 3);
    test::Storage storage;
    x.save(storage, "factors");
    EXPECT_EQ(std::vector(storage.tensor("factors").shape.begin(), storage.tensor("factors").shape.end()),
              (std::vector<std::int64_t>{9, columns}));
    const FactorMatrix y = FactorMatrix::load(storage, "factors");
    for (std::int64_t i = 0; i < 9; ++i) EXPECT_TRUE(std::ranges::equal(x.row(i), y.row(i)));
  }
}

TEST(FactorMatrix, RefusesATensorThatIsNoMatrixOfFloats) {
  test::Storage storage;
  const std::int64_t values[] = {1, 2}, shape[] = {2};
  storage.tensor("factors", {values, Element::i64, shape});
  EXPECT_THROW((void)FactorMatrix::load(storage, "factors"), DataError);
}

TEST(ItemPanels, ScoreAsSumsInFloat64Do) {
  for (const std::int64_t factors : {1, 3, 64, 130})
    for (const Index items : {1, 15, 16, 17, 100}) {
      const FactorMatrix users = random_factors(9, factors, 1), of_items = random_factors(items, factors, 2);
      std::vector<float> bias(static_cast<std::size_t>(items));
      Random(4).normal(bias, 0, 1);
      for (const bool biased : {false, true}) {
        const ItemPanels panels(of_items.view(), biased ? std::span<const float>(bias) : std::span<const float>());
        std::vector<float> out(static_cast<std::size_t>(9 * items));
        panels.score(rows_of(users), {out.data(), items, 9, 0, items});
        for (std::int64_t u = 0; u < 9; ++u)
          for (std::int64_t j = 0; j < items; ++j) {
            double sum = biased ? bias[static_cast<std::size_t>(j)] : 0;
            for (std::size_t k = 0; k < static_cast<std::size_t>(factors); ++k)
              sum += double{users.row(u)[k]} * double{of_items.row(j)[k]};
            ASSERT_NEAR(out[static_cast<std::size_t>(u * items + j)], sum, 1e-4) << factors << " factors";
          }
      }
    }
}

TEST(ItemPanels, GiveAScoreTheSameBitsInAnyCompanyAndSliceAndWriteNothingElse) {
  const Index items = 75;
  const FactorMatrix users = random_factors(64, 33, 1), of_items = random_factors(items, 33, 2);
  const ItemPanels panels(of_items.view());
  const auto rows = rows_of(users);
  std::vector<float> whole(static_cast<std::size_t>(64 * items));
  panels.score(rows, {whole.data(), items, 64, 0, items});
  for (const Index first : {0, 1, 16, 31, 74})
    for (const Index count : {1, 2, 15, 16, 17, 40, 75})
      for (const Index company : {1, 2, 3, 4, 5, 6, 7, 13}) {
        if (first + count > items) continue;
        constexpr float kGuard = 1234.5F;
        const std::int64_t stride = count + 3;
        std::vector<float> part(static_cast<std::size_t>(company * stride), kGuard);
        panels.score(std::span(rows).subspan(20, static_cast<std::size_t>(company)),
                     {part.data(), stride, company, first, count});
        for (std::int64_t u = 0; u < company; ++u)
          for (std::int64_t j = 0; j < stride; ++j) {
            const float expected = j < count ? whole[static_cast<std::size_t>((20 + u) * items + first + j)] : kGuard;
            ASSERT_EQ(part[static_cast<std::size_t>(u * stride + j)], expected) << first << " " << count << " " << u;
          }
      }
}

TEST(ItemPanels, ForgetWhatTheyWereAssignedBefore) {
  const FactorMatrix users = random_factors(3, 4, 1), first = random_factors(40, 9, 2),
                     second = random_factors(21, 4, 3);
  const std::vector<float> bias(40, 5.f);
  ItemPanels used(first.view(), bias);
  used.assign(second.view());
  std::vector<float> expected(63), found(63);
  ItemPanels(second.view()).score(rows_of(users), {expected.data(), 21, 3, 0, 21});
  used.score(rows_of(users), {found.data(), 21, 3, 0, 21});
  EXPECT_EQ(found, expected);
}

TEST(ItemPanels, RefuseItemsThatTheyDoNotHave) {
  const FactorMatrix users = random_factors(1, 4, 1), of_items = random_factors(20, 4, 2);
  const ItemPanels panels(of_items.view());
  std::vector<float> out(64);
  EXPECT_THROW(panels.score(rows_of(users), {out.data(), 64, 1, 10, 30}), Error);
  EXPECT_THROW(panels.score(rows_of(users), {out.data(), 20, 2, 0, 20}), Error);
}

}  // namespace
}  // namespace assay
