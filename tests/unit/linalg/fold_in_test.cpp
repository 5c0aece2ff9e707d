// Whose factors are trained, whose are made, and which of these are made only once.

#include "assay/fold_in.hpp"

#include <functional>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

#include "assay/sparse.hpp"

namespace assay {
namespace {

constexpr Index kUsers = 600, kItems = kUsers + 1;

/// User u has item u, and those of even u the last one too.
SparseMatrix profiles() {
  SparseMatrix x;
  x.columns = kItems;
  x.rows = kUsers;
  for (Index u = 0; u < kUsers; ++u) {
    x.column.push_back(u);
    if (u % 2 == 0) x.column.push_back(kUsers);
    x.offsets.push_back(static_cast<std::int64_t>(x.column.size()));
  }
  x.value.assign(x.column.size(), 1);
  return x;
}

class FoldInTest : public ::testing::Test {
 protected:
  FoldInTest() {
    for (Index u = 0; u < kUsers; ++u) trained_.row(u)[0] = static_cast<float>(u);
  }
  /// The rows of a tile of two users, the first of them `user`, for which the trained profile is that of `of`.
  std::vector<float> ask(Index user, Index of) {
    Interactions two = x_.view();
    two.rows = 2;
    two.offsets = two.offsets.subspan(static_cast<std::size_t>(of), 3);
    const std::vector<Index> users{user, user == kUnknown ? kUnknown : user + 1};
    const auto tile = fold_in_.rows({two, users}, trained(), make_);
    return {tile->rows()[0][0], tile->rows()[1][0]};
  }
  [[nodiscard]] ConstMatrix trained() const { return trained_.view(); }

  const SparseMatrix x_ = profiles();
  FactorMatrix trained_{kUsers, 3};
  FoldIn fold_in_;
  int made_ = 0;
  const std::function<void(const Row&, std::span<float>)> make_ = [this](const Row& profile, std::span<float> factors) {
    ++made_;
    factors[0] = static_cast<float>(-100 * static_cast<int>(profile.columns.size()) - profile.columns[0]);
  };
};

TEST_F(FoldInTest, ServesAKnownUserWithHisOwnProfileByTrainedFactorsAndAllOthersByMadeOnes) {
  EXPECT_EQ(ask(0, 0), (std::vector<float>{-200, -101}));  // nothing is remembered yet
  fold_in_.remember(x_.view());
  EXPECT_EQ(ask(0, 0), (std::vector<float>{0, 1}));
  EXPECT_EQ(ask(kUnknown, 0), (std::vector<float>{-200, -101}));
  EXPECT_EQ(ask(0, 1), (std::vector<float>{-101, -202}));
}

TEST_F(FoldInTest, MakesATileOnceWhileAllThreadsComeBackForTheirs) {
  const auto threads = std::max(4, 2 * static_cast<int>(std::thread::hardware_concurrency()) - 1);
  for (int slice = 0; slice < 5; ++slice)
    for (Index t = 0; t < threads; ++t) EXPECT_EQ(ask(kUnknown, 2 * t)[0], -200 - 2 * t);
  EXPECT_EQ(made_, 2 * threads);
}

TEST_F(FoldInTest, ForgetsTheTileThatWasAskedForLongestAgo) {
  (void)ask(kUnknown, 0);
  for (Index t = 1; t < 250; ++t) {
    (void)ask(kUnknown, 2 * t);
    (void)ask(kUnknown, 0);  // always among the latest
  }
  EXPECT_EQ(made_, 2 * 250);
  (void)ask(kUnknown, 2);
  EXPECT_EQ(made_, 2 * 251);
}

TEST_F(FoldInTest, DoesNotRememberASingleRow) {
  fold_in_.remember(x_.view());
  (void)ask(kUnknown, 0);
  FactorMatrix made(1, 3);
  for (Index u = 0; u < 300; ++u)
    EXPECT_EQ(fold_in_.row(u, x_.view()[u], trained(), made.row(0), make_), trained().data + u * trained().stride);
  for (Index u = 0; u < 300; ++u)
    EXPECT_EQ(fold_in_.row(kUnknown, x_.view()[u], trained(), made.row(0), make_), made.row(0).data());
  EXPECT_EQ(made_, 302);
  (void)ask(kUnknown, 0);
  EXPECT_EQ(made_, 302);  // the tile is still there
}

}  // namespace
}  // namespace assay
