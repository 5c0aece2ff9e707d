// PureSVD against a singular value decomposition in float64 by one-sided Jacobi rotations (Hestenes).

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "assay/errors.hpp"

#include "factor_model.hpp"

namespace assay {
namespace {

using test::kItems;
using test::kUsers;

class PureSvd : public test::FactorModel {
 protected:
  /// Rotates the columns of x until they are orthogonal: x·V = U·Σ. Returns the columns of V, the largest σ first.
  static std::vector<Dense> right_vectors(const std::vector<Dense>& columns_of_x) {
    std::vector<Dense> b = columns_of_x, v;
    for (std::size_t j = 0; j < b.size(); ++j) {
      v.emplace_back(b.size());
      v[j][j] = 1;
    }
    const auto dot = [](const Dense& x, const Dense& y) {
      return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
    };
    for (int sweep = 0; sweep < 30; ++sweep)
      for (std::size_t p = 0; p < b.size(); ++p)
        for (std::size_t q = p + 1; q < b.size(); ++q) {
          const double alpha = dot(b[p], b[p]), beta = dot(b[q], b[q]), gamma = dot(b[p], b[q]);
          if (std::abs(gamma) < 1e-14) continue;
          const double angle = 0.5 * std::atan2(2 * gamma, alpha - beta), c = std::cos(angle), s = std::sin(angle);
          for (auto* m : {&b, &v})
            for (std::size_t k = 0; k < (*m)[p].size(); ++k) {
              const double x = (*m)[p][k], y = (*m)[q][k];
              (*m)[p][k] = c * x + s * y;
              (*m)[q][k] = c * y - s * x;
            }
        }
    std::vector<std::size_t> order(b.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::sort(order, std::greater<>(), [&](std::size_t j) { return dot(b[j], b[j]); });
    std::vector<Dense> sorted;
    for (const std::size_t j : order) sorted.push_back(v[j]);
    return sorted;
  }

  /// r_u V Vᵀ.
  Dense expected(std::size_t factors, bool use_values) {
    std::vector<Dense> columns(kItems, Dense(kUsers));
    for (Index u = 0; u < kUsers; ++u)
      for (Index i = 0; i < kItems; ++i)
        columns[static_cast<std::size_t>(i)][static_cast<std::size_t>(u)] = seen(u, i, use_values);
    const auto v = right_vectors(columns);
    Dense scores;
    for (std::size_t u = 0; u < kUsers; ++u) {
      Dense row(kItems);
      for (std::size_t f = 0; f < factors; ++f) {
        double weight = 0;
        for (std::size_t i = 0; i < kItems; ++i) weight += columns[i][u] * v[f][i];
        for (std::size_t i = 0; i < kItems; ++i) row[i] += weight * v[f][i];
      }
      scores.insert(scores.end(), row.begin(), row.end());
    }
    return scores;
  }
};

TEST_F(PureSvd, ScoresAsASingularValueDecompositionInFloat64Does) {
  for (const bool use_values : {false, true})
    for (const int factors : {1, 7, 30}) {
      const std::string params =
          "{\"factors\": " + std::to_string(factors) + ", \"use_values\": " + (use_values ? "true" : "false");
      const Dense scores = expected(static_cast<std::size_t>(factors), use_values);
      expect_near(test::score_all(*fitted("pure_svd", params + "}"), x_.view()), scores);
      const auto few = fitted("pure_svd", params + R"(, "oversampling": 8, "power_iterations": 300})");
      expect_near(test::score_all(*few, x_.view()), scores);
    }
}

TEST_F(PureSvd, GivesBackTheDataWhereItKeepsAllSingularVectors) {
  Dense data;
  for (Index u = 0; u < kUsers; ++u)
    for (Index i = 0; i < kItems; ++i) data.push_back(seen(u, i, false));
  expect_near(test::score_all(*fitted("pure_svd", R"({"factors": 200, "power_iterations": 2})"), x_.view()), data);
}

TEST_F(PureSvd, BeginsWithDirectionsOfTheDataAndNotAtRandom) {
  const auto energy = [](const auto& scores) {
    return std::inner_product(scores.begin(), scores.end(), scores.begin(), 0.0);
  };
  const double most = energy(expected(5, false));
  for (const int iterations : {0, 1, 2}) {
    const auto model = fitted(
        "pure_svd", R"({"factors": 5, "oversampling": 5, "power_iterations": )" + std::to_string(iterations) + "}");
    const double kept = energy(test::score_all(*model, x_.view()));
    EXPECT_GT(kept, (iterations == 0 ? 0.75 : 0.93) * most) << iterations;
    EXPECT_LT(kept, (1 + 1e-5) * most) << iterations;
  }
}

TEST_F(PureSvd, DoesNotDependOnTheSeed) {
  const auto first = test::make_model("pure_svd"), second = test::make_model("pure_svd");
  test::OneShotRun one(1), other(2);
  first->fit(data_, one);
  second->fit(data_, other);
  EXPECT_EQ(test::score_all(*first, x_.view()), test::score_all(*second, x_.view()));
  EXPECT_FALSE(test::traits_of("pure_svd").seeded);
}

TEST_F(PureSvd, ServesAStrangerByHisProfile) {
  const auto model = fitted("pure_svd", R"({"factors": 9})");
  EXPECT_EQ(test::score_all(*model, x_.view(), std::vector<Index>(kUsers, kUnknown)),
            test::score_all(*model, x_.view()));
}

TEST_F(PureSvd, KeepsItsBitsAtAnyThreadsSlicesAndCompanyAndAfterAReload) {
  expect_stable("pure_svd", R"({"factors": 10, "oversampling": 5})");
  expect_stable("pure_svd", R"({"factors": 33, "use_values": true})");
}

TEST_F(PureSvd, SurvivesDataWithoutALesson) {
  for (const bool use_values : {false, true})
    expect_survives_impossible_data(
        "pure_svd", std::string(R"({"factors": 3, "use_values": )") + (use_values ? "true}" : "false}"));
  expect_survives_a_huge_catalogue("pure_svd", R"({"factors": 3})");
}

TEST_F(PureSvd, ComesBackWithThePieceThatIsWorkedOnWhenItIsCancelled) {
  conformance::WatchedRun whole({});
  test::make_model("pure_svd")->fit(data_, whole);
  for (std::int64_t calls = 0; calls + 1 < whole.calls(); ++calls) {
    conformance::WatchedRun run({.cancel_after = calls});
    EXPECT_THROW(test::make_model("pure_svd")->fit(data_, run), Cancelled) << calls;
    EXPECT_LE(run.calls(), calls + 2) << "at most a word on progress lies between";
  }
}

TEST_F(PureSvd, RefusesParametersOutOfRange) {
  for (const char* params : {R"({"factors": 0})", R"({"power_iterations": -1})", R"({"oversampling": -1})"})
    EXPECT_ANY_THROW((void)test::make_model("pure_svd", params)) << params;
}

}  // namespace
}  // namespace assay
