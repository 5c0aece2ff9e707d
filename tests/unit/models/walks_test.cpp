// P3α and RP3β against dense matrices in float64.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <ostream>
#include <vector>

#include "collaborative.hpp"
#include "impossible.hpp"
#include "plugin/conformance/watched_run.hpp"

namespace assay {
namespace {

using test::kItems;
using test::kUsers;
using Walks = test::Collaborative;

struct Case {
  std::string model;
  double alpha, beta;
  bool normalise, use_values;
  int neighbours;
  [[nodiscard]] std::string params() const {
    return "{\"alpha\": " + std::to_string(alpha) + (model == "rp3beta" ? ", \"beta\": " + std::to_string(beta) : "") +
           ", \"normalise\": " + (normalise ? "true" : "false") +
           ", \"use_values\": " + (use_values ? "true" : "false") + ", \"neighbours\": " + std::to_string(neighbours) +
           "}";
  }
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.model << " " << c.params(); }
const std::vector<Case> kCases = {{"p3alpha", 1, 0, false, false, 1000},  {"p3alpha", 1.3, 0, true, false, 12},
                                  {"p3alpha", .5, 0, false, true, 9},     {"rp3beta", 1, .6, true, false, 10},
                                  {"rp3beta", .77, .42, false, false, 8}, {"rp3beta", 1.4, .3, true, true, 15},
                                  {"rp3beta", 0, 2, true, false, 1}};

class EachWalk : public Walks, public testing::WithParamInterface<Case> {
 protected:
  [[nodiscard]] double seen_by_case(Index u, Index i) const { return seen(u, i, GetParam().use_values); }

  void SetUp() override {
    for (Index u = 0; u < kUsers; ++u)
      for (Index i = 0; i < kItems; ++i) {
        of_user_[static_cast<std::size_t>(u)] += seen_by_case(u, i);
        of_item_[static_cast<std::size_t>(i)] += seen_by_case(u, i);
      }
  }

  /// (x / Σ x)^α, the sum over all of the user or all of the item.
  [[nodiscard]] double step(Index u, Index i, bool from_user) const {
    const double sum = from_user ? of_user_[static_cast<std::size_t>(u)] : of_item_[static_cast<std::size_t>(i)];
    const double x = seen_by_case(u, i);
    return x > 0 ? std::pow(x / sum, GetParam().alpha) : 0;
  }

  [[nodiscard]] std::vector<double> row_of_w(Index i) const {
    std::vector<double> w(kItems);
    for (Index j = 0; j < kItems; ++j) {
      double degree = 0, sum = 0;
      for (Index u = 0; u < kUsers; ++u) {
        sum += step(u, i, false) * step(u, j, true);
        degree += seen_by_case(u, j) > 0;
      }
      w[static_cast<std::size_t>(j)] = i == j || sum == 0 ? 0 : sum / std::pow(degree, GetParam().beta);
    }
    std::vector<std::size_t> order(w.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    // What differs by rounding alone is equal: the smaller item is kept.
    std::ranges::stable_sort(order, std::greater<>(), [&](auto j) { return std::round(std::log(w[j]) * 1e6); });
    for (auto place = static_cast<std::size_t>(GetParam().neighbours); place < order.size(); ++place)
      w[order[place]] = 0;
    const double sum = std::accumulate(w.begin(), w.end(), 0.0);
    for (double& v : w) v /= GetParam().normalise && sum > 0 ? sum : 1;
    return w;
  }

 private:
  std::vector<double> of_user_ = std::vector<double>(kUsers), of_item_ = std::vector<double>(kItems);
};

TEST_P(EachWalk, ScoresAsTheDenseMatricesInFloat64Do) {
  std::vector<double> expected(static_cast<std::size_t>(kUsers * kItems), 0);
  for (Index i = 0; i < kItems; ++i) {
    const auto w = row_of_w(i);
    for (Index u = 0; u < kUsers; ++u)
      for (Index j = 0; j < kItems; ++j)
        expected[static_cast<std::size_t>(u * kItems + j)] += seen_by_case(u, i) * w[static_cast<std::size_t>(j)];
  }
  expect_near(test::score_all(*fitted(GetParam().model, GetParam().params()), x_.view()), expected);
}

TEST_P(EachWalk, KeepsItsBitsAtAnyThreadsSlicesAndCompanyAndAfterAReload) {
  expect_stable(GetParam().model, GetParam().params());
}

TEST_P(EachWalk, SurvivesImpossibleData) {
  test::expect_survives_impossible_data(GetParam().model, GetParam().params());
}

TEST_F(Walks, IgnoreEntriesThatAreNoEdges) {
  const auto with =
      test::matrix_of(4, {{{0, 2}, {1, -3}, {2, 1}}, {{0, 1}, {1, 4}, {3, 0}}, {{1, 2}, {2, 5}, {3, -1}}});
  const auto without = test::matrix_of(4, {{{0, 2}, {2, 1}}, {{0, 1}, {1, 4}}, {{1, 2}, {2, 5}}});
  for (const char* name : {"p3alpha", "rp3beta"}) {
    std::vector<std::vector<float>> scores;
    for (const auto& x : {with, without}) {
      const auto t = x.transposed();
      const auto model = test::make_model(name, R"({"use_values": true})");
      test::OneShotRun run;
      model->fit({x.view(), t.view(), {x.rows, {}}, {x.columns, {}}}, run);
      scores.push_back(test::score_all(*model, x.view()));
    }
    EXPECT_EQ(scores[0], scores[1]) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, EachWalk, testing::ValuesIn(kCases),
                         [](const auto& c) { return c.param.model + std::to_string(c.index); });

TEST_F(Walks, AreTheSameForAStrangerWithTheProfileOfSomebodyKnown) {
  for (const char* name : {"p3alpha", "rp3beta"}) {
    const auto model = fitted(name, "{}");
    EXPECT_EQ(test::score_all(*model, x_.view(), std::vector<Index>(kUsers, kUnknown)),
              test::score_all(*model, x_.view()));
  }
}

TEST_F(Walks, WithABetaOfZeroEndWhereThoseOfP3AlphaDo) {
  EXPECT_EQ(test::score_all(*fitted("rp3beta", R"({"beta": 0, "normalise": false})"), x_.view()),
            test::score_all(*fitted("p3alpha", "{}"), x_.view()));
}

TEST_F(Walks, StopWhenTheyAreCancelled) {
  for (const char* name : {"p3alpha", "rp3beta"}) {
    conformance::WatchedRun run({.cancel_after = 2});
    EXPECT_THROW(test::make_model(name)->fit(data_, run), Cancelled) << name;
    EXPECT_LE(run.calls(), 4) << name;
  }
}

TEST_F(Walks, RefuseExponentsOutOfTheirRange) {
  EXPECT_ANY_THROW((void)test::make_model("p3alpha", R"({"alpha": -0.1})"));
  EXPECT_ANY_THROW((void)test::make_model("p3alpha", R"({"beta": 0.5})"));
  EXPECT_ANY_THROW((void)test::make_model("rp3beta", R"({"beta": 2.1})"));
  EXPECT_ANY_THROW((void)test::make_model("rp3beta", R"({"neighbours": 0})"));
}

}  // namespace
}  // namespace assay
