// Slope One against its formulas over dense float64 matrices.

#include "assay/errors.hpp"

#include "rated.hpp"

namespace assay {
namespace {

using test::kItems;
using test::kUsers;
using SlopeOne = test::Rated;
constexpr auto kU = static_cast<std::size_t>(kUsers), kI = static_cast<std::size_t>(kItems);

/// Eq. 3 and 4 of the paper, pair by pair; each item from the `kept` items that share most raters with it.
std::vector<double> by_the_paper(const std::vector<double>& r, const std::vector<int>& given, bool weighted,
                                 std::size_t kept) {
  std::vector<double> out(r.size(), 0), mean(kU, 0);
  double all = 0, n = 0;
  for (std::size_t at = 0; at < r.size(); ++at)
    if (given[at]) all += r[at], n += 1;
  for (std::size_t u = 0; u < kU; ++u) {
    double sum = 0, count = 0;
    for (std::size_t i = 0; i < kI; ++i)
      if (given[u * kI + i]) sum += r[u * kI + i], count += 1;
    mean[u] = count > 0 ? sum / count : all / n;
  }
  for (std::size_t j = 0; j < kI; ++j) {
    std::vector<std::tuple<double, std::size_t, double>> partners;  // -c_ji, i, dev_ji
    for (std::size_t i = 0; i < kI; ++i) {
      double difference = 0, both = 0;
      for (std::size_t u = 0; u < kU && i != j; ++u)
        if (given[u * kI + i] && given[u * kI + j]) difference += r[u * kI + j] - r[u * kI + i], both += 1;
      if (both > 0) partners.emplace_back(-both, i, difference / both);
    }
    std::sort(partners.begin(), partners.end());
    if (partners.size() > kept) partners.resize(kept);
    for (std::size_t u = 0; u < kU; ++u) {
      double sum = 0, weights = 0;
      for (const auto& [minus, i, deviation] : partners)
        if (given[u * kI + i]) {
          const double weight = weighted ? -minus : 1;
          sum += weight * (deviation + r[u * kI + i]), weights += weight;
        }
      out[u * kI + j] = weights > 0 ? sum / weights : mean[u];
    }
  }
  return out;
}

TEST_F(SlopeOne, PredictsAsThePaperDoes) {
  const auto [r, given] = dense();
  for (const bool weighted : {true, false})
    for (const std::size_t kept : {std::size_t{4000}, std::size_t{69}, std::size_t{7}, std::size_t{1}}) {
      const auto model = rater("slope_one", std::string(R"({"weighted": )") + (weighted ? "true" : "false") +
                                                R"(, "partners": )" + std::to_string(kept) + "}");
      expect_near(test::score_all(*model, ratings_.view()), by_the_paper(r, given, weighted, kept));
    }
}

TEST_F(SlopeOne, ServesStrangersByTheirProfile) {
  const auto model = rater("slope_one", "{}");
  EXPECT_EQ(test::score_all(*model, ratings_.view(), strangers_), test::score_all(*model, ratings_.view()));
  expect_served("slope_one", "{}");
  expect_served("slope_one", R"({"partners": 9})");
}

TEST_F(SlopeOne, SavesPairsThatSomebodyRatedAndNoOthers) {
  test::Storage storage;
  rater("slope_one", "{}")->save(storage);
  const auto [r, given] = dense();
  std::int64_t pairs = 0;
  for (std::size_t i = 0; i < kI; ++i)
    for (std::size_t j = 0; j < kI; ++j) {
      bool both = false;
      for (std::size_t u = 0; u < kU; ++u) both |= given[u * kI + i] && given[u * kI + j];
      pairs += both && i != j;
    }
  const test::Storage& saved = storage;
  EXPECT_EQ(saved.tensor("pairs.item").shape[0], pairs);
}

TEST_F(SlopeOne, OfEqualRatingsSaysThatRating) {
  expect_constants("slope_one", "{}");
  expect_a_huge_catalogue_to_be_served("slope_one", "{}");
}

TEST_F(SlopeOne, RefusesNoPartners) { EXPECT_ANY_THROW((void)test::make_model("slope_one", R"({"partners": 0})")); }

TEST_F(SlopeOne, RefusesPairsThatDoNotFitIntoMemoryBeforeTraining) {
  const Index many = 20'000'000;
  std::vector<std::int64_t> rows(2, 0);
  const std::vector<std::int64_t> none(static_cast<std::size_t>(many) + 1, 0);
  std::vector<Index> column(static_cast<std::size_t>(many));
  std::iota(column.begin(), column.end(), 0);
  const std::vector<float> value(column.size(), 3);
  rows[1] = many;
  std::vector<std::int64_t> one_each(none.size());
  std::iota(one_each.begin(), one_each.end(), 0);
  const std::vector<Index> first_user(column.size(), 0);
  const TrainingData data{{1, many, rows, column.data(), value.data(), nullptr},
                          {many, 1, one_each, first_user.data(), value.data(), nullptr},
                          {1, {}},
                          {many, {}}};
  test::OneShotRun run;
  try {
    test::make_model("slope_one")->fit(data, run);
    FAIL() << "960 GB were granted";
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("pairs of 20000000 items may take"), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace assay
