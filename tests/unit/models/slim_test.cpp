// SLIM against plain coordinate descent in float64, and its weights against the optimality conditions of the elastic
// net.

#include <algorithm>
#include <cmath>
#include <vector>

#include "assay/errors.hpp"
#include "assay/sparse.hpp"

#include "collaborative.hpp"
#include "impossible.hpp"
#include "plugin/conformance/watched_run.hpp"
#include "slim/elastic_net.hpp"

namespace assay {
namespace {

using test::kItems;
using test::kUsers;
using Dense = std::vector<double>;  // row-major
constexpr std::size_t n = kItems;

struct Net {
  double l1, l2;
  bool positive, use_values;
};
void PrintTo(const Net& net, std::ostream* out) {
  *out << "l1 " << net.l1 << ", l2 " << net.l2 << (net.positive ? ", positive" : "")
       << (net.use_values ? ", values" : "");
}

std::string json(const Net& net, const std::string& more = "") {
  const auto text = [](bool b) { return b ? "true" : "false"; };
  return "{\"l1\": " + std::to_string(net.l1) + ", \"l2\": " + std::to_string(net.l2) +
         ", \"positive\": " + text(net.positive) + ", \"use_values\": " + text(net.use_values) +
         ", \"tolerance\": 1e-6" + more + "}";
}

class Slim : public test::Collaborative, public testing::WithParamInterface<Net> {
 protected:
  [[nodiscard]] Dense gram(bool use_values) const {
    Dense g(n * n, 0);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        for (Index u = 0; u < kUsers; ++u)
          g[i * n + j] += seen(u, static_cast<Index>(i), use_values) * seen(u, static_cast<Index>(j), use_values);
    return g;
  }

  /// Column j of W by cyclic coordinate descent over all items: w_i ← S(g_ij − Σ_{k≠i} g_ik w_k, l1) / (g_ii + l2).
  static Dense descend(const Dense& g, std::size_t j, const Net& net) {
    Dense w(n, 0);
    for (double change = 1; change > 1e-13;) {
      change = 0;
      for (std::size_t i = 0; i < n; ++i) {
        if (i == j || g[i * n + i] == 0) continue;
        double slope = g[i * n + j];
        for (std::size_t k = 0; k < n; ++k) slope -= k == i ? 0 : g[i * n + k] * w[k];
        const double size = std::max(std::abs(slope) - net.l1, 0.0) / (g[i * n + i] + net.l2);
        const double next = slope < 0 ? (net.positive ? 0 : -size) : size;
        change = std::max(change, std::abs(next - w[i]));
        w[i] = next;
      }
    }
    return w;
  }

  [[nodiscard]] Dense expected_scores(const Dense& weights, bool use_values) const {  // weights: [i][j]
    Dense scores(static_cast<std::size_t>(kUsers) * n, 0);
    for (Index u = 0; u < kUsers; ++u)
      for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
          scores[static_cast<std::size_t>(u) * n + j] +=
              seen(u, static_cast<Index>(i), use_values) * weights[i * n + j];
    return scores;
  }

  static Dense weights_of(const Recommender& model) {
    test::Storage storage;
    model.save(storage);
    const auto w = SparseMatrix::load(storage, "weights");
    Dense dense(n * n, 0);
    for (std::size_t i = 0; i < n; ++i)
      for (auto e = w.offsets[i]; e < w.offsets[i + 1]; ++e)
        dense[i * n + static_cast<std::size_t>(w.column[static_cast<std::size_t>(e)])] =
            static_cast<double>(w.value[static_cast<std::size_t>(e)]);
    return dense;
  }
};

TEST_P(Slim, ScoresAsPlainCoordinateDescentInFloat64Does) {
  const Dense g = gram(GetParam().use_values);
  Dense weights(n * n, 0);
  for (std::size_t j = 0; j < n; ++j) {
    const Dense w = descend(g, j, GetParam());
    for (std::size_t i = 0; i < n; ++i) weights[i * n + j] = w[i];
  }
  const auto model = fitted("slim", json(GetParam()));
  expect_near(test::score_all(*model, x_.view()), expected_scores(weights, GetParam().use_values));
}

TEST_P(Slim, LeavesNoOptimalityConditionViolated) {
  const Dense g = gram(GetParam().use_values), w = weights_of(*fitted("slim", json(GetParam())));
  for (std::size_t j = 0; j < n; ++j)
    for (std::size_t i = 0; i < n; ++i) {
      const double weight = w[i * n + j], bound = GetParam().l1 + 1e-5 * g[j * n + j] + 1e-5;
      if (i == j) {
        EXPECT_EQ(weight, 0) << "an item explains itself";
        continue;
      }
      double slope = g[i * n + j] - GetParam().l2 * weight;  // minus the gradient of the smooth part
      for (std::size_t k = 0; k < n; ++k) slope -= g[i * n + k] * w[k * n + j];
      if (weight != 0)
        EXPECT_NEAR(slope, std::copysign(GetParam().l1, weight), bound - GetParam().l1) << i << ", " << j;
      else
        EXPECT_LE(GetParam().positive ? slope : std::abs(slope), bound) << i << ", " << j;
      EXPECT_TRUE(!GetParam().positive || weight >= 0);
    }
}

INSTANTIATE_TEST_SUITE_P(Nets, Slim,
                         testing::Values(Net{1, 5, true, false}, Net{0, 20, true, true}, Net{2, 10, false, true},
                                         Net{0.01, 1, false, false}, Net{0, 0, true, false}));

class SlimModel : public Slim {};

TEST_F(SlimModel, KeepsTheLargestWeightsOfEachItem) {
  const Dense all = weights_of(*fitted("slim", R"({"positive": false, "use_values": true, "l2": 3})"));
  const Dense few = weights_of(*fitted("slim", R"({"positive": false, "use_values": true, "l2": 3, "neighbours": 3})"));
  for (std::size_t j = 0; j < n; ++j) {
    double kept = INFINITY, dropped = 0;
    int count = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double weight = few[i * n + j];
      EXPECT_TRUE(weight == 0 || weight == all[i * n + j]);
      if (weight != 0) {
        kept = std::min(kept, std::abs(weight));
        ++count;
      } else {
        dropped = std::max(dropped, std::abs(all[i * n + j]));
      }
    }
    EXPECT_LE(count, 3);
    EXPECT_GE(kept, dropped);
  }
}

TEST_F(SlimModel, KeepsItsBitsAtAnyThreadsSlicesAndCompanyAndAfterAReload) {
  expect_stable("slim", R"({"l2": 5})");
  expect_stable("slim", R"({"l2": 5, "use_values": true, "positive": false, "neighbours": 4})");
}

TEST_F(SlimModel, LearnsTheSameBitsWhereTheGramMatrixIsNotKept) {
  for (const std::string values : {"false", "true"}) {
    const auto scores = [&](const char* memory) {
      const auto params = "{\"l2\": 5, \"positive\": false, \"use_values\": " + values + ", \"gram_memory\": " + memory;
      return test::score_all(*fitted("slim", params + "}"), x_.view());
    };
    EXPECT_EQ(scores("0"), scores("1024"));
  }
}

TEST_F(SlimModel, FindsTheSameWeightsWithoutWorkingSetsWhereTheyWouldBeTooLarge) {
  const slim::GramRows gram(pattern_of(t_.view()), pattern_of(x_.view()));
  slim::Problem problem{.l1 = 0.1, .l2 = 2, .positive = false, .tolerance = 1e-6, .iterations = 10000};
  slim::ElasticNet solver;
  conformance::WatchedRun run({});
  const Dense g = this->gram(false);
  for (Index item = 0; item < kItems; ++item) {
    const Dense expected = descend(g, static_cast<std::size_t>(item), {0.1, 2, false, false});
    for (const int largest : {4, 2048}) {
      problem.largest_set = largest;
      const auto& result = solver.solve(gram, problem, item, run);
      EXPECT_TRUE(result.converged);
      Dense found(n, 0);
      for (const Scored& s : result.weights) found[static_cast<std::size_t>(s.index)] = static_cast<double>(s.score);
      for (std::size_t i = 0; i < n; ++i)
        EXPECT_NEAR(found[i], expected[i], 1e-4) << "item " << item << ", sets of at most " << largest;
    }
  }
}

TEST_F(SlimModel, StopsAfterTheIterationsItMayTake) {
  const slim::GramRows gram(t_.view(), x_.view());
  const slim::Problem problem{.l1 = 0, .l2 = 0, .positive = false, .tolerance = 1e-6, .iterations = 2};
  conformance::WatchedRun run({});
  slim::ElasticNet solver;
  EXPECT_FALSE(solver.solve(gram, problem, 0, run).converged);
}

TEST_F(SlimModel, ComesBackBetweenTwoItemsWhenItIsCancelled) {
  conformance::WatchedRun whole({});
  test::make_model("slim")->fit(data_, whole);
  ASSERT_GT(whole.calls(), 50);
  for (std::int64_t calls = 0; calls + 2 < whole.calls(); calls += 5) {
    conformance::WatchedRun run({.cancel_after = calls});
    EXPECT_THROW(test::make_model("slim")->fit(data_, run), Cancelled) << calls;
    EXPECT_LE(run.calls(), calls + 3);
  }
}

TEST_F(SlimModel, SurvivesImpossibleData) {
  for (const char* params :
       {"{}", R"({"use_values": true})", R"({"l1": 0, "l2": 0.001, "use_values": true})", R"({"neighbours": 1})"})
    test::expect_survives_impossible_data("slim", params);
}

TEST_F(SlimModel, LearnsNothingFromRatingsOfZero) {
  auto zeros = x_, zeros_by_item = t_;
  std::ranges::fill(zeros.value, 0.f);
  std::ranges::fill(zeros_by_item.value, 0.f);
  test::OneShotRun run;
  const auto model = test::make_model("slim", R"({"use_values": true, "positive": false, "l1": 0, "l2": 0})");
  model->fit({zeros.view(), zeros_by_item.view(), {kUsers, {}}, {kItems, {}}}, run);
  for (const float score : test::score_all(*model, zeros.view())) EXPECT_EQ(score, 0);
}

TEST_F(SlimModel, ServesAHugeCatalogueWithOneInteraction) {
  const Index many = 10'000'000;
  std::vector<std::int64_t> by_item(static_cast<std::size_t>(many) + 1, 1), by_user{0, 1};
  by_item[0] = 0;
  const Index zero = 0;
  const float one = 1;
  const TrainingData data{
      {1, many, by_user, &zero, &one, nullptr}, {many, 1, by_item, &zero, &one, nullptr}, {1, {}}, {many, {}}};
  test::OneShotRun run;
  const auto model = test::make_model("slim");
  model->fit(data, run);
  std::vector<float> scores(5);
  const Index user = 0;
  model->score({data.by_user, std::span(&user, 1)}, {scores.data(), 5, 1, 0, 5});
  EXPECT_EQ(scores, std::vector<float>(5, 0));
}

TEST_F(SlimModel, NeedsRoomForRecentRowsOnlyWhereNotAllAreKept) {
  const auto memory = [](const char* params) {
    return dynamic_cast<const Sized&>(*test::make_model("slim", params))
        .need({6040, 3706, 1'000'209, 390'000'000, 1})
        .memory;
  };
  const std::int64_t gram = std::int64_t{3706} * 3706 * 4, mebi = 1 << 20;
  EXPECT_GT(memory("{}"), gram);
  EXPECT_LT(memory("{}"), gram + 64 * mebi);
  EXPECT_EQ(memory(R"({"gram_memory": 8})"), memory("{}")) << "kept and recent rows together are not more than all";
}

TEST_F(SlimModel, RefusesWhatIsNoElasticNet) {
  for (const char* params : {R"({"l1": -1})", R"({"l2": -1})", R"({"neighbours": 0})", R"({"tolerance": 0})"})
    EXPECT_THROW((void)test::make_model("slim", params), ConfigError) << params;
}

}  // namespace
}  // namespace assay
