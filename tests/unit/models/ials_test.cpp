// iALS against the paper's equations in dense float64.

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "assay/errors.hpp"

#include "factor_model.hpp"

namespace assay {
namespace {

using test::kItems;
using test::kUsers;

constexpr std::size_t kFactors = 6;

struct Settings {
  double alpha0, lambda, nu;
  std::string confidence = "one";
  double alpha = 1;
  int epochs = 3;
  double stdev = 0.1;

  [[nodiscard]] std::string json(const std::string& more = "") const {
    return "{\"factors\": 6, \"alpha0\": " + std::to_string(alpha0) + ", \"lambda\": " + std::to_string(lambda) +
           ", \"nu\": " + std::to_string(nu) + ", \"confidence\": \"" + confidence +
           "\", \"alpha\": " + std::to_string(alpha) + ", \"epochs\": " + std::to_string(epochs) +
           ", \"stdev\": " + std::to_string(stdev) + more + "}";
  }
};

class Ials : public test::FactorModel {
 protected:
  /// Weight of a pair in the sum over the seen ones; 0: not seen.
  [[nodiscard]] double confidence(const Settings& s, Index user, Index item) const {
    const double value = double{x_.at(user, item)};
    if (value == 0 || s.confidence == "one") return value == 0 ? 0 : 1;
    return s.alpha * (s.confidence == "log" ? std::log1p(value) : value);
  }

  /// The system of one row (of users, or of items) whose other side is `other`: its matrix and right side.
  struct System {
    Dense a, b;
    bool empty;
  };
  [[nodiscard]] System system(const Settings& s, Index row, bool of_user, const Dense& other) const {
    System out{Dense(kFactors * kFactors), Dense(kFactors), true};
    const Index n = of_user ? kItems : kUsers;
    double seen = 0;
    for (Index o = 0; o < n; ++o) {
      const double c = of_user ? confidence(s, row, o) : confidence(s, o, row);
      const double* h = other.data() + static_cast<std::size_t>(o) * kFactors;
      seen += c != 0;
      for (std::size_t i = 0; i < kFactors; ++i) {
        out.b[i] += c * h[i];
        for (std::size_t j = 0; j < kFactors; ++j) out.a[i * kFactors + j] += (c + s.alpha0) * h[i] * h[j];
      }
    }
    for (std::size_t i = 0; i < kFactors; ++i)
      out.a[i * kFactors + i] += s.lambda * std::pow(seen + s.alpha0 * n, s.nu);
    out.empty = seen == 0;
    return out;
  }

  /// step(system, w) improves every row of one side.
  template <class Step>
  void half(const Settings& s, bool of_user, Dense& rows, const Dense& other, Step step) const {
    for (Index r = 0; r < (of_user ? kUsers : kItems); ++r) {
      const auto first = rows.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(r) * kFactors);
      const System one = system(s, r, of_user, other);
      const Dense w = one.empty ? Dense(kFactors) : step(one, Dense(first, first + kFactors));
      std::ranges::copy(w, first);
    }
  }

  template <class Step>
  Dense trained(const Settings& s, Step step) const {
    const double deviation = s.stdev / std::sqrt(kFactors);
    Dense users = drawn("users", kUsers, kFactors, deviation), items = drawn("items", kItems, kFactors, deviation);
    for (int epoch = 0; epoch < s.epochs; ++epoch) {
      half(s, false, items, users, step);
      half(s, true, users, items, step);
    }
    return products(users, items, kFactors);
  }

  static Dense image(const Dense& a, const Dense& x) {
    Dense y(x.size());
    for (std::size_t i = 0; i < x.size(); ++i)
      for (std::size_t j = 0; j < x.size(); ++j) y[i] += a[i * x.size() + j] * x[j];
    return y;
  }
};

const std::vector<Settings> kSettings = {
    {0.1, 0.05, 1}, {0.3, 0.02, 0.5, "value", 0.7}, {0, 0.5, 0}, {0.05, 0.1, 1, "log", 2, 3, 0.7}};

TEST_F(Ials, ScoresAsAlternatingLeastSquaresInFloat64Do) {
  for (const Settings& s : kSettings) {
    const auto expected = trained(s, [](const System& one, const Dense&) { return solved(one.a, one.b); });
    expect_near(test::score_all(*fitted("ials", s.json()), x_.view()), expected);
  }
}

TEST_F(Ials, TakesTheConjugateGradientStepsThatFloat64Takes) {
  for (const Settings& s : kSettings) {
    const auto expected = trained(s, [](const System& one, Dense w) {
      Dense r = image(one.a, w), p;
      for (std::size_t k = 0; k < kFactors; ++k) r[k] = one.b[k] - r[k];
      p = r;
      const auto square = [](const Dense& x) { return std::inner_product(x.begin(), x.end(), x.begin(), 0.0); };
      for (int step = 0; step < 2; ++step) {
        const Dense ap = image(one.a, p);
        const double before = square(r), length = before / std::inner_product(p.begin(), p.end(), ap.begin(), 0.0);
        for (std::size_t k = 0; k < kFactors; ++k) w[k] += length * p[k], r[k] -= length * ap[k];
        for (std::size_t k = 0; k < kFactors; ++k) p[k] = r[k] + square(r) / before * p[k];
      }
      return w;
    });
    const auto model = fitted("ials", s.json(R"(, "solver": "cg", "cg_steps": 2)"));
    expect_near(test::score_all(*model, x_.view()), expected);
  }
}

TEST_F(Ials, TakesTheBlockwiseNewtonStepsThatFloat64Takes) {
  for (const Settings& s : kSettings)
    for (const std::size_t size : {std::size_t{1}, std::size_t{4}}) {
      const auto expected = trained(s, [size](const System& one, Dense w) {
        for (std::size_t first = 0; first < kFactors; first += size) {
          const std::size_t n = std::min(size, kFactors - first);
          const Dense aw = image(one.a, w);
          Dense a, g;
          for (std::size_t i = first; i < first + n; ++i) {
            g.push_back(one.b[i] - aw[i]);
            for (std::size_t j = first; j < first + n; ++j) a.push_back(one.a[i * kFactors + j]);
          }
          const Dense step = solved(a, g);
          for (std::size_t i = 0; i < n; ++i) w[first + i] += step[i];
        }
        return w;
      });
      const auto model = fitted("ials", s.json(R"(, "solver": "block", "block": )" + std::to_string(size)));
      expect_near(test::score_all(*model, x_.view()), expected);
    }
}

TEST_F(Ials, ReportsTheLossThatItMinimizes) {
  const Settings s{0.2, 0.05, 1, "value", 0.5, 4};
  for (const std::string solver : {"exact", "cg", "block"}) {
    const auto model = test::make_model("ials", s.json(", \"solver\": \"" + solver + "\", \"block\": 3"));
    test::LossRun run;
    model->fit(data_, run);
    test::Storage storage;
    model->save(storage);
    const auto* w = static_cast<const float*>(storage.tensor("users").data);
    const auto* h = static_cast<const float*>(storage.tensor("items").data);
    const Dense users(w, w + kUsers * kFactors), items(h, h + kItems * kFactors);
    const Dense y = products(users, items, kFactors);
    double loss = 0;
    for (Index u = 0; u < kUsers; ++u)
      for (Index i = 0; i < kItems; ++i) {
        const double score = y[static_cast<std::size_t>(u * kItems + i)];
        loss += confidence(s, u, i) * (score - 1) * (score - 1) + s.alpha0 * score * score;
      }
    for (const bool of_user : {true, false})
      for (Index r = 0; r < (of_user ? kUsers : kItems); ++r) {
        const Dense& rows = of_user ? users : items;
        double seen = 0, square = 0;
        for (Index o = 0; o < (of_user ? kItems : kUsers); ++o) seen += x_.at(of_user ? r : o, of_user ? o : r) != 0;
        for (std::size_t k = 0; k < kFactors; ++k)
          square += std::pow(rows[static_cast<std::size_t>(r) * kFactors + k], 2);
        loss += s.lambda * std::pow(seen + s.alpha0 * (of_user ? kItems : kUsers), s.nu) * square;
      }
    ASSERT_EQ(run.losses.size(), 4U);
    EXPECT_NEAR(run.losses.back(), loss, 1e-4 * loss) << solver;
    EXPECT_TRUE(std::ranges::is_sorted(run.losses, std::greater<>())) << solver;
  }
}

TEST_F(Ials, ServesAStrangerWithAKnownProfileByTheSameBits) {
  for (const Settings& s : kSettings) {
    const auto model = fitted("ials", s.json());
    EXPECT_EQ(test::score_all(*model, x_.view(), std::vector<Index>(kUsers, kUnknown)),
              test::score_all(*model, x_.view()))
        << s.json();
  }
}

TEST_F(Ials, ServesAStrangerByTheLeastSquaresOfHisProfileAndItsValues) {
  const std::vector<std::pair<Index, float>> profile{{3, 2.5F}, {40, 0.5F}, {60, 4.F}};
  const test::Sparse x = test::sparse_of(kItems, {profile});
  for (const Settings& s : kSettings) {
    const auto model = fitted("ials", s.json());
    test::Storage storage;
    model->save(storage);
    const auto* h = static_cast<const float*>(storage.tensor("items").data);
    Dense a(kFactors * kFactors), b(kFactors);
    for (Index item = 0; item < kItems; ++item) {
      const float* row = h + static_cast<std::size_t>(item) * kFactors;
      const double value = double{x.at(0, item)}, c = value == 0              ? 0
                                                      : s.confidence == "one" ? 1
                                                      : s.confidence == "log" ? s.alpha * std::log1p(value)
                                                                              : s.alpha * value;
      for (std::size_t i = 0; i < kFactors; ++i) {
        b[i] += c * double{row[i]};
        for (std::size_t j = 0; j < kFactors; ++j)
          a[i * kFactors + j] += (c + s.alpha0) * double{row[i]} * double{row[j]};
      }
    }
    for (std::size_t i = 0; i < kFactors; ++i)
      a[i * kFactors + i] += s.lambda * std::pow(static_cast<double>(profile.size()) + s.alpha0 * kItems, s.nu);
    expect_near(test::score_all(*model, x.view(), {kUnknown}),
                products(solved(a, b), Dense(h, h + kItems * kFactors), kFactors));
  }
}

TEST_F(Ials, ServesAKnownUserWhoTookMoreSinceByWhatHeTook) {
  const auto model = fitted("ials", R"({"factors": 6, "epochs": 3})");
  test::Sparse longer = test::sparse_of(kItems, {{{3, 1.f}, {40, 1.f}, {60, 1.f}}});
  EXPECT_EQ(test::score_all(*model, longer.view(), {5}), test::score_all(*model, longer.view(), {kUnknown}));
  EXPECT_NE(test::score_all(*model, longer.view(), {5}),
            test::score_all(*model, test::sparse_of(kItems, {{{3, 1.f}, {40, 1.f}}}).view(), {5}));
}

TEST_F(Ials, KeepsItsBitsAtAnyThreadsSlicesAndCompanyAndAfterAReload) {
  for (const std::string solver : {"exact", "cg", "block"})
    expect_stable("ials",
                  R"({"factors": 20, "epochs": 2, "block": 8, "confidence": "log", "solver": ")" + solver + "\"}");
}

TEST_F(Ials, GoesOnFromACheckpointAsIfItHadNotBeenInterrupted) {
  for (const std::string solver : {"exact", "cg", "block"})
    expect_resumes("ials", R"({"factors": 5, "block": 2, "solver": ")" + solver + "\"}");
}

TEST_F(Ials, SurvivesDataWithoutALesson) {
  for (const std::string solver : {"exact", "cg", "block"})
    for (const std::string confidence : {"one", "value"})
      expect_survives_impossible_data("ials", R"({"factors": 3, "block": 2, "epochs": 3, "solver": ")" + solver +
                                                  R"(", "confidence": ")" + confidence + "\"}");
  expect_survives_a_huge_catalogue("ials", R"({"factors": 3, "epochs": 2})");
}

TEST_F(Ials, RefusesNegativeConfidences) {
  const auto x = test::sparse_of(2, {{{0, 1.f}, {1, -1.f}}}), t = test::transposed(x);
  const TrainingData data{x.view(), t.view(), {1, {}}, {2, {}}};
  test::OneShotRun run;
  EXPECT_THROW(test::make_model("ials", R"({"confidence": "value"})")->fit(data, run), DataError);
}

TEST_F(Ials, RefusesBeforeTrainingFactorsThatDoNotFitIntoMemory) {
  const Index many = 200'000'000;
  const std::vector<std::int64_t> none(3, 0);
  const TrainingData data{{2, many, none, nullptr, nullptr, nullptr},
                          {many, 2, std::span(none).first(1), nullptr, nullptr, nullptr},
                          {2, {}},
                          {many, {}}};
  test::OneShotRun run;
  try {
    test::make_model("ials", R"({"factors": 4096})")->fit(data, run);
    FAIL() << "terabytes were granted";
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("ials: 4096 factors of 2 users and 200000000 items needs"), std::string::npos)
        << e.what();
  }
}

TEST_F(Ials, RefusesParametersOutOfRange) {
  for (const char* params : {R"({"lambda": 0})", R"({"alpha0": -1})", R"({"factors": 0})", R"({"solver": "lu"})",
                             R"({"nu": 3})", R"({"block": 0})", R"({"confidence": "twice"})"})
    EXPECT_ANY_THROW((void)test::make_model("ials", params)) << params;
}

}  // namespace
}  // namespace assay
