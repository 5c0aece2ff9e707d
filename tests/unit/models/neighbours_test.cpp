// ItemKNN and UserKNN against plain loops in float64 over dense matrices.

#include <string>
#include <vector>

#include "collaborative.hpp"
#include "impossible.hpp"
#include "plain_neighbours.hpp"

namespace assay {
namespace {

using test::kItems;
using test::kUsers;
using Neighbours = test::Collaborative;
using test::Vectors;
using Case = test::Likeness;

const std::vector<Case> kCases = {{"cosine", 0, .5, .5, false, 5},
                                  {"cosine", 0, .5, .5, true, 5},
                                  {"cosine", 10, .5, .5, false, 3},
                                  {"asymmetric_cosine", 1, .3, .5, false, 4},
                                  {"asymmetric_cosine", 1, .3, .5, true, 4},
                                  {"jaccard", 0, .5, .5, false, 5},
                                  {"dice", 2, .5, .5, false, 8},
                                  {"tversky", .5, .7, .2, false, 6},
                                  {"cosine", 0, .5, .5, false, 1000},
                                  {"cosine", 3, .5, .5, false, 7, "none", true},
                                  {"euclidean", 0, .5, .5, false, 5},
                                  {"euclidean", 2, .5, .5, true, 6, "none", true},
                                  {"adjusted_cosine", 0, .5, .5, true, 6},
                                  {"adjusted_cosine", 5, .5, .5, true, 1000, "none", true},
                                  {"pearson", 0, .5, .5, true, 6},
                                  {"pearson", 1.5, .5, .5, true, 4, "none", true},
                                  {"cosine", 0, .5, .5, false, 6, "tf_idf"},
                                  {"cosine", .5, .5, .5, true, 5, "tf_idf", true},
                                  {"cosine", 0, .5, .5, false, 6, "bm25"},
                                  {"euclidean", 0, .5, .5, true, 6, "bm25"},
                                  {"dice", 0, .5, .5, true, 6, "bm25"}};

class EachSimilarity : public Neighbours, public testing::WithParamInterface<Case> {
 protected:
  [[nodiscard]] Vectors dense(bool transposed) const {
    Vectors out;
    for (Index r = 0; r < (transposed ? kItems : kUsers); ++r) {
      out.emplace_back();
      for (Index c = 0; c < (transposed ? kUsers : kItems); ++c)
        out.back().push_back(transposed ? seen(c, r, GetParam().use_values) : seen(r, c, GetParam().use_values));
    }
    return out;
  }
};

TEST_P(EachSimilarity, ItemKnnSumsTheSimilaritiesOfTheNearestThatAreInTheProfile) {
  const Vectors users = dense(false), w = nearest(GetParam(), dense(true));
  std::vector<double> expected;
  for (const auto& profile : users)
    for (const auto& likeness : w) {
      expected.push_back(0);
      for (std::size_t i = 0; i < likeness.size(); ++i) expected.back() += likeness[i] * profile[i];
    }
  expect_near(test::score_all(*fitted("item_knn", GetParam().params()), x_.view()), expected);
}

TEST_P(EachSimilarity, UserKnnSumsWhatTheNearestUsersTook) {
  const Vectors users = dense(false), w = nearest(GetParam(), users);
  std::vector<double> expected;
  for (const auto& likeness : w)
    for (std::size_t item = 0; item < static_cast<std::size_t>(kItems); ++item) {
      expected.push_back(0);
      for (std::size_t v = 0; v < users.size(); ++v) expected.back() += likeness[v] * users[v][item];
    }
  expect_near(test::score_all(*fitted("user_knn", GetParam().params()), x_.view()), expected);
}

TEST_P(EachSimilarity, KeepsItsBitsAtAnyThreadsSlicesAndCompanyAndAfterAReload) {
  expect_stable("item_knn", GetParam().params());
  expect_stable("user_knn", GetParam().params());
}

INSTANTIATE_TEST_SUITE_P(Cases, EachSimilarity, testing::ValuesIn(kCases),
                         [](const auto& c) { return c.param.similarity + std::to_string(c.index); });

TEST_F(Neighbours, UserKnnServesSomebodyUnseenLikeATwinWhoWasInTraining) {
  // Without himself among the neighbours a known user's scores are those of an unseen twin less his own share.
  const auto model = fitted("user_knn", "{\"neighbours\": 1000}");
  const auto known = test::score_all(*model, x_.view());
  const auto unseen = test::score_all(*model, x_.view(), std::vector<Index>(kUsers, kUnknown));
  for (Index u = 0; u < kUsers; ++u)
    for (Index i = 0; i < kItems; ++i) {
      const auto place = static_cast<std::size_t>(u * kItems + i);
      ASSERT_NEAR(unseen[place], known[place] + (x_.at(u, i) != 0), 1e-4) << "user " << u << ", item " << i;
    }
}

TEST_P(EachSimilarity, SurvivesImpossibleData) {
  test::expect_survives_impossible_data("item_knn", GetParam().params());
  test::expect_survives_impossible_data("user_knn", GetParam().params());
}

TEST_F(Neighbours, WeighAStrangersProfileLikeThatOfSomebodyKnown) {
  for (const char* weighting : {"tf_idf", "bm25"}) {
    const std::string params = std::string(R"({"neighbours": 1, "feature_weighting": ")") + weighting + "\"}";
    const auto model = fitted("user_knn", params);
    // A stranger's nearest is the twin whose profile is his, if the profile is weighed as the twin's was: cosine 1.
    const auto scores = test::score_all(*model, x_.view(), std::vector<Index>(kUsers, kUnknown));
    for (Index u = 0; u < kUsers; ++u)
      for (const Index i : x_.view()[u].columns)
        if (x_.view()[u].columns.size() > 3) {
          ASSERT_NEAR(scores[static_cast<std::size_t>(u * kItems + i)], 1, 1e-5) << weighting << ", user " << u;
        }
  }
}

TEST_F(Neighbours, KeepNobodyWhoIsTheOppositeByPearson) {
  // Users 0 and 1 agree; 2 likes what they do not.
  const SparseMatrix x = test::matrix_of(3, {{{0, 5}, {1, 1}}, {{0, 4}, {1, 2}, {2, 3}}, {{0, 1}, {1, 5}, {2, 3}}}),
                     t = x.transposed();
  const auto model = test::make_model("user_knn", R"({"similarity": "pearson", "use_values": true})");
  test::OneShotRun run;
  model->fit({x.view(), t.view(), {3, {}}, {3, {}}}, run);
  const auto scores = test::score_all(*model, x.view());
  EXPECT_NEAR(scores[2], 3, 1e-5) << "user 0, item 2: sim(0, 1) = 1, and user 2 has no say";
  EXPECT_EQ(scores[6], 0) << "user 2 has no neighbour";
}

TEST_F(Neighbours, RefuseParametersThatGoTogetherBadly) {
  for (const char* name : {"item_knn", "user_knn"}) {
    EXPECT_ANY_THROW((void)test::make_model(name, R"({"similarity": "pearson"})")) << "without values";
    EXPECT_ANY_THROW((void)test::make_model(
        name, R"({"similarity": "adjusted_cosine", "use_values": true, "feature_weighting": "bm25"})"));
    EXPECT_ANY_THROW((void)test::make_model(name, R"({"similarity": "asymmetric_cosine", "alpha": 1.5})"));
    EXPECT_NO_THROW((void)test::make_model(name, R"({"similarity": "tversky", "alpha": 1.5})"));
    EXPECT_ANY_THROW((void)test::make_model(name, R"({"feature_weighting": "idf"})"));
    EXPECT_ANY_THROW((void)test::make_model(name, R"({"shrink": -1})"));
  }
}

TEST_F(Neighbours, SayThatPearsonCannotCompareWhatIsAllEqual) {
  const SparseMatrix x = test::matrix_of(2, {{{0, 3}, {1, 3}}, {{0, 3}, {1, 3}}}), t = x.transposed();
  for (const char* name : {"item_knn", "user_knn"}) {
    test::OneShotRun run;
    const auto model = test::make_model(name, R"({"similarity": "pearson", "use_values": true})");
    EXPECT_THROW(model->fit({x.view(), t.view(), {2, {}}, {2, {}}}, run), DataError) << name;
  }
}

TEST_F(Neighbours, AnEmptyProfileGetsZeroes) {
  const std::vector<std::int64_t> offsets{0, 0};
  for (const char* name : {"item_knn", "user_knn"}) {
    const auto scores =
        test::score_all(*fitted(name, "{}"), {1, kItems, offsets, nullptr, nullptr, nullptr}, {kUnknown});
    EXPECT_EQ(scores, std::vector<float>(kItems, 0)) << name;
  }
}

}  // namespace
}  // namespace assay
