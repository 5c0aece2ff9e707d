// Global effects against the same sequence of residuals in dense float64 matrices.

#include "rated.hpp"

namespace assay {
namespace {

using test::kItems;
using test::kUsers;
using GlobalEffects = test::Rated;
constexpr auto kU = static_cast<std::size_t>(kUsers), kI = static_cast<std::size_t>(kItems);

/// Fits one coefficient for each row (or column) of the residuals on the variable x, takes it out of them, and adds it
/// to the predictions of all pairs.
struct Residuals {
  std::vector<double> left, predicted;
  std::vector<int> given;

  void take_out(bool of_users, double alpha, auto&& x) {
    for (std::size_t a = 0; a < (of_users ? kU : kI); ++a) {
      double product = 0, square = 0, n = 0;
      for (std::size_t b = 0; b < (of_users ? kI : kU); ++b) {
        const std::size_t at = of_users ? a * kI + b : b * kI + a;
        if (!given[at]) continue;
        const double variable = x(of_users ? a : b, of_users ? b : a);
        product += variable * left[at], square += variable * variable, n += 1;
      }
      const double theta = square > 0 ? product / square * n / (n + alpha) : 0;
      for (std::size_t b = 0; b < (of_users ? kI : kU); ++b) {
        const std::size_t at = of_users ? a * kI + b : b * kI + a;
        const double effect = theta * x(of_users ? a : b, of_users ? b : a);
        left[at] -= effect, predicted[at] += effect;
      }
    }
  }
};

TEST_F(GlobalEffects, ArePredictedAsByASequenceOfResidualsInFloat64) {
  const auto [r, given] = dense();
  double sum = 0, n = 0;
  std::vector<double> user_mean(kU, 0), user_n(kU, 0), item_mean(kI, 0), item_n(kI, 0);
  for (std::size_t at = 0; at < r.size(); ++at)
    if (given[at]) {
      sum += r[at], n += 1;
      user_mean[at / kI] += r[at], user_n[at / kI] += 1, item_mean[at % kI] += r[at], item_n[at % kI] += 1;
    }
  for (std::size_t u = 0; u < kU; ++u) user_mean[u] /= std::max(1.0, user_n[u]);
  for (std::size_t i = 0; i < kI; ++i) item_mean[i] /= std::max(1.0, item_n[i]);
  double centres[4] = {};
  for (std::size_t at = 0; at < r.size(); ++at)
    if (given[at]) {
      centres[0] += item_mean[at % kI] / n, centres[1] += std::sqrt(item_n[at % kI]) / n;
      centres[2] += user_mean[at / kI] / n, centres[3] += std::sqrt(user_n[at / kI]) / n;
    }
  Residuals e{r, std::vector<double>(r.size(), sum / n), given};
  for (std::size_t at = 0; at < r.size(); ++at) e.left[at] -= sum / n;
  e.take_out(false, 4, [](auto, auto) { return 1.0; });
  e.take_out(true, 6, [](auto, auto) { return 1.0; });
  const auto main = e.predicted;
  e.take_out(true, 20, [&](auto, auto i) { return item_n[i] > 0 ? item_mean[i] - centres[0] : 0; });
  e.take_out(true, 20, [&](auto, auto i) { return item_n[i] > 0 ? std::sqrt(item_n[i]) - centres[1] : 0; });
  e.take_out(false, 20, [&](auto u, auto) { return user_n[u] > 0 ? user_mean[u] - centres[2] : 0; });
  e.take_out(false, 20, [&](auto u, auto) { return user_n[u] > 0 ? std::sqrt(user_n[u]) - centres[3] : 0; });

  const std::string shrink = R"("item_shrink": 4, "user_shrink": 6, "slope_shrink": 20, "sweeps": 1)";
  expect_near(test::score_all(*rater("global_effects", "{" + shrink + R"(, "interactions": false})"), ratings_.view()),
              main);
  expect_near(test::score_all(*rater("global_effects", "{" + shrink + "}"), ratings_.view()), e.predicted);
}

TEST_F(GlobalEffects, SweepsEndWhereTheSquaredErrorWithItsPenaltiesIsLeast) {
  const auto model =
      rater("global_effects", R"({"item_shrink": 4, "user_shrink": 6, "sweeps": 500, "interactions": false})");
  const auto scores = test::score_all(*model, ratings_.view());
  const auto [r, given] = dense();
  // In the minimum of Σ e² + 6 Σ b_u² + 4 Σ b_i² a user's residuals add up to 6 b_u: so do the differences of two
  // users.
  const std::size_t empty = 5;                                      // of an item without ratings the score is μ + b_u
  const double mean = static_cast<double>(scores[3 * kI + empty]);  // of a user without ratings μ
  for (std::size_t u = 0; u < kU; ++u) {
    double left = 0;
    for (std::size_t i = 0; i < kI; ++i)
      if (given[u * kI + i]) left += r[u * kI + i] - static_cast<double>(scores[u * kI + i]);
    EXPECT_NEAR(left, 6 * (static_cast<double>(scores[u * kI + empty]) - mean), 1e-4) << u;
  }
  for (std::size_t i = 0; i < kI; ++i) {
    double left = 0;
    for (std::size_t u = 0; u < kU; ++u)
      if (given[u * kI + i]) left += r[u * kI + i] - static_cast<double>(scores[u * kI + i]);
    EXPECT_NEAR(left, 4 * (static_cast<double>(scores[3 * kI + i]) - mean), 1e-4) << i;
  }
}

TEST_F(GlobalEffects, ServeStrangersByTheirProfile) {
  const auto model = rater("global_effects", "{}");
  EXPECT_EQ(test::score_all(*model, ratings_.view(), strangers_), test::score_all(*model, ratings_.view()));
  expect_served("global_effects", "{}");
}

TEST_F(GlobalEffects, OfEqualRatingsAreNone) {
  expect_constants("global_effects", "{}");
  expect_a_huge_catalogue_to_be_served("global_effects", "{}");
}

TEST_F(GlobalEffects, OfAVariableThatDoesNotVaryAreNone) {
  // Every user gives four times .1 and three times .7: users' averages and supports differ by rounding at most.
  SparseMatrix x;
  x.rows = kUsers;
  x.columns = kItems;
  for (Index u = 0; u < kUsers; ++u) {
    const Index first = u % 9 * 7;
    for (Index k = 0; k < 7; ++k) {
      x.column.push_back(first + k);
      x.value.push_back((k + u) % 7 % 2 == 0 ? 0.1F : 0.7F);
    }
    x.offsets.push_back(static_cast<std::int64_t>(x.column.size()));
  }
  const SparseMatrix t = x.transposed();
  const auto model = test::make_model("global_effects", "{}");
  test::OneShotRun run;
  model->fit({x.view(), t.view(), {kUsers, {}}, {kItems, {}}}, run);
  SparseMatrix stranger;  // of another average and support
  stranger.rows = 1;
  stranger.columns = kItems;
  stranger.column = {0, 1, 30};
  stranger.value = {0.7F, 0.7F, 0.7F};
  stranger.offsets = {0, 3};
  for (const float score : test::score_all(*model, stranger.view(), {kUnknown})) EXPECT_NEAR(score, 0.4, 0.6);
}

TEST_F(GlobalEffects, RefuseNegativeShrinkage) {
  EXPECT_ANY_THROW((void)test::make_model("global_effects", R"({"item_shrink": -1})"));
  EXPECT_ANY_THROW((void)test::make_model("global_effects", R"({"sweeps": 0})"));
}

}  // namespace
}  // namespace assay
