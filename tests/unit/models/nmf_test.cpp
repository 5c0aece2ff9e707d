// NMF against the updates of the papers in dense float64.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "assay/errors.hpp"

#include "factor_model.hpp"

namespace assay {
namespace {

using test::kItems;
using test::kUsers;

constexpr std::size_t kFactors = 5;

struct Settings {
  std::string solver;
  bool use_values = false;
  double l1 = 0, l2 = 0;
  int sweeps = 1, epochs = 4;

  [[nodiscard]] std::string json() const {
    return "{\"factors\": 5, \"solver\": \"" + solver + "\", \"use_values\": " + (use_values ? "true" : "false") +
           ", \"l1\": " + std::to_string(l1) + ", \"l2\": " + std::to_string(l2) +
           ", \"sweeps\": " + std::to_string(sweeps) + ", \"epochs\": " + std::to_string(epochs) + "}";
  }
};

class Nmf : public test::FactorModel {
 protected:
  struct Factors {
    Dense users, items;
    double loss;
  };

  /// X as the model sees it, or its transpose.
  [[nodiscard]] Dense data(const Settings& s, bool transposed) const {
    Dense x;
    for (Index r = 0; r < (transposed ? kItems : kUsers); ++r)
      for (Index c = 0; c < (transposed ? kUsers : kItems); ++c)
        x.push_back(transposed ? seen(c, r, s.use_values) : seen(r, c, s.use_values));
    return x;
  }

  static void update(const Settings& s, const Dense& x, Dense& rows, const Dense& other) {
    const std::size_t n = other.size() / kFactors;
    for (std::size_t r = 0; r < rows.size() / kFactors; ++r) {
      double* w = rows.data() + r * kFactors;
      /// (Hᵀ(x − H w))_k; without the data's part where `model_only`.
      const auto towards = [&](std::size_t k, bool model_only) {
        double sum = 0;
        for (std::size_t i = 0; i < n; ++i) {
          const double* h = other.data() + i * kFactors;
          const double model = std::inner_product(w, w + kFactors, h, 0.0);
          sum += h[k] * (model_only ? model : x[r * n + i] - model);
        }
        return sum;
      };
      for (int sweep = 0; sweep < s.sweeps; ++sweep) {
        Dense next(kFactors);
        for (std::size_t k = 0; k < kFactors; ++k) {
          double curvature = s.l2, product = 0;
          for (std::size_t i = 0; i < n; ++i) {
            curvature += other[i * kFactors + k] * other[i * kFactors + k];
            product += x[r * n + i] * other[i * kFactors + k];
          }
          if (s.solver == "cd")
            w[k] = std::max(0.0, w[k] + (towards(k, false) - s.l1 - s.l2 * w[k]) / curvature);
          else if (const double below = towards(k, true) + s.l1 + s.l2 * w[k]; below > 0)
            next[k] = w[k] * product / below;
        }
        if (s.solver == "mu") std::ranges::copy(next, w);
      }
    }
  }

  static double loss(const Settings& s, const Dense& x, const Dense& users, const Dense& items) {
    const Dense y = products(users, items, kFactors);
    double sum = 0;
    for (std::size_t k = 0; k < x.size(); ++k) sum += (x[k] - y[k]) * (x[k] - y[k]) / 2;
    for (const Dense* side : {&users, &items})
      for (const double value : *side) sum += s.l1 * value + s.l2 * value * value / 2;
    return sum;
  }

  [[nodiscard]] Factors trained(const Settings& s) const {
    const Dense x = data(s, false), t = data(s, true);
    const double mean = std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
    const double size = std::sqrt(mean / kFactors);
    Factors f{drawn("users", kUsers, kFactors, size), drawn("items", kItems, kFactors, size), 0};
    for (Dense* side : {&f.users, &f.items})
      for (double& value : *side) value = std::abs(value);
    for (int epoch = 0; epoch < s.epochs; ++epoch) {
      update(s, t, f.items, f.users);
      update(s, x, f.users, f.items);
    }
    f.loss = loss(s, x, f.users, f.items);
    return f;
  }
};

const std::vector<Settings> kSettings = {
    {"cd"}, {"mu"}, {"cd", true, 0.3, 0.2, 2}, {"mu", true, 0.1, 0.5, 3}, {"cd", false, 0, 1}};

TEST_F(Nmf, ScoresAsTheUpdatesInFloat64Do) {
  for (const Settings& s : kSettings) {
    const Factors f = trained(s);
    expect_near(test::score_all(*fitted("nmf", s.json()), x_.view()), products(f.users, f.items, kFactors));
  }
}

TEST_F(Nmf, ReportsTheLossThatItMinimizes) {
  for (Settings s : kSettings) {
    s.epochs = 6;
    const auto model = test::make_model("nmf", s.json());
    test::LossRun run;
    model->fit(data_, run);
    ASSERT_EQ(run.losses.size(), 6U);
    EXPECT_NEAR(run.losses.back(), trained(s).loss, 1e-4 * run.losses.back()) << s.json();
    EXPECT_TRUE(std::ranges::is_sorted(run.losses, std::greater<>())) << s.json();
  }
}

TEST_F(Nmf, KeepsItsFactorsFromBeingNegative) {
  for (const Settings& s : kSettings) {
    test::Storage storage;
    fitted("nmf", s.json())->save(storage);
    for (const char* side : {"users", "items"}) {
      const Tensor factors = storage.tensor(side);
      const auto* first = static_cast<const float*>(factors.data);
      EXPECT_TRUE(std::all_of(first, first + factors.shape[0] * factors.shape[1], [](float v) { return v >= 0; }));
    }
  }
}

TEST_F(Nmf, ServesAStrangerByTheNonnegativeLeastSquaresOfHisProfile) {
  for (const Settings& s : {kSettings[0], kSettings[3]}) {
    const Factors f = trained(s);
    Settings many = s;  // one row at a time, until nothing changes
    many.solver = "cd";
    many.sweeps = 400;
    Dense users(f.users.size());
    update(many, data(s, false), users, f.items);
    const std::vector<Index> strangers(kUsers, kUnknown);
    expect_near(test::score_all(*fitted("nmf", s.json()), x_.view(), strangers), products(users, f.items, kFactors));
  }
}

TEST_F(Nmf, KeepsItsBitsAtAnyThreadsSlicesAndCompanyAndAfterAReload) {
  for (const std::string solver : {"cd", "mu"})
    expect_stable("nmf", R"({"factors": 20, "epochs": 3, "use_values": true, "solver": ")" + solver + "\"}");
}

TEST_F(Nmf, GoesOnFromACheckpointAsIfItHadNotBeenInterrupted) {
  for (const std::string solver : {"cd", "mu"}) expect_resumes("nmf", R"({"factors": 5, "solver": ")" + solver + "\"}");
}

TEST_F(Nmf, SurvivesDataWithoutALesson) {
  for (const std::string solver : {"cd", "mu"})
    for (const std::string use_values : {"false", "true"})
      for (const std::string l1 : {"0", "10"})
        expect_survives_impossible_data("nmf", R"({"factors": 3, "epochs": 5, "solver": ")" + solver +
                                                   R"(", "use_values": )" + use_values + ", \"l1\": " + l1 + "}");
  expect_survives_a_huge_catalogue("nmf", R"({"factors": 3, "epochs": 2})");
}

TEST_F(Nmf, RefusesNegativeValues) {
  const auto x = test::sparse_of(2, {{{0, 1.f}, {1, -1.f}}}), t = test::transposed(x);
  const TrainingData data{x.view(), t.view(), {1, {}}, {2, {}}};
  test::OneShotRun run;
  EXPECT_THROW(test::make_model("nmf", R"({"use_values": true})")->fit(data, run), DataError);
}

TEST_F(Nmf, RefusesParametersOutOfRange) {
  for (const char* params : {R"({"factors": 0})", R"({"solver": "als"})", R"({"l1": -1})", R"({"sweeps": 0})"})
    EXPECT_ANY_THROW((void)test::make_model("nmf", params)) << params;
}

}  // namespace
}  // namespace assay
