// random and popularity: what they promise.

#include <gtest/gtest.h>
#include <set>
#include <vector>

#include "../linalg/random_sparse.hpp"
#include "trained.hpp"

namespace assay {
namespace {

using test::random_sparse;
using test::Sparse;

class Baselines : public testing::Test {
 protected:
  const Sparse x_ = random_sparse(60, 45, 0.2, false, 1);
  const Sparse t_ = test::transposed(x_);
  const TrainingData data_{x_.view(), t_.view(), {60, {}}, {45, {}}};
  std::vector<float> trained(const std::string& name, std::uint64_t seed = 1) {
    model_ = test::make_model(name);
    test::OneShotRun run(seed);
    model_->fit(data_, run);
    return test::score_all(*model_, x_.view());
  }
  std::vector<float> reloaded(const std::string& name) {
    test::Storage storage;
    model_->save(storage);
    model_ = test::make_model(name);
    model_->load(storage);
    return test::score_all(*model_, x_.view());
  }
  std::shared_ptr<Recommender> model_;
};

TEST_F(Baselines, PopularityScoresAnItemByItsUsers) {
  const auto scores = trained("popularity");
  for (Index user = 0; user < 60; ++user)
    for (Index item = 0; item < 45; ++item) {
      float users = 0;
      for (Index v = 0; v < 60; ++v) users += x_.at(v, item) != 0;
      ASSERT_EQ(scores[static_cast<std::size_t>(user * 45 + item)], users);
    }
  EXPECT_EQ(reloaded("popularity"), scores);
  EXPECT_FALSE(test::traits_of("popularity").seeded);
}

TEST_F(Baselines, RandomGivesEveryUserAndSeedAnOrderOfItsOwn) {
  const auto first = trained("random", 1), second = trained("random", 2);
  EXPECT_NE(first, second);
  EXPECT_EQ(trained("random", 1), first);
  EXPECT_EQ(reloaded("random"), first);
  EXPECT_EQ(std::set<float>(first.begin(), first.end()).size(), first.size());
}

TEST_F(Baselines, RandomServesUnseenUsersByTheirProfile) {
  trained("random");
  const std::vector<Index> unseen(60, kUnknown);
  const auto scores = test::score_all(*model_, x_.view(), unseen);
  EXPECT_EQ(test::score_all(*model_, x_.view(), unseen), scores);
  EXPECT_NE(std::vector(scores.begin(), scores.begin() + 45), std::vector(scores.begin() + 45, scores.begin() + 90));
}

TEST_F(Baselines, ASliceOfTheCatalogueGetsTheSameScores) {
  for (const char* name : {"random", "popularity"}) {
    const auto whole = trained(name);
    std::vector<Index> users(60);
    for (Index u = 0; u < 60; ++u) users[static_cast<std::size_t>(u)] = u;
    std::vector<float> slice(60 * 10);
    model_->score({x_.view(), users}, {slice.data(), 10, 60, 20, 10});
    for (std::size_t u = 0; u < 60; ++u)
      for (std::size_t i = 0; i < 10; ++i) ASSERT_EQ(slice[u * 10 + i], whole[u * 45 + 20 + i]) << name;
  }
}

}  // namespace
}  // namespace assay
