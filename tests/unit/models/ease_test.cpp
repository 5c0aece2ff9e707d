// EASE against Gauss-Jordan elimination in float64.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "assay/errors.hpp"

#include "collaborative.hpp"
#include "impossible.hpp"
#include "plugin/conformance/watched_run.hpp"

namespace assay {
namespace {

using test::kItems;
using test::kUsers;
using Ease = test::Collaborative;

std::vector<double> inverse(std::vector<double> a, std::size_t n) {
  std::vector<double> b(n * n, 0);
  for (std::size_t i = 0; i < n; ++i) b[i * n + i] = 1;
  for (std::size_t p = 0; p < n; ++p) {
    const double pivot = a[p * n + p];
    for (std::size_t j = 0; j < n; ++j) a[p * n + j] /= pivot, b[p * n + j] /= pivot;
    for (std::size_t i = 0; i < n; ++i) {
      if (i == p) continue;
      const double f = a[i * n + p];
      for (std::size_t j = 0; j < n; ++j) a[i * n + j] -= f * a[p * n + j], b[i * n + j] -= f * b[p * n + j];
    }
  }
  return b;
}

TEST_F(Ease, ScoresAsTheClosedFormInFloat64Does) {
  const auto n = static_cast<std::size_t>(kItems);
  for (const bool use_values : {false, true})
    for (const double lambda : {0.5, 30.0}) {
      std::vector<double> x(static_cast<std::size_t>(kUsers) * n), g(n * n, 0), expected(x.size(), 0);
      for (std::size_t k = 0; k < x.size(); ++k)
        x[k] = seen(static_cast<Index>(k / n), static_cast<Index>(k % n), use_values);
      for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) {
          for (std::size_t u = 0; u < kUsers; ++u) g[i * n + j] += x[u * n + i] * x[u * n + j];
          g[i * n + j] += i == j ? lambda : 0;
        }
      const auto p = inverse(g, n);
      for (std::size_t u = 0; u < kUsers; ++u)
        for (std::size_t j = 0; j < n; ++j)
          for (std::size_t i = 0; i < n; ++i)
            expected[u * n + j] -= i == j ? 0 : x[u * n + i] * p[i * n + j] / p[j * n + j];
      const auto model = fitted("ease", "{\"lambda\": " + std::to_string(lambda) +
                                            ", \"use_values\": " + (use_values ? "true" : "false") + "}");
      expect_near(test::score_all(*model, x_.view()), expected);
    }
}

TEST_F(Ease, KeepsItsBitsAtAnyThreadsSlicesAndCompanyAndAfterAReload) {
  expect_stable("ease", "{\"lambda\": 5}");
  expect_stable("ease", "{\"lambda\": 5, \"use_values\": true}");
}

/// B row by row: the scores of users who took one item each.
std::vector<float> weights_of(const Recommender& model) {
  std::vector<std::int64_t> offsets(kItems + 1);
  std::vector<Index> item(kItems), stranger(kItems, kUnknown);
  std::iota(offsets.begin(), offsets.end(), 0);
  std::iota(item.begin(), item.end(), 0);
  const std::vector<float> ones(kItems, 1);
  return test::score_all(model, {kItems, kItems, offsets, item.data(), ones.data(), nullptr}, stranger);
}

TEST_F(Ease, KeepsTheLargestWeightsOfEachScoredItemWhereThatIsAskedFor) {
  const auto n = static_cast<std::size_t>(kItems);
  const auto all = weights_of(*fitted("ease", R"({"lambda": 5, "use_values": true})"));
  for (const std::size_t k : {1U, 7U, 1000U}) {
    const auto few =
        weights_of(*fitted("ease", R"({"lambda": 5, "use_values": true, "neighbours": )" + std::to_string(k) + "}"));
    for (std::size_t j = 0; j < n; ++j) {
      std::vector<float> sizes;
      for (std::size_t i = 0; i < n; ++i) sizes.push_back(std::abs(all[i * n + j]));
      std::ranges::sort(sizes, std::ranges::greater{});
      const float least = k < n ? sizes[k - 1] : 0;
      for (std::size_t i = 0; i < n; ++i)
        EXPECT_EQ(few[i * n + j], std::abs(all[i * n + j]) >= least ? all[i * n + j] : 0)
            << i << ", " << j << ", " << k;
    }
  }
}

TEST_F(Ease, KeepsItsBitsWhereOnlyTheLargestWeightsAreKept) {
  expect_stable("ease", R"({"lambda": 5, "neighbours": 6})");
  expect_stable("ease", R"({"lambda": 5, "neighbours": 100, "use_values": true})");
}

TEST_F(Ease, SavesNoMoreThanItSaysWhereOnlyTheLargestWeightsAreKept) {
  const auto model = fitted("ease", R"({"neighbours": 6})");
  const Need need =
      dynamic_cast<const Sized&>(*model).need({kUsers, kItems, x_.offsets.back(), x_.offsets.back() * kItems, 1});
  EXPECT_LE(need.saved, kItems * (6 * 8 + 8) + 64);
  EXPECT_LT(need.saved, dynamic_cast<const Sized&>(*fitted("ease", "{}")).need({kUsers, kItems, 1, 1, 1}).saved);
}

TEST_F(Ease, RefusesBeforeTrainingACatalogueWhoseWeightsDoNotFitIntoMemory) {
  const Index many = 2'000'000;
  const std::vector<std::int64_t> none(static_cast<std::size_t>(many) + 1, 0);
  const TrainingData data{{1, many, std::span(none).first(2), nullptr, nullptr, nullptr},
                          {many, 1, none, nullptr, nullptr, nullptr},
                          {1, {}},
                          {many, {}}};
  test::OneShotRun run;
  try {
    test::make_model("ease")->fit(data, run);
    FAIL() << "16 TB were granted";
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("16004224557056 bytes"), std::string::npos) << e.what();
  }
}

TEST_F(Ease, ComesBackWithThePieceOfItsInverseThatIsWorkedOnWhenItIsCancelled) {
  const auto x = test::random_sparse(60, 500, 0.1, false, 3), t = test::transposed(x);  // four blocks to be swept
  const TrainingData data{x.view(), t.view(), {60, {}}, {500, {}}};
  conformance::WatchedRun whole({});
  test::make_model("ease")->fit(data, whole);
  ASSERT_GT(whole.calls(), 40);
  for (std::int64_t calls = 0; calls + 1 < whole.calls(); ++calls) {
    conformance::WatchedRun run({.cancel_after = calls});
    EXPECT_THROW(test::make_model("ease")->fit(data, run), Cancelled) << calls;
    EXPECT_LE(run.calls(), calls + 2) << "at most a word on progress lies between";
  }
}

TEST_F(Ease, SurvivesImpossibleData) {
  for (const char* params : {R"({"lambda": 0.01})", R"({"use_values": true})", R"({"neighbours": 1})",
                             R"({"neighbours": 5, "use_values": true, "lambda": 0.01})"})
    test::expect_survives_small_impossible_data("ease", params);  // its dense matrix of a huge one: refused above
}

TEST_F(Ease, RefusesALambdaOfZero) { EXPECT_ANY_THROW((void)test::make_model("ease", "{\"lambda\": 0}")); }

}  // namespace
}  // namespace assay
