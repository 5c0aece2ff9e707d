// BPR-MF and WARP-MF against a naive float64 training that replays their draws and takes gradients by finite
// differences.

#include "assay/pairwise.hpp"

#include <cmath>
#include <functional>
#include <set>

#include "collaborative.hpp"
#include "plugin/conformance/watched_run.hpp"

namespace assay {
namespace {

using test::kItems;
using test::kUsers;
using Pairwise = test::Collaborative;
constexpr std::size_t kFactors = 5;

/// All in float64, as a flat list of parameters: users' vectors, items' vectors, biases.
struct Naive {
  std::vector<double> theta;
  std::vector<std::set<Index>> has;
  double user_l2 = 0.02, positive_l2 = 0.03, negative_l2 = 0.05, bias_l2 = 0.07;

  Naive(const Run& run, const Interactions& x, double deviation) : has(kUsers) {
    for (const auto& [name, rows] : {std::pair<const char*, Index>{"users", kUsers}, {"items", kItems}}) {
      Random random = run.random(name, 0);
      for (Index row = 0; row < rows; ++row) {
        float values[kFactors];
        random.normal(values, 0, static_cast<float>(deviation));
        theta.insert(theta.end(), values, values + kFactors);
      }
    }
    theta.resize(theta.size() + kItems, 0);
    for (Index u = 0; u < kUsers; ++u) has[static_cast<std::size_t>(u)] = {x[u].columns.begin(), x[u].columns.end()};
  }

  [[nodiscard]] std::size_t user_at(Index u) const { return static_cast<std::size_t>(u) * kFactors; }
  [[nodiscard]] std::size_t item_at(Index i) const { return static_cast<std::size_t>(kUsers + i) * kFactors; }
  [[nodiscard]] std::size_t bias_at(Index i) const {
    return static_cast<std::size_t>(kUsers + kItems) * kFactors + static_cast<std::size_t>(i);
  }
  [[nodiscard]] double score(Index u, Index i) const {
    double sum = theta[bias_at(i)];
    for (std::size_t k = 0; k < kFactors; ++k) sum += theta[user_at(u) + k] * theta[item_at(i) + k];
    return sum;
  }
  [[nodiscard]] double penalty(Index u, Index i, Index j) const {
    double sum = bias_l2 * (std::pow(theta[bias_at(i)], 2) + std::pow(theta[bias_at(j)], 2));
    for (std::size_t k = 0; k < kFactors; ++k)
      sum += user_l2 * std::pow(theta[user_at(u) + k], 2) + positive_l2 * std::pow(theta[item_at(i) + k], 2) +
             negative_l2 * std::pow(theta[item_at(j) + k], 2);
    return sum / 2;
  }

  /// θ += rate · ∂objective/∂θ, the derivative by central differences.
  void climb(Index u, Index i, Index j, double rate, const std::function<double()>& objective) {
    std::vector<std::pair<std::size_t, double>> gradient;
    const auto derive = [&](std::size_t at) {
      const double value = theta[at], h = 1e-5;
      theta[at] = value + h;
      const double above = objective();
      theta[at] = value - h;
      gradient.emplace_back(at, (above - objective()) / (2 * h));
      theta[at] = value;
    };
    for (std::size_t k = 0; k < kFactors; ++k) derive(user_at(u) + k), derive(item_at(i) + k), derive(item_at(j) + k);
    derive(bias_at(i));
    derive(bias_at(j));
    for (const auto& [at, slope] : gradient) theta[at] += rate * slope;
  }

  [[nodiscard]] Index negative(Index u, std::uint32_t bits, Random& random) const {
    const auto& mine = has[static_cast<std::size_t>(u)];
    for (int attempt = 0; attempt < 8; ++attempt) {
      const auto item = static_cast<Index>(std::uint64_t{bits} * kItems >> 32);
      if (!mine.count(item)) return item;
      bits = static_cast<std::uint32_t>(random.bits() >> 32);
    }
    auto rank = std::uint64_t{bits} * (kItems - mine.size()) >> 32;
    Index item = 0;
    while (mine.count(item) || rank-- > 0) ++item;
    return item;
  }

  /// One epoch: learn(u, i, first negative) for as many draws as there are interactions.
  void epoch(const Interactions& x, Random& random, const std::function<void(Index, Index, Index)>& learn) const {
    std::vector<std::pair<Index, Index>> all;
    for (Index u = 0; u < kUsers; ++u)
      for (const Index i : x[u].columns) all.emplace_back(u, i);
    for (std::size_t done = 0; done < all.size(); done += 64) {
      std::vector<std::uint64_t> bits(std::min<std::size_t>(64, all.size() - done));
      for (auto& b : bits) b = random.bits();
      std::vector<std::array<Index, 3>> triples;
      for (const auto b : bits) {
        const auto [u, i] = all[(b >> 32) * all.size() >> 32];
        triples.push_back({u, i, negative(u, static_cast<std::uint32_t>(b), random)});
      }
      for (const auto& [u, i, j] : triples) learn(u, i, j);
    }
  }

  [[nodiscard]] std::vector<double> scores() const {
    std::vector<double> out;
    for (Index u = 0; u < kUsers; ++u)
      for (Index i = 0; i < kItems; ++i) out.push_back(score(u, i));
    return out;
  }
};

const std::string kParams = R"("factors": 5, "epochs": 3, "decay": 0.5, "init_deviation": 0.3,
                               "user_l2": 0.02, "positive_l2": 0.03, "negative_l2": 0.05, "bias_l2": 0.07)";
const std::string kBpr = "{\"learning_rate\": 0.1, " + kParams + "}";
const std::string kWarp = R"({"learning_rate": 0.03, "trials": 6, "margin": 0.8, "max_norm": 0.9, )" + kParams + "}";

TEST_F(Pairwise, BprIsAFloat64TrainingWithTheSameDraws) {
  test::OneShotRun run;
  Naive naive(run, x_.view(), 0.3);
  for (int epoch = 0; epoch < 3; ++epoch) {
    Random random = run.random("triples", static_cast<std::uint64_t>(epoch));
    naive.epoch(x_.view(), random, [&](Index u, Index i, Index j) {
      naive.climb(u, i, j, 0.1 / (1 + 0.5 * epoch), [&] {
        return -std::log1p(std::exp(-(naive.score(u, i) - naive.score(u, j)))) - naive.penalty(u, i, j);
      });
    });
  }
  expect_near(test::score_all(*fitted("bpr_mf", kBpr), x_.view()), naive.scores());
}

TEST_F(Pairwise, WarpIsAFloat64TrainingWithTheSameDraws) {
  test::OneShotRun run;
  Naive naive(run, x_.view(), 0.3);
  for (int epoch = 0; epoch < 3; ++epoch) {
    Random random = run.random("pairs", static_cast<std::uint64_t>(epoch));
    naive.epoch(x_.view(), random, [&](Index u, Index i, Index j) {
      int trial = 1;
      std::vector<Index> ahead;  // four at a time
      while (naive.score(u, i) - 0.8 >= naive.score(u, j) && trial < 6) {
        if (ahead.empty()) {
          const std::uint64_t one = random.bits(), two = random.bits();
          for (const std::uint64_t bits : {one >> 32, one, two >> 32, two})
            ahead.push_back(naive.negative(u, static_cast<std::uint32_t>(bits), random));
        }
        j = ahead.front();
        ahead.erase(ahead.begin());
        ++trial;
      }
      if (naive.score(u, i) - 0.8 >= naive.score(u, j)) return;
      const auto others = kItems - static_cast<int>(naive.has[static_cast<std::size_t>(u)].size());
      double weight = 0;
      for (int s = 1; s <= std::max(1, others / trial); ++s) weight += 1.0 / s;
      naive.climb(u, i, j, 0.03 / (1 + 0.5 * epoch),
                  [&] { return -weight * (0.8 - naive.score(u, i) + naive.score(u, j)) - naive.penalty(u, i, j); });
      for (const std::size_t at : {naive.user_at(u), naive.item_at(i), naive.item_at(j)}) {
        double squares = 0;
        for (std::size_t k = 0; k < kFactors; ++k) squares += naive.theta[at + k] * naive.theta[at + k];
        for (std::size_t k = 0; k < kFactors; ++k) naive.theta[at + k] *= std::min(1.0, 0.9 / std::sqrt(squares));
      }
    });
  }
  expect_near(test::score_all(*fitted("warp_mf", kWarp), x_.view()), naive.scores());
}

TEST_F(Pairwise, StrangersVectorsAreTheRidgeRegressionOfUsersOnTheirProfiles) {
  const auto model = fitted("bpr_mf", kBpr);
  test::Storage storage;
  model->save(storage);
  const test::Storage& saved = storage;
  const auto* p = static_cast<const float*>(saved.tensor("users").data);
  const auto* q = static_cast<const float*>(saved.tensor("items").data);
  const auto* b = static_cast<const float*>(saved.tensor("bias").data);
  constexpr std::size_t d = kFactors, n = d + 1;
  std::vector<std::vector<double>> known(kUsers, std::vector<double>(n, 0));
  for (Index u = 0; u < kUsers; ++u) {
    const auto items = x_.view()[u].columns;
    if (items.empty()) continue;
    auto& m = known[static_cast<std::size_t>(u)];
    for (const Index i : items)
      for (std::size_t k = 0; k < d; ++k)
        m[k] +=
            static_cast<double>(q[static_cast<std::size_t>(i) * d + k]) / std::sqrt(static_cast<double>(items.size()));
    m[d] = 1;
  }
  double a[n][n + d] = {};
  for (std::size_t u = 0; u < kUsers; ++u)
    for (std::size_t r = 0; r < n; ++r) {
      for (std::size_t c = 0; c < n; ++c) a[r][c] += known[u][r] * known[u][c];
      for (std::size_t c = 0; c < d; ++c) a[r][n + c] += known[u][r] * static_cast<double>(p[u * d + c]);
    }
  double trace = 0;
  for (std::size_t r = 0; r < n; ++r) trace += a[r][r];
  for (std::size_t r = 0; r < n; ++r) a[r][r] += 1e-3 * trace / static_cast<double>(n);
  for (std::size_t pivot = 0; pivot < n; ++pivot)
    for (std::size_t r = 0; r < n; ++r) {
      const double f = r == pivot ? 0 : a[r][pivot] / a[pivot][pivot];
      for (std::size_t c = 0; c < n + d; ++c) a[r][c] -= f * a[pivot][c];
    }
  std::vector<double> expected;
  for (std::size_t u = 0; u < kUsers; ++u)
    for (std::size_t i = 0; i < kItems; ++i) {
      double score = static_cast<double>(b[i]);
      for (std::size_t c = 0; c < d; ++c)
        for (std::size_t r = 0; r < n; ++r)
          score += known[u][r] * a[r][n + c] / a[r][r] * static_cast<double>(q[i * d + c]);
      expected.push_back(score);
    }
  expect_near(test::score_all(*model, x_.view(), std::vector<Index>(kUsers, kUnknown)), expected);
}

TEST_F(Pairwise, WhatAUserHasComesBeforeWhatHeHasNot) {
  for (const char* name : {"bpr_mf", "warp_mf"})
    for (const bool strangers : {false, true}) {
      const auto model = fitted(name, R"({"factors": 16, "epochs": 60, "learning_rate": 0.05,
                                            "user_l2": 0.01, "positive_l2": 0.01, "negative_l2": 0.01})");
      std::vector<Index> users(kUsers, kUnknown);
      if (!strangers) std::iota(users.begin(), users.end(), 0);
      const auto scores = test::score_all(*model, x_.view(), users);
      double right = 0, pairs = 0;
      for (Index u = 0; u < kUsers; ++u)
        for (Index i = 0; i < kItems; ++i)
          for (Index j = 0; j < kItems; ++j) {
            if (x_.at(u, i) == 0 || x_.at(u, j) != 0) continue;
            const auto row = static_cast<std::size_t>(u) * kItems;
            right += scores[row + static_cast<std::size_t>(i)] > scores[row + static_cast<std::size_t>(j)];
            pairs += 1;
          }
      EXPECT_GT(right / pairs, strangers ? 0.8 : 0.95) << name;
    }
}

TEST_F(Pairwise, KeepTheirBitsAtAnyThreadsSlicesAndCompanyAndAfterAReload) {
  expect_stable("bpr_mf", kBpr);
  expect_stable("warp_mf", kWarp);
  expect_stable("bpr_mf", R"({"factors": 33, "epochs": 2})");
}

TEST_F(Pairwise, AnotherSeedGivesAnotherModelAndTheSameSeedTheSame) {
  for (const char* name : {"bpr_mf", "warp_mf"}) {
    const auto scores = [&](std::uint64_t seed) {
      const auto model = test::make_model(name, R"({"epochs": 2})");
      test::OneShotRun run(seed);
      model->fit(data_, run);
      return test::score_all(*model, x_.view());
    };
    EXPECT_EQ(scores(4), scores(4)) << name;
    EXPECT_NE(scores(4), scores(5)) << name;
  }
}

TEST_F(Pairwise, ImpossibleDataEndsWell) {
  constexpr Index kMany = 300'000;  // of which one was taken once, by the only user
  std::vector<std::int64_t> by_user{0, 1}, by_item(static_cast<std::size_t>(kMany) + 1, 1);
  by_item[0] = 0;
  const Index zero = 0;
  const float one = 1;
  const Interactions x{1, kMany, by_user, &zero, &one, nullptr};
  const std::vector<std::int64_t> none(2, 0);
  for (const char* name : {"bpr_mf", "warp_mf"}) {
    test::OneShotRun run;
    const auto huge = test::make_model(name, R"({"epochs": 2, "factors": 8})"), empty = test::make_model(name);
    huge->fit({x, {kMany, 1, by_item, &zero, &one, nullptr}, {1, {}}, {kMany, {}}}, run);
    std::vector<float> scores(10);
    huge->score({x, std::span(&zero, 1)}, {scores.data(), 10, 1, kMany - 10, 10});
    for (const float score : scores) EXPECT_TRUE(std::isfinite(score)) << name;
    const Interactions nothing{1, 1, none, nullptr, nullptr, nullptr};
    empty->fit({nothing, nothing, {1, {}}, {1, {}}}, run);
    EXPECT_TRUE(std::isfinite(test::score_all(*empty, nothing, {kUnknown}).at(0))) << name;
  }
}

TEST_F(Pairwise, ManyFactorsOfUsersWhoAreAllAlikeEndWell) {
  constexpr Index kAlike = 50, kTaken = 20;  // everybody has everything: the strangers' map has one direction to learn
  std::vector<std::int64_t> by_user{0}, by_item{0};
  std::vector<Index> items, users;
  for (Index u = 0; u < kAlike; ++u) {
    for (Index i = 0; i < kTaken; ++i) items.push_back(i);
    by_user.push_back(static_cast<std::int64_t>(items.size()));
  }
  for (Index i = 0; i < kTaken; ++i) {
    for (Index u = 0; u < kAlike; ++u) users.push_back(u);
    by_item.push_back(static_cast<std::int64_t>(users.size()));
  }
  const std::vector<float> ones(items.size(), 1);
  const Interactions x{kAlike, kTaken, by_user, items.data(), ones.data(), nullptr};
  for (const char* name : {"bpr_mf", "warp_mf"})
    for (const char* params : {R"({"epochs": 1, "factors": 256})", R"({"epochs": 1, "factors": 400})"}) {
      const auto model = test::make_model(name, params);
      test::OneShotRun run;
      model->fit({x, {kTaken, kAlike, by_item, users.data(), ones.data(), nullptr}, {kAlike, {}}, {kTaken, {}}}, run);
      const auto known = test::score_all(*model, x),
                 strangers = test::score_all(*model, x, std::vector<Index>(kAlike, kUnknown));
      for (std::size_t e = 0; e < known.size(); ++e) {
        ASSERT_TRUE(std::isfinite(known[e])) << name << params;
        ASSERT_TRUE(std::isfinite(strangers[e])) << name << params;
      }
    }
}

TEST_F(Pairwise, BadParametersAreRefused) {
  for (const char* name : {"bpr_mf", "warp_mf"})
    for (const char* params : {R"({"factors": 0})", R"({"learning_rate": 0})", R"({"user_l2": -0.1})"})
      EXPECT_ANY_THROW((void)test::make_model(name, params)) << name << " " << params;
  EXPECT_ANY_THROW((void)test::make_model("warp_mf", R"({"max_norm": 0})"));
}

TEST_F(Pairwise, ALossThatGrowsBeyondAllBoundsIsReported) {
  const auto model = test::make_model("bpr_mf", R"({"learning_rate": 1e6, "epochs": 5})");
  conformance::WatchedRun run({.stop_after = 5});
  model->fit(data_, run);
  EXPECT_NE(run.bad_report().find("loss \"bpr\" is"), std::string::npos);
}

TEST(PairSampler, DrawsEachItemThatAUserHasNotEquallyOften) {
  const Index items = 12;
  const std::vector<std::int64_t> offsets{0, 4, 15, 15};
  const std::vector<Index> column{0, 3, 4, 11, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11};  // 8 missing; only 10 missing; all
  const std::vector<float> value(column.size(), 1);
  const PairSampler sampler({3, items, offsets, column.data(), value.data(), nullptr});
  Random random(5);
  for (const Index user : {0, 1, 2}) {
    std::vector<int> drawn(static_cast<std::size_t>(items), 0);
    const int draws = 24000, missing = sampler.negatives(user);
    for (int n = 0; n < draws; ++n)
      ++drawn[static_cast<std::size_t>(sampler.negative(user, static_cast<std::uint32_t>(random.bits()), random))];
    for (Index i = 0; i < items; ++i) {
      const auto row = std::span(column).subspan(static_cast<std::size_t>(offsets[static_cast<std::size_t>(user)]),
                                                 static_cast<std::size_t>(items - missing));
      const bool has = std::ranges::find(row, i) != row.end();
      const double expected = has ? 0 : static_cast<double>(draws) / missing;
      EXPECT_NEAR(drawn[static_cast<std::size_t>(i)], expected, 5 * std::sqrt(expected)) << user << ", " << i;
    }
  }
}

}  // namespace
}  // namespace assay
