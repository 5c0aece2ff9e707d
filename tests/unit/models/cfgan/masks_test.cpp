// The masks: exact shares, never a known place, alike or apart as the variant says, and their use.

#include "masks.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

#include "fixtures.hpp"
#include "trainer.hpp"

namespace cfgan {
namespace {

using test::Data;
using test::EpochRun;
using test::Index;
using test::Interactions;

/// 40 samples of 150 places; sample s knows 3 · s places.
Data staircase() {
  std::vector<std::pair<Index, Index>> pairs;
  for (Index s = 0; s < 40; ++s)
    for (Index k = 0; k < 3 * s; ++k) pairs.emplace_back(s, (k * 7 + s) % 150);
  return Data(40, 150, pairs);
}

bool knows(const Interactions& samples, Index s, Index place) {
  return std::ranges::binary_search(samples[s].columns, place);
}

TEST(Masks, HoldTheAskedShareOfTheMissingPlacesExactly) {
  const Data data = staircase();
  const Interactions& samples = data.by_user.view;
  for (const double ratio : {0., .1, .5, .7, .9, 1.}) {
    Mask zeros(40, 150), shown(40, 150);
    draw(assay::serial_executor(), assay::Random(1), samples, ratio, false, zeros);
    draw(assay::serial_executor(), assay::Random(2), samples, ratio, true, shown);
    for (Index s = 0; s < 40; ++s) {
      int zero_places = 0, shown_places = 0;
      for (Index p = 0; p < 150; ++p) {
        zero_places += zeros.has(s, p);
        shown_places += shown.has(s, p);
        if (knows(samples, s, p)) {
          EXPECT_FALSE(zeros.has(s, p)) << "a known place cannot be told to be zero";
          EXPECT_TRUE(shown.has(s, p)) << "a known place is always shown";
        }
      }
      const int share = static_cast<int>((150 - 3 * s) * ratio);
      EXPECT_EQ(zero_places, share);
      EXPECT_EQ(shown_places, share + 3 * s);
    }
  }
}

TEST(Masks, DrawEveryMissingPlaceEquallyOften) {
  const Data data(1, 20, {{0, 3}, {0, 4}});
  for (const double ratio : {.3, .7}) {
    std::vector<int> count(20);
    constexpr int kDraws = 4000;
    for (int i = 0; i < kDraws; ++i) {
      Mask mask(1, 20);
      draw(assay::serial_executor(), assay::Random(static_cast<std::uint64_t>(i)), data.by_user.view, ratio, false,
           mask);
      for (Index p = 0; p < 20; ++p) count[static_cast<std::size_t>(p)] += mask.has(0, p);
    }
    const double share = std::floor(18 * ratio) / 18, deviation = std::sqrt(kDraws * share * (1 - share));
    for (const std::size_t p : {0, 1, 2, 5, 10, 19}) EXPECT_NEAR(count[p], kDraws * share, 5 * deviation);
    EXPECT_EQ(count[3] + count[4], 0);
  }
}

TEST(Masks, AreTheSameAtAnyNumberOfThreads) {
  const Data data = staircase();
  Mask expected(40, 150);
  draw(assay::serial_executor(), assay::Random(5), data.by_user.view, .6, true, expected);
  assay::ThreadPool pool(3);
  Mask mask(40, 150);
  draw(pool, assay::Random(5), data.by_user.view, .6, true, mask);
  for (Index s = 0; s < 40; ++s)
    for (Index p = 0; p < 150; ++p) ASSERT_EQ(mask.has(s, p), expected.has(s, p));
}

struct Overlap {
  double zeros = 0, shown = 0, both = 0;
};
Overlap overlap(const std::string& variant, const std::string& scheme, int epoch = 0) {
  const Data data = staircase();
  Params params;
  params.variant = variant;
  params.scheme = scheme;
  Trainer trainer(params, data.by_user.view);
  EpochRun run;
  trainer.draw_masks(run, epoch);
  Overlap o;
  for (Index s = 0; s < 40; ++s)
    for (Index p = 0; p < 150; ++p) {
      if (knows(data.by_user.view, s, p)) continue;
      const bool zero = scheme != "pm" && trainer.zeros().has(s, p), shown = trainer.shown().has(s, p);
      o.zeros += zero;
      o.shown += shown;
      o.both += zero && shown;
    }
  return o;
}

TEST(Variants, TheOfficialCodesMasksCoincide) {
  const Overlap o = overlap("official_code", "zp");
  EXPECT_GT(o.both, 0);
  EXPECT_EQ(o.both, o.zeros);
  EXPECT_EQ(o.both, o.shown);
}

TEST(Variants, ThePapersMasksAreIndependent) {
  const Overlap o = overlap("paper", "zp");
  EXPECT_EQ(o.zeros, o.shown);
  EXPECT_NEAR(o.both / o.zeros, .7, .03);
}

TEST(Schemes, MaskWhatTheirNamesSay) {
  EXPECT_EQ(overlap("paper", "zr").shown, 0) << "without PM, D sees known places only";
  EXPECT_GT(overlap("paper", "zr").zeros, 0);
  EXPECT_EQ(overlap("paper", "pm").zeros, 0);
  EXPECT_GT(overlap("paper", "pm").shown, 0);
}

TEST(MaskedGradient, EqualsAPlainLoop) {
  const Data data(1, 77, {{0, 3}, {0, 70}});
  Mask shown(1, 77), zeros(1, 77);
  draw(assay::serial_executor(), assay::Random(1), data.by_user.view, .5, true, shown);
  draw(assay::serial_executor(), assay::Random(2), data.by_user.view, .5, false, zeros);
  std::vector<float> y(77), delta(77), out(77);
  assay::Random(3).uniform(y, -1, 1);
  assay::Random(4).uniform(delta, -1, 1);
  const std::vector<float> before = delta;
  apply_mask(shown.row(0), y.data(), 77, out.data());
  const double sum = masked_gradient(shown.row(0), zeros.row(0), .25f, y.data(), 77, delta.data());
  double expected = 0;
  for (std::size_t p = 0; p < 77; ++p) {
    const bool seen = shown.has(0, static_cast<Index>(p)), zero = zeros.has(0, static_cast<Index>(p));
    EXPECT_EQ(out[p], seen ? y[p] : 0);
    EXPECT_FLOAT_EQ(delta[p], (seen ? before[p] : 0) + (zero ? .5f * y[p] : 0));
    expected += zero ? static_cast<double>(y[p]) * static_cast<double>(y[p]) : 0;
  }
  EXPECT_NEAR(sum, expected, 1e-5);
}

}  // namespace
}  // namespace cfgan
