// First values: bounds, spread, seeds, and the padding that stays zero.

#include "assay/nn/init.hpp"

#include <cmath>
#include <gtest/gtest.h>

#include "fixtures.hpp"

namespace assay::nn {
namespace {

struct Spread {
  double mean = 0, deviation = 0, largest = 0;
};
Spread spread(const Block& b) {
  double sum = 0, squares = 0;
  Spread s;
  for (std::int64_t i = 0; i < b.rows(); ++i)
    for (const float v : b.row(i)) {
      sum += v;
      squares += static_cast<double>(v) * v;
      s.largest = std::max(s.largest, std::abs(static_cast<double>(v)));
    }
  const auto n = static_cast<double>(b.rows() * b.columns());
  s.mean = sum / n;
  s.deviation = std::sqrt(squares / n - s.mean * s.mean);
  return s;
}

TEST(Init, HasTheDeviationThatThePapersAskFor) {
  struct Case {
    void (*fill)(Random&, Matrix);
    double deviation, bound;
  };
  const double xavier = std::sqrt(2. / 700), he = std::sqrt(2. / 400);
  for (const Case c : {Case{fill_xavier_uniform, xavier, xavier * std::sqrt(3)}, Case{fill_xavier_normal, xavier, 1},
                       Case{fill_he_uniform, he, he * std::sqrt(3)}, Case{fill_he_normal, he, 1}}) {
    Block w(400, 300);
    Random random(1);
    c.fill(random, w.view());
    const Spread s = spread(w);
    EXPECT_NEAR(s.mean, 0, 5 * c.deviation / std::sqrt(120000));
    EXPECT_NEAR(s.deviation, c.deviation, .01 * c.deviation);
    EXPECT_LE(s.largest, c.bound * 1.000001);
  }
}

TEST(Init, IsFixedByTheSeedAndLeavesThePaddingZero) {
  Block a(30, 19), b(30, 19), c(30, 19);
  Random first(7), again(7), other(8);
  fill_xavier_normal(first, a.view());
  fill_xavier_normal(again, b.view());
  fill_xavier_normal(other, c.view());
  EXPECT_EQ(a.row(29)[18], b.row(29)[18]);
  EXPECT_NE(a.row(29)[18], c.row(29)[18]);
  for (std::int64_t i = 0; i < 30; ++i)
    for (std::int64_t j = 19; j < a.stride(); ++j) ASSERT_EQ(a.view().data[i * a.stride() + j], 0);
}

}  // namespace
}  // namespace assay::nn
