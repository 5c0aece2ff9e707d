// Funk SVD and SVD++ against naive float64 trainings that replay their draws; Funk SVD's gradients by finite
// differences.

#include <cmath>
#include <functional>

#include "plugin/conformance/watched_run.hpp"
#include "rated.hpp"

namespace assay {
namespace {

using test::kItems;
using test::kUsers;
using RatedFactorModels = test::Rated;
constexpr std::size_t kD = 4;
using Vector = std::array<double, kD>;

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t k = 0; k < kD; ++k) sum += a[k] * b[k];
  return sum;
}

/// Vectors and biases in float64, drawn as the models draw them.
struct Naive {
  double mean = 0;
  std::vector<Vector> p, q, y;
  std::vector<double> user_bias = std::vector<double>(kUsers, 0), item_bias = std::vector<double>(kItems, 0);

  Naive(const Run& run, const Interactions& x) {
    p = drawn(run.random("users", 0), kUsers);
    q = drawn(run.random("items", 0), kItems);
    y = drawn(run.random("implicit", 0), kItems);
    for (std::int64_t e = 0; e < x.size(); ++e) mean += static_cast<double>(x.value[e]) / static_cast<double>(x.size());
    std::vector<bool> rated(kItems);
    for (Index u = 0; u < kUsers; ++u) {
      if (x[u].columns.empty()) p[static_cast<std::size_t>(u)] = {};
      for (const Index i : x[u].columns) rated[static_cast<std::size_t>(i)] = true;
    }
    for (std::size_t i = 0; i < rated.size(); ++i)
      if (!rated[i]) q[i] = y[i] = {};
  }
  static std::vector<Vector> drawn(Random random, Index rows) {
    std::vector<Vector> out(static_cast<std::size_t>(rows));
    for (Vector& v : out) {
      float values[kD];
      random.normal(values, 0, 0.3F);
      std::copy_n(values, kD, v.begin());
    }
    return out;
  }
  [[nodiscard]] double predict(std::size_t u, std::size_t i, const Vector& user) const {
    return mean + user_bias[u] + item_bias[i] + dot(user, q[i]);
  }
};

const std::string kParams = R"({"factors": 4, "epochs": 3, "learning_rate": 0.02, "decay": 0.5, "init_deviation": 0.3,
                                "bias_l2": 0.07, )";
const std::string kFunk = kParams + R"("user_l2": 0.04, "item_l2": 0.06})";
const std::string kPlus = kParams + R"("factor_l2": 0.05})";

TEST_F(RatedFactorModels, FunkSvdIsAFloat64TrainingWithTheSameDraws) {
  const Interactions x = ratings_.view();
  std::vector<std::pair<std::size_t, std::size_t>> all;
  for (Index u = 0; u < kUsers; ++u)
    for (const Index i : x[u].columns) all.emplace_back(u, i);
  test::OneShotRun run;
  Naive m(run, x);
  for (int epoch = 0; epoch < 3; ++epoch) {
    std::vector<Index> order(all.size());
    std::iota(order.begin(), order.end(), 0);
    run.random("order", static_cast<std::uint64_t>(epoch)).shuffle(order);
    for (const Index at : order) {
      const auto [u, i] = all[static_cast<std::size_t>(at)];
      const double rating = static_cast<double>(x.value[at]);
      // Half of the squared error with its penalties; the derivatives by central differences.
      const auto objective = [&, u = u, i = i] {
        const double e = rating - m.predict(u, i, m.p[u]);
        return (e * e + 0.04 * dot(m.p[u], m.p[u]) + 0.06 * dot(m.q[i], m.q[i]) +
                0.07 * (m.user_bias[u] * m.user_bias[u] + m.item_bias[i] * m.item_bias[i])) /
               2;
      };
      std::vector<std::pair<double*, double>> slopes;
      const auto derive = [&](double& parameter) {
        const double value = parameter, h = 1e-5;
        parameter = value + h;
        const double above = objective();
        parameter = value - h;
        slopes.emplace_back(&parameter, (above - objective()) / (2 * h));
        parameter = value;
      };
      for (std::size_t k = 0; k < kD; ++k) derive(m.p[u][k]), derive(m.q[i][k]);
      derive(m.user_bias[u]);
      derive(m.item_bias[i]);
      for (const auto& [parameter, slope] : slopes) *parameter -= 0.02 / (1 + 0.5 * epoch) * slope;
    }
  }
  std::vector<double> expected;
  for (std::size_t u = 0; u < kUsers; ++u)
    for (std::size_t i = 0; i < kItems; ++i) expected.push_back(m.predict(u, i, m.p[u]));
  expect_near(test::score_all(*rater("funk_svd", kFunk), x), expected);
}

/// n^-½ Σ y_j over a user's ratings.
Vector implicit_part(const Naive& m, const Row& ratings) {
  Vector z{};
  for (const Index j : ratings.columns)
    for (std::size_t k = 0; k < kD; ++k)
      z[k] += m.y[static_cast<std::size_t>(j)][k] / std::sqrt(static_cast<double>(ratings.columns.size()));
  return z;
}

TEST_F(RatedFactorModels, SvdPlusPlusIsAFloat64TrainingWithTheSameDraws) {
  const Interactions x = ratings_.view();
  test::OneShotRun run;
  Naive m(run, x);
  for (int epoch = 0; epoch < 3; ++epoch) {
    const double rate = 0.02 / (1 + 0.5 * epoch);
    std::vector<Index> order(kUsers);
    std::iota(order.begin(), order.end(), 0);
    run.random("order", static_cast<std::uint64_t>(epoch)).shuffle(order);
    for (const Index user : order) {
      const auto u = static_cast<std::size_t>(user);
      const Row ratings = x[user];
      const Vector z = implicit_part(m, ratings);
      Vector pull{};
      for (std::size_t r = 0; r < ratings.columns.size(); ++r) {
        const auto i = static_cast<std::size_t>(ratings.columns[r]);
        Vector whole = z;
        for (std::size_t k = 0; k < kD; ++k) whole[k] += m.p[u][k];
        const double e = static_cast<double>(ratings.values[r]) - m.predict(u, i, whole);
        m.user_bias[u] += rate * (e - 0.07 * m.user_bias[u]);
        m.item_bias[i] += rate * (e - 0.07 * m.item_bias[i]);
        for (std::size_t k = 0; k < kD; ++k) {
          const double q = m.q[i][k];
          pull[k] += e * q;
          m.q[i][k] += rate * (e * whole[k] - 0.05 * q);
          m.p[u][k] += rate * (e * q - 0.05 * m.p[u][k]);
        }
      }
      const auto n = static_cast<double>(ratings.columns.size());
      for (const Index j : ratings.columns)
        for (std::size_t k = 0; k < kD; ++k) {
          double& value = m.y[static_cast<std::size_t>(j)][k];
          value = std::pow(1 - rate * 0.05, n) * value + rate * pull[k] / std::sqrt(n);
        }
    }
  }
  const auto model = rater("svdpp", kPlus);
  const auto scores = test::score_all(*model, x);
  for (Index user = 0; user < kUsers; ++user) {
    if (x[user].columns.empty()) continue;
    const auto u = static_cast<std::size_t>(user);
    Vector whole = implicit_part(m, x[user]);
    for (std::size_t k = 0; k < kD; ++k) whole[k] += m.p[u][k];
    for (std::size_t i = 0; i < kItems; ++i)
      ASSERT_NEAR(scores[u * kItems + i], m.predict(u, i, whole), 1e-4) << user << ", " << i;
  }
}

TEST_F(RatedFactorModels, AStrangersRowIsWhereTheSlopeOfHisErrorsIsZero) {
  const Interactions x = ratings_.view();
  for (const char* name : {"funk_svd", "svdpp"}) {
    const bool plus = std::string(name) == "svdpp";
    const auto model = rater(name, plus ? kPlus : kFunk);
    test::Storage storage;
    model->save(storage);
    const test::Storage& saved = storage;
    const auto* q = static_cast<const float*>(saved.tensor("items").data);
    const auto* base = static_cast<const float*>(saved.tensor("base").data);
    const auto scores = test::score_all(*model, x, strangers_);
    // With e = r - r̂ the slope is zero where Σ e q = n λ p and Σ e = n λ_b b.
    for (Index u = 0; u < kUsers; u += 7) {
      const Row ratings = x[u];
      if (ratings.columns.size() < 6) continue;
      // Least squares of (score - base) on [q, 1] over all items gives back [w, b] exactly.
      constexpr std::size_t n = kD + 1;
      double a[n][n + 1] = {};
      for (std::size_t i = 0; i < kItems; ++i) {
        double row[n + 1];
        for (std::size_t k = 0; k < n; ++k) row[k] = static_cast<double>(q[i * n + k]);
        row[n] = static_cast<double>(scores[static_cast<std::size_t>(u) * kItems + i]) - static_cast<double>(base[i]);
        for (std::size_t r = 0; r < n; ++r)
          for (std::size_t c = 0; c <= n; ++c) a[r][c] += row[r] * row[c];
      }
      for (std::size_t pivot = 0; pivot < n; ++pivot)
        for (std::size_t r = 0; r < n; ++r) {
          const double f = r == pivot ? 0 : a[r][pivot] / a[pivot][pivot];
          for (std::size_t c = 0; c <= n; ++c) a[r][c] -= f * a[pivot][c];
        }
      Vector z{};
      if (plus) {
        const auto* y = static_cast<const float*>(saved.tensor("implicit").data);
        for (const Index j : ratings.columns)
          for (std::size_t k = 0; k < kD; ++k)
            z[k] += static_cast<double>(y[static_cast<std::size_t>(j) * n + k]) /
                    std::sqrt(static_cast<double>(ratings.columns.size()));
      }
      const auto count = static_cast<double>(ratings.columns.size());
      for (std::size_t k = 0; k < n; ++k) {
        double slope = 0;
        for (std::size_t r = 0; r < ratings.columns.size(); ++r) {
          const auto i = static_cast<std::size_t>(ratings.columns[r]);
          const double e = static_cast<double>(ratings.values[r]) -
                           static_cast<double>(scores[static_cast<std::size_t>(u) * kItems + i]);
          slope += e * static_cast<double>(q[i * n + k]);
        }
        const double value = a[k][n] / a[k][k] - (k < kD ? z[k] : 0);
        const double l2 = k == kD ? 0.07 : plus ? 0.05 : 0.04;
        EXPECT_NEAR(slope, count * l2 * value, 2e-3) << name << ", user " << u << ", place " << k;
      }
    }
  }
}

TEST_F(RatedFactorModels, LearnWhatIsGivenAndServeWhatIsNot) {
  for (const char* name : {"funk_svd", "svdpp"}) {
    expect_served(name, R"({"factors": 7, "epochs": 4})");
    const auto one = rater(name, R"({"epochs": 1})"), many = rater(name, R"({"epochs": 60})");
    EXPECT_LT(training_error(*many, ratings_), 0.8 * training_error(*one, ratings_)) << name;
    expect_constants(name, R"({"epochs": 3})");
    expect_a_huge_catalogue_to_be_served(name, R"({"epochs": 2, "factors": 6})");
  }
}

TEST_F(RatedFactorModels, ServeAKnownUserWithAnotherProfileByThatProfile) {
  for (const char* name : {"funk_svd", "svdpp"}) {
    const auto model = rater(name, R"({"factors": 7, "epochs": 4})");
    const std::vector<Index> shifted = [] {
      std::vector<Index> users(kUsers);
      for (Index u = 0; u < kUsers; ++u) users[static_cast<std::size_t>(u)] = (u + 1) % kUsers;
      return users;
    }();
    EXPECT_EQ(test::score_all(*model, ratings_.view(), shifted), test::score_all(*model, ratings_.view(), strangers_))
        << name;
  }
}

TEST_F(RatedFactorModels, ServeStrangersWhereNothingIsRegularizedAndFactorsAreLarge) {
  for (const char* name : {"funk_svd", "svdpp"}) {
    const bool plus = std::string(name) == "svdpp";
    const auto model = rater(name, std::string(R"({"factors": 60, "epochs": 1, "learning_rate": 1e-9, "bias_l2": 0,
                                                   "init_deviation": 30, )") +
                                       (plus ? R"("factor_l2": 0})" : R"("user_l2": 0, "item_l2": 0})"));
    const auto scores = test::score_all(*model, ratings_.view(), strangers_);
    for (Index u = 0; u < kUsers; ++u) {
      const Row ratings = ratings_.view()[u];  // fewer than factors: they can be met
      for (std::size_t r = 0; r < ratings.columns.size(); ++r)
        EXPECT_NEAR(scores[static_cast<std::size_t>(u) * kItems + static_cast<std::size_t>(ratings.columns[r])],
                    ratings.values[r], 0.5)
            << name << ", user " << u;
    }
  }
}

TEST_F(RatedFactorModels, AnotherSeedGivesAnotherModelAndTheSameSeedTheSame) {
  for (const char* name : {"funk_svd", "svdpp"}) {
    const auto ratings = [&](std::uint64_t seed) {
      const auto model = test::make_model(name, R"({"epochs": 2})");
      test::OneShotRun run(seed);
      model->fit(rated_data_, run);
      return test::rate_all(*model, ratings_.view());
    };
    EXPECT_EQ(ratings(4), ratings(4)) << name;
    EXPECT_NE(ratings(4), ratings(5)) << name;
  }
}

TEST_F(RatedFactorModels, ALearningRateThatIsTooLargeEndsAsDiverged) {
  for (const char* name : {"funk_svd", "svdpp"}) {
    const auto model = test::make_model(name, R"({"learning_rate": 50, "epochs": 8})");
    conformance::WatchedRun run({.stop_after = 8});
    model->fit(rated_data_, run);
    EXPECT_NE(run.bad_report().find("loss \"rmse\" is"), std::string::npos) << name;
  }
}

TEST_F(RatedFactorModels, BadParametersAreRefused) {
  for (const char* name : {"funk_svd", "svdpp"})
    for (const char* params : {R"({"factors": 0})", R"({"learning_rate": 0})", R"({"bias_l2": -0.1})"})
      EXPECT_ANY_THROW((void)test::make_model(name, params)) << name << " " << params;
}

}  // namespace
}  // namespace assay
