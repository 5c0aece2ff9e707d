// The threshold scan against a full sort.

#include "eval/selection.hpp"

#include <cmath>
#include <gtest/gtest.h>

#include "assay/random.hpp"

namespace assay {
namespace {

TEST(Selection, IsTheHeadOfAFullSortWithTiesByItem) {
  Random random(1);
  Selection selection;
  for (int round = 0; round < 400; ++round) {
    const std::size_t n = random.below(700), k = 1 + random.below(120);
    const std::uint64_t levels = round % 2 ? 5 : 100000;
    std::vector<float> scores(n);
    for (auto& s : scores) s = static_cast<float>(random.below(levels)) - 2;
    std::vector<std::pair<float, Index>> sorted;
    for (std::size_t i = 0; i < n; ++i) {
      if (random.below(9) == 0) scores[i] = -std::numeric_limits<float>::infinity();
      if (scores[i] == 0 && i % 2) scores[i] = -0.0F;
      if (std::isfinite(scores[i])) sorted.emplace_back(-scores[i], static_cast<Index>(i));
    }
    std::sort(sorted.begin(), sorted.end());
    selection.begin(k);
    const std::size_t cut = n ? random.below(n) : 0;  // in two slices
    ASSERT_TRUE(selection.scan(std::span(scores).first(cut), 0));
    ASSERT_TRUE(selection.scan(std::span(scores).subspan(cut), static_cast<Index>(cut)));
    const std::size_t found = selection.finish();
    ASSERT_EQ(found, std::min(k, sorted.size()));
    for (std::size_t i = 0; i < found; ++i) {
      ASSERT_EQ(selection.place(i).item, sorted[i].second);
      ASSERT_EQ(selection.place(i).score, -sorted[i].first);
    }
  }
}

TEST(Selection, NoticesNaNAndInfinityAtEveryPosition) {
  for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity()})
    for (std::size_t at = 0; at < 200; ++at) {
      std::vector<float> scores(200);
      for (std::size_t i = 0; i < 200; ++i) scores[i] = -static_cast<float>(i);  // later ones are far below the best
      scores[at] = bad;
      Selection selection;
      selection.begin(3);
      EXPECT_FALSE(selection.scan(scores, 0)) << at;
    }
}

}  // namespace
}  // namespace assay
