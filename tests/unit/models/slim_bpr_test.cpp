// SLIM-BPR against a replay of its draws in float64, with dense weights and straight from the gradient.

#include <algorithm>
#include <cmath>
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
constexpr std::size_t n = kItems;

class SlimBpr : public test::Collaborative {
 protected:
  /// W[i][l] after `epochs` epochs of LearnBPR with the draws that the model makes.
  [[nodiscard]] std::vector<double> replayed(const assay::Run& run, int epochs, double rate, double positive,
                                             double negative) const {
    std::vector<double> w(n * n, 0);
    std::vector<Index> user_of;
    for (Index u = 0; u < kUsers; ++u)
      for (std::size_t k = 0; k < x_.view()[u].columns.size(); ++k) user_of.push_back(u);
    for (int epoch = 0; epoch < epochs; ++epoch) {
      Random random = run.random("triples", static_cast<std::uint64_t>(epoch));
      for (std::size_t draw = 0; draw < x_.column.size(); ++draw) {
        const auto entry = static_cast<std::size_t>(random.below(x_.column.size()));
        const Index u = user_of[entry];
        std::vector<std::size_t> taken, lacking;
        for (std::size_t l = 0; l < n; ++l) (x_.at(u, static_cast<Index>(l)) != 0 ? taken : lacking).push_back(l);
        const auto i = static_cast<std::size_t>(x_.column[entry]);
        const std::size_t j = lacking[random.below(lacking.size())];
        double difference = 0;
        for (const std::size_t l : taken) difference += (l == i ? 0 : w[i * n + l]) - w[j * n + l];
        const double slope = 1 - 1 / (1 + std::exp(-difference));
        for (const std::size_t l : taken) {
          if (l != i) w[i * n + l] += rate * (slope - positive * w[i * n + l]);
          w[j * n + l] += rate * (-slope - negative * w[j * n + l]);
        }
      }
    }
    return w;
  }
};

TEST_F(SlimBpr, ScoresAsAReplayOfItsDrawsInFloat64Does) {
  const auto model = fitted(
      "slim_bpr",
      R"({"epochs": 3, "learning_rate": 0.05, "lambda_positive": 0.02, "lambda_negative": 0.1, "neighbours": 70})");
  const auto w = replayed(test::OneShotRun(1), 3, 0.05, 0.02, 0.1);
  std::vector<double> expected(static_cast<std::size_t>(kUsers) * n, 0);
  for (Index u = 0; u < kUsers; ++u)
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t l = 0; l < n; ++l)
        expected[static_cast<std::size_t>(u) * n + i] += seen(u, static_cast<Index>(l), false) * w[i * n + l];
  expect_near(test::score_all(*model, x_.view()), expected);
}

TEST_F(SlimBpr, RanksWhatAUserTookAboveWhatHeDidNot) {
  const auto model = fitted("slim_bpr", R"({"epochs": 20, "learning_rate": 0.05})");
  const auto scores = test::score_all(*model, x_.view());
  double right = 0, pairs = 0;
  for (Index u = 0; u < kUsers; ++u)
    for (Index i = 0; i < kItems; ++i)
      for (Index j = 0; j < kItems; ++j) {
        if (x_.at(u, i) == 0 || x_.at(u, j) != 0) continue;
        const float* row = scores.data() + static_cast<std::size_t>(u) * n;
        right += row[i] > row[j];
        ++pairs;
      }
  EXPECT_GT(right / pairs, 0.9);
}

TEST_F(SlimBpr, KeepsTheLargestWeightsOfEachScoredItem) {
  const std::string params = R"({"epochs": 2, "neighbours": )";
  const auto scores_of_one = [&](const Recommender& model, Index item) {  // row `item` of the transposed weights
    const std::int64_t ends[] = {0, 1};
    const float one = 1;
    return test::score_all(model, {1, kItems, ends, &item, &one, nullptr}, {kUnknown});
  };
  const auto all = fitted("slim_bpr", params + "70}"), few = fitted("slim_bpr", params + "5}");
  std::vector<std::vector<float>> dense, sparse;
  for (Index l = 0; l < kItems; ++l) {
    dense.push_back(scores_of_one(*all, l));
    sparse.push_back(scores_of_one(*few, l));
  }
  for (std::size_t i = 0; i < n; ++i) {
    int count = 0;
    float kept = INFINITY, dropped = 0;
    for (std::size_t l = 0; l < n; ++l) {
      const float weight = sparse[l][i];
      EXPECT_TRUE(weight == 0 || weight == dense[l][i]);
      count += weight != 0;
      if (weight != 0) kept = std::min(kept, std::abs(weight));
      if (weight == 0) dropped = std::max(dropped, std::abs(dense[l][i]));
    }
    EXPECT_LE(count, 5);
    EXPECT_GE(kept, dropped);
  }
}

TEST_F(SlimBpr, KeepsItsBitsAtAnyThreadsSlicesAndCompanyAndAfterAReload) {
  expect_stable("slim_bpr", R"({"epochs": 2})");
  expect_stable("slim_bpr", R"({"epochs": 2, "neighbours": 4})");
}

TEST_F(SlimBpr, GoesOnFromACheckpointWithTheSameBits) {
  const std::string params = R"({"epochs": 5, "neighbours": 6})";
  test::Storage weights, training;
  auto first = test::make_model("slim_bpr", params);
  const auto store = [&] {
    first->save(weights);
    dynamic_cast<const Resumable&>(*first).save_training(training);
  };
  conformance::WatchedRun part({.stop_after = 2, .validate = store});
  first->fit(data_, part);
  const auto second = test::make_model("slim_bpr", params);
  const auto restore = [&] {
    second->load(weights);
    dynamic_cast<Resumable&>(*second).load_training(training);
  };
  conformance::WatchedRun rest({.stop_after = 5, .first_epoch = 2, .restore = restore});
  second->fit(data_, rest);
  const auto whole = test::make_model("slim_bpr", params);
  conformance::WatchedRun run({.stop_after = 5});
  whole->fit(data_, run);
  EXPECT_EQ(test::score_all(*second, x_.view()), test::score_all(*whole, x_.view()));
}

TEST_F(SlimBpr, RefusesBeforeTrainingACatalogueWhoseWeightsDoNotFitIntoMemory) {
  const Index many = 10'000'000, zero = 0;
  const float one = 1;
  std::vector<std::int64_t> by_item(static_cast<std::size_t>(many) + 1, 1), by_user{0, 1};
  by_item[0] = 0;
  const TrainingData data{
      {1, many, by_user, &zero, &one, nullptr}, {many, 1, by_item, &zero, &one, nullptr}, {1, {}}, {many, {}}};
  test::OneShotRun run;
  try {
    test::make_model("slim_bpr")->fit(data, run);
    FAIL() << "400 TB were granted";
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("400000000000000 bytes"), std::string::npos) << e.what();
  }
}

TEST_F(SlimBpr, SurvivesImpossibleData) {
  for (const char* params : {"{}", R"({"neighbours": 1, "learning_rate": 0.5})"})
    test::expect_survives_small_impossible_data("slim_bpr", params);  // its dense matrix of a huge one: refused above
}

TEST_F(SlimBpr, RefusesStepsAndPenaltiesThatAreNone) {
  for (const char* params : {R"({"learning_rate": 0})", R"({"lambda_positive": -1})", R"({"lambda_negative": -1})",
                             R"({"neighbours": 0})", R"({"epochs": 0})"})
    EXPECT_THROW((void)test::make_model("slim_bpr", params), ConfigError) << params;
}

}  // namespace
}  // namespace assay
