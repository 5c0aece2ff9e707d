// The plugin as the framework uses it: learns, serves, resumes, and gives the same bits.

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <memory>
#include <numeric>
#include <vector>

#include "assay/errors.hpp"

#include "fixtures.hpp"

namespace cfgan {
namespace {

using assay::test::make_model;
using assay::test::score_all;
using assay::test::Storage;
using test::Data;
using test::EpochRun;
using test::Index;
using test::Interactions;
using test::Planted;

std::string params(const std::string& mode, int epochs, const std::string& more = "") {
  return R"({"mode": ")" + mode + R"(", "epochs": )" + std::to_string(epochs) +
         R"(, "generator_layers": [40], "discriminator_layers": [20], "generator_rate": 0.003,)"
         R"( "discriminator_rate": 0.001, "generator_batch": 16, "discriminator_batch": 16, "generator_l2": 0)" +
         more + "}";
}

/// Mean share of held-out items among each user's ten best that he does not know.
double hits(const Planted& planted, const Data& data, const std::vector<float>& scores) {
  std::vector<std::vector<Index>> wanted(Planted::kUsers);
  for (const auto& [u, i] : planted.test) wanted[static_cast<std::size_t>(u)].push_back(i);
  double sum = 0;
  for (Index u = 0; u < Planted::kUsers; ++u) {
    std::vector<float> row(scores.begin() + u * Planted::kItems, scores.begin() + (u + 1) * Planted::kItems);
    for (const Index known : data.by_user.view[u].columns)
      row[static_cast<std::size_t>(known)] = -std::numeric_limits<float>::infinity();
    std::vector<Index> order(Planted::kItems);
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, std::greater<>(), [&](Index i) { return row[static_cast<std::size_t>(i)]; });
    for (int k = 0; k < 10; ++k)
      sum += static_cast<double>(
          std::ranges::count(wanted[static_cast<std::size_t>(u)], order[static_cast<std::size_t>(k)]));
  }
  return sum / (10 * Planted::kUsers);
}

class EachMode : public testing::TestWithParam<std::string> {
 protected:
  const Planted planted_;
  const Data data_{Planted::kUsers, Planted::kItems, planted_.train};
  std::shared_ptr<assay::Recommender> trained(int epochs, EpochRun& run, const std::string& more = "") const {
    auto model = make_model("cfgan", params(GetParam(), epochs, more));
    model->fit(data_.view(), run);
    return model;
  }
};

TEST_P(EachMode, FindsAPlantedStructureThatPopularityMisses) {
  EpochRun run;
  const auto model = trained(40, run);
  std::vector<float> popular;
  for (Index u = 0; u < Planted::kUsers; ++u)
    for (Index i = 0; i < Planted::kItems; ++i)
      popular.push_back(static_cast<float>(data_.by_item.view[i].columns.size()));
  const double by_popularity = hits(planted_, data_, popular);
  EXPECT_GT(hits(planted_, data_, score_all(*model, data_.by_user.view)), 1.5 * by_popularity);
}

TEST_P(EachMode, RecordsTheLossesOfEveryEpoch) {
  EpochRun run;
  (void)trained(3, run);
  for (const char* series : {"generator", "discriminator", "zr"}) {
    ASSERT_EQ(run.losses[series].size(), 3u) << series;
    for (const double loss : run.losses[series]) EXPECT_TRUE(std::isfinite(loss) && loss > 0) << series;
  }
}

TEST_P(EachMode, TrainsToTheSameBitsAtAnyNumberOfThreads) {
  EpochRun one(5, 1);
  const auto expected = score_all(*trained(3, one), data_.by_user.view);
  for (const int threads : {2, 3, 4}) {
    EpochRun run(5, threads);
    EXPECT_EQ(score_all(*trained(3, run), data_.by_user.view), expected) << threads;
  }
  EpochRun other(6, 1);
  EXPECT_NE(score_all(*trained(3, other), data_.by_user.view), expected) << "the seed does not matter";
}

TEST_P(EachMode, GoesOnFromACheckpointAsIfNothingHadHappened) {
  EpochRun whole;
  const auto expected = score_all(*trained(6, whole), data_.by_user.view);
  EpochRun first;
  first.until = 2;
  const auto stopped = trained(6, first);
  Storage checkpoint;
  dynamic_cast<const assay::Resumable&>(*stopped).save_training(checkpoint);
  stopped->save(checkpoint);
  const auto resumed = make_model("cfgan", params(GetParam(), 6));
  EpochRun second;
  second.from = 2;
  second.before = [&] {
    resumed->load(checkpoint);
    dynamic_cast<assay::Resumable&>(*resumed).load_training(checkpoint);
  };
  resumed->fit(data_.view(), second);
  EXPECT_EQ(score_all(*resumed, data_.by_user.view), expected);
}

TEST_P(EachMode, ScoresAsBeforeWhenSavedAndLoaded) {
  EpochRun run;
  const auto model = trained(2, run);
  Storage storage;
  model->save(storage);
  const auto loaded = make_model("cfgan", params(GetParam(), 2));
  loaded->load(storage);
  EXPECT_EQ(score_all(*loaded, data_.by_user.view), score_all(*model, data_.by_user.view));
}

TEST_P(EachMode, GivesARowTheSameBitsAloneInAnyCompanyAndInSlices) {
  EpochRun run;
  const auto model = trained(2, run, R"(, "generator_layers": [40, 30])");
  const Interactions& known = data_.by_user.view;
  const auto all = score_all(*model, known);
  const std::vector<Index> user{77};
  const Interactions one{1, known.columns, known.offsets.subspan(77, 2), known.column, known.value, nullptr};
  for (const auto& [first, count] : {std::pair<Index, Index>{0, 120}, {0, 1}, {17, 50}, {119, 1}}) {
    std::vector<float> slice(static_cast<std::size_t>(count));
    model->score({one, user}, {slice.data(), count, 1, first, count});
    for (Index i = 0; i < count; ++i)
      ASSERT_EQ(slice[static_cast<std::size_t>(i)], all[static_cast<std::size_t>(77 * 120 + first + i)]);
  }
}

TEST_P(EachMode, RefusesWeightsOfAnotherShape) {
  EpochRun run;
  Storage storage;
  trained(1, run)->save(storage);
  const auto other = make_model("cfgan", params(GetParam() == "item" ? "user" : "item", 1));
  EXPECT_THROW(other->load(storage), assay::DataError);
}

INSTANTIATE_TEST_SUITE_P(Modes, EachMode, testing::Values("item", "user"));

TEST(ItemMode, OffersNothingToAUserWhoWasNotInTraining) {
  const Planted planted;
  const Data data(Planted::kUsers, Planted::kItems, planted.train);
  const auto model = make_model("cfgan", params("item", 1));
  EpochRun run;
  model->fit(data.view(), run);
  const Interactions first{
      2,      Planted::kItems, data.by_user.view.offsets.first(3), data.by_user.view.column, data.by_user.view.value,
      nullptr};
  const auto scores = score_all(*model, first, {assay::kUnknown, 1});
  EXPECT_EQ(scores[5], -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isfinite(scores[Planted::kItems + 5]));
}

TEST(UserMode, ServesAUserWhoWasNotInTrainingByHisProfile) {
  const Planted planted;
  const Data data(Planted::kUsers, Planted::kItems, planted.train);
  const auto model = make_model("cfgan", params("user", 1));
  EpochRun run;
  model->fit(data.view(), run);
  std::vector<Index> strangers(Planted::kUsers, assay::kUnknown);
  EXPECT_EQ(score_all(*model, data.by_user.view, strangers), score_all(*model, data.by_user.view));
}

TEST(Cfgan, WantsAHiddenLayerInBothNetworks) {
  EXPECT_ANY_THROW((void)make_model("cfgan", R"({"generator_layers": []})"));
  EXPECT_ANY_THROW((void)make_model("cfgan", R"({"discriminator_layers": []})"));
}

TEST(Cfgan, RefusesDataWithoutUsers) {
  const Data empty(0, 0, {});
  const auto model = make_model("cfgan", params("item", 1));
  EpochRun run;
  EXPECT_THROW(model->fit(empty.view(), run), assay::DataError);
}

TEST(Cfgan, LearnsFromDataWithUsersAndItemsThatHaveNothing) {
  const Data sparse(5, 6, {{0, 1}, {0, 2}, {3, 1}});
  for (const char* mode : {"item", "user"}) {
    const auto model = make_model("cfgan", params(mode, 2));
    EpochRun run;
    model->fit(sparse.view(), run);
    for (const float score : score_all(*model, sparse.by_user.view)) EXPECT_TRUE(std::isfinite(score));
  }
}

}  // namespace
}  // namespace cfgan
