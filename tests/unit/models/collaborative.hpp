// Random training data, and what every collaborative filter must keep: bits at any number of threads, for any slice and
// any company in a batch, and after a reload.
#pragma once
#include <cstring>
#include <gtest/gtest.h>
#include <numeric>
#include <string>
#include <vector>

#include "../linalg/random_sparse.hpp"
#include "trained.hpp"

namespace assay::test {

inline constexpr Index kUsers = 90, kItems = 70;

class Collaborative : public testing::Test {
 protected:
  const Sparse x_ = random_sparse(kUsers, kItems, 0.15, false, 11), t_ = transposed(x_);
  const TrainingData data_{x_.view(), t_.view(), {kUsers, {}}, {kItems, {}}};

  std::shared_ptr<Recommender> fitted(const std::string& name, const std::string& params, int threads = 1) {
    auto model = make_model(name, params);
    OneShotRun run(1, threads);
    model->fit(data_, run);
    return model;
  }

  /// x(u, i) as the model sees it.
  [[nodiscard]] double seen(Index user, Index item, bool use_values) const {
    const float value = x_.at(user, item);
    return use_values ? value : value != 0;
  }

  void expect_near(const std::vector<float>& scores, const std::vector<double>& expected) {
    ASSERT_EQ(scores.size(), expected.size());
    for (std::size_t i = 0; i < scores.size(); ++i)
      ASSERT_NEAR(scores[i], expected[i], 1e-4) << "user " << i / kItems << ", item " << i % kItems;
  }

  void expect_stable(const std::string& name, const std::string& params) {
    const auto model = fitted(name, params);
    const auto whole = score_all(*model, x_.view());
    for (const int threads : {2, 3, 4})
      EXPECT_EQ(score_all(*fitted(name, params, threads), x_.view()), whole) << name << ", " << threads << " threads";
    Storage storage;
    model->save(storage);
    const auto loaded = make_model(name, params);
    loaded->load(storage);
    EXPECT_EQ(score_all(*loaded, x_.view()), whole) << name << " changed by save and load";
    const auto n = static_cast<std::size_t>(kItems);
    for (Index user = 0; user < kUsers; ++user)
      for (const auto& [first, count] : {std::pair<Index, Index>{0, kItems}, {0, 9}, {9, 40}, {49, 21}}) {
        const Interactions alone{1,
                                 kItems,
                                 std::span(x_.offsets).subspan(static_cast<std::size_t>(user), 2),
                                 x_.column.data(),
                                 x_.value.data(),
                                 nullptr};
        std::vector<float> out(static_cast<std::size_t>(count));
        model->score({alone, std::span(&user, 1)}, {out.data(), count, 1, first, count});
        const float* expected = whole.data() + static_cast<std::size_t>(user) * n + static_cast<std::size_t>(first);
        ASSERT_EQ(std::memcmp(out.data(), expected, out.size() * sizeof(float)), 0) << name << ", user " << user;
      }
  }
};

}  // namespace assay::test
