// ItemKNN and UserKNN against plain loops in float64 over dense matrices.

#include <algorithm>
#include <cmath>
#include <ostream>
#include <set>
#include <vector>

#include "collaborative.hpp"

namespace assay {
namespace {

using test::kItems;
using test::kUsers;
using Neighbours = test::Collaborative;
using Vectors = std::vector<std::vector<double>>;

struct Case {
  std::string similarity;
  double shrink, alpha, beta;
  bool use_values;
  int neighbours;
  [[nodiscard]] std::string params() const {
    return "{\"similarity\": \"" + similarity + "\", \"shrink\": " + std::to_string(shrink) +
           ", \"alpha\": " + std::to_string(alpha) + ", \"beta\": " + std::to_string(beta) +
           ", \"use_values\": " + (use_values ? "true" : "false") + ", \"neighbours\": " + std::to_string(neighbours) +
           "}";
  }
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.params(); }
const std::vector<Case> kCases = {{"cosine", 0, .5, .5, false, 5},
                                  {"cosine", 0, .5, .5, true, 5},
                                  {"cosine", 10, .5, .5, false, 3},
                                  {"asymmetric_cosine", 1, .3, .5, false, 4},
                                  {"asymmetric_cosine", 1, .3, .5, true, 4},
                                  {"jaccard", 0, .5, .5, false, 5},
                                  {"dice", 2, .5, .5, false, 8},
                                  {"tversky", .5, .7, .2, false, 6},
                                  {"cosine", 0, .5, .5, false, 1000}};

/// The formulas as the papers write them: sets where all is 1.
double similarity(const Case& c, const std::vector<double>& a, const std::vector<double>& b) {
  double both = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) both += a[i] * b[i], aa += a[i] * a[i], bb += b[i] * b[i];
  if (both == 0) return 0;
  if (c.similarity == "cosine") return both / (std::sqrt(aa) * std::sqrt(bb) + c.shrink);
  if (c.similarity == "asymmetric_cosine") return both / (std::pow(aa, c.alpha) * std::pow(bb, 1 - c.alpha) + c.shrink);
  if (c.similarity == "jaccard") return both / (aa + bb - both + c.shrink);
  if (c.similarity == "dice") return both / ((aa + bb) / 2 + c.shrink);
  return both / (both + c.alpha * (aa - both) + c.beta * (bb - both) + c.shrink);
}

/// Row i: the similarities of its k nearest, 0 elsewhere.
Vectors nearest(const Case& c, const Vectors& rows) {
  Vectors out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::vector<double> likeness;
    std::vector<std::size_t> order;
    for (std::size_t j = 0; j < rows.size(); ++j) {
      likeness.push_back(i == j ? 0 : static_cast<float>(similarity(c, rows[i], rows[j])));
      order.push_back(j);
    }
    std::ranges::stable_sort(order, [&](auto a, auto b) { return likeness[a] > likeness[b]; });
    for (std::size_t place = static_cast<std::size_t>(c.neighbours); place < order.size(); ++place)
      likeness[order[place]] = 0;
    out.push_back(likeness);
  }
  return out;
}

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
