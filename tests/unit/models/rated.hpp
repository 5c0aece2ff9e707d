// Random ratings, and what every model of explicit ratings must keep.
#pragma once
#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "assay/sparse.hpp"

#include "collaborative.hpp"

namespace assay::test {

/// Ratings of every item by every row of `profiles`, row-major.
[[nodiscard]] inline std::vector<float> rate_all(const Recommender& model, const Interactions& profiles,
                                                 const std::vector<Index>& users) {
  const auto& rater = dynamic_cast<const RatingPredictor&>(model);
  const auto items = static_cast<std::size_t>(profiles.columns);
  std::vector<float> out;
  for (Index row = 0; row < profiles.rows; ++row) {
    std::vector<std::int64_t> offsets{0};  // the row once for each item
    std::vector<Index> column, all(items);
    std::vector<float> value, ratings(items);
    std::iota(all.begin(), all.end(), 0);
    for (std::size_t i = 0; i < items; ++i) {
      const Row one = profiles[row];
      column.insert(column.end(), one.columns.begin(), one.columns.end());
      value.insert(value.end(), one.values.begin(), one.values.end());
      offsets.push_back(static_cast<std::int64_t>(column.size()));
    }
    const std::vector<Index> user(items, users[static_cast<std::size_t>(row)]);
    rater.rate({{profiles.columns, profiles.columns, offsets, column.data(), value.data(), nullptr}, user}, all,
               ratings);
    out.insert(out.end(), ratings.begin(), ratings.end());
  }
  return out;
}
[[nodiscard]] inline std::vector<float> rate_all(const Recommender& model, const Interactions& profiles) {
  std::vector<Index> users(static_cast<std::size_t>(profiles.rows));
  std::iota(users.begin(), users.end(), 0);
  return rate_all(model, profiles, users);
}

/// Ratings 1 to 5 of 90 users for 70 items that follow some taste; user 3 and item 5 have none.
class Rated : public Collaborative {
 protected:
  const SparseMatrix ratings_ = rated(), by_item_ = ratings_.transposed();
  const TrainingData rated_data_{ratings_.view(), by_item_.view(), {kUsers, {}}, {kItems, {}}};
  const std::vector<Index> strangers_ = std::vector<Index>(kUsers, kUnknown);

  std::shared_ptr<Recommender> rater(const std::string& name, const std::string& params, int threads = 1) {
    auto model = make_model(name, params);
    OneShotRun run(1, threads);
    model->fit(rated_data_, run);
    return model;
  }

  static SparseMatrix rated(float (*change)(float) = [](float r) { return r; }) {
    const Sparse pattern = random_sparse(kUsers, kItems, 0.2, false, 23);
    SparseMatrix x;
    x.rows = kUsers;
    x.columns = kItems;
    Random random(77);
    for (Index u = 0; u < kUsers; ++u) {
      for (const Index i : pattern.view()[u].columns) {
        const double taste = 3 + (u % 2 == i % 3 ? 1 : -0.5) + 0.02 * (u % 40) - 0.01 * i + 0.5 * random.normal();
        if (u == 3 || i == 5) continue;
        x.column.push_back(i);
        x.value.push_back(change(static_cast<float>(std::clamp(std::floor(taste + 0.5), 1.0, 5.0))));
      }
      x.offsets.push_back(static_cast<std::int64_t>(x.column.size()));
    }
    return x;
  }

  /// Two dense matrices, users × items: the ratings, and 1 where there is one.
  [[nodiscard]] std::pair<std::vector<double>, std::vector<int>> dense() const {
    std::vector<double> r(static_cast<std::size_t>(kUsers) * kItems, 0);
    std::vector<int> given(r.size(), 0);
    for (Index u = 0; u < kUsers; ++u) {
      const Row row = ratings_.view()[u];
      for (std::size_t e = 0; e < row.columns.size(); ++e) {
        const auto at = static_cast<std::size_t>(u) * kItems + static_cast<std::size_t>(row.columns[e]);
        r[at] = static_cast<double>(row.values[e]);
        given[at] = 1;
      }
    }
    return {r, given};
  }

  /// Ratings are scores within the bounds of the data; strangers get what everybody with their profile gets; loaded
  /// models and any number of threads too.
  void expect_served(const std::string& name, const std::string& params) {
    const auto model = rater(name, params);
    const auto scores = score_all(*model, ratings_.view()), ratings = rate_all(*model, ratings_.view());
    for (std::size_t i = 0; i < scores.size(); ++i)
      ASSERT_FLOAT_EQ(ratings[i], std::clamp(scores[i], 1.F, 5.F)) << name << ", place " << i;
    for (const int threads : {2, 4})
      EXPECT_EQ(score_all(*rater(name, params, threads), ratings_.view()), scores) << name << ", " << threads;
    Storage storage;
    model->save(storage);
    const auto loaded = make_model(name, params);
    loaded->load(storage);
    EXPECT_EQ(score_all(*loaded, ratings_.view()), scores);
    EXPECT_EQ(rate_all(*loaded, ratings_.view()), ratings);
  }

  /// Root of the mean squared error on what it was trained with.
  double training_error(const Recommender& model, const SparseMatrix& x) {
    const auto ratings = rate_all(model, x.view());
    double sum = 0;
    for (Index u = 0; u < kUsers; ++u) {
      const Row row = x.view()[u];
      for (std::size_t e = 0; e < row.columns.size(); ++e) {
        const auto at = static_cast<std::size_t>(u) * kItems + static_cast<std::size_t>(row.columns[e]);
        sum += std::pow(static_cast<double>(ratings[at]) - static_cast<double>(row.values[e]), 2);
      }
    }
    return std::sqrt(sum / static_cast<double>(x.column.size()));
  }

  /// All ratings equal, and all of them 0: that rating is what everybody gets, of every item.
  void expect_constants(const std::string& name, const std::string& params) {
    for (auto* change : {+[](float) { return 0.F; }, +[](float) { return 1.F; }, +[](float) { return 4.F; }}) {
      const SparseMatrix x = rated(change), t = x.transposed();
      const auto model = make_model(name, params);
      OneShotRun run;
      model->fit({x.view(), t.view(), {kUsers, {}}, {kItems, {}}}, run);
      for (const float rating : rate_all(*model, x.view())) ASSERT_EQ(rating, change(3)) << name;
      for (const float score : score_all(*model, x.view())) ASSERT_TRUE(std::isfinite(score)) << name;
    }
  }

  /// 500,000 items, of which one was rated once.
  void expect_a_huge_catalogue_to_be_served(const std::string& name, const std::string& params) {
    constexpr Index kMany = 500'000;
    std::vector<std::int64_t> by_user{0, 1}, by_item(static_cast<std::size_t>(kMany) + 1, 1);
    std::fill_n(by_item.begin(), 123'457, 0);
    const Index item = 123'456, user = 0;
    const float value = 4;
    const Interactions x{1, kMany, by_user, &item, &value, nullptr};
    const auto model = make_model(name, params);
    OneShotRun run;
    model->fit({x, {kMany, 1, by_item, &user, &value, nullptr}, {1, {}}, {kMany, {}}}, run);
    std::vector<float> scores(100);
    model->score({x, std::span(&user, 1)}, {scores.data(), 100, 1, 123'400, 100});
    for (const float score : scores) ASSERT_TRUE(std::isfinite(score)) << name;
  }
};

}  // namespace assay::test
