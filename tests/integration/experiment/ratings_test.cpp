// Ratings in a whole experiment: measured, stopped by, and passed over where a model does not rate.

#include <algorithm>
#include <cmath>
#include <fstream>

#include "assay/random.hpp"

#include "laboratory.hpp"

namespace assay {
namespace {

class Ratings : public Laboratory {
 protected:
  void SetUp() override {
    Laboratory::SetUp();
    std::ofstream file(folder_ / "ratings.csv");
    file << "user,item,rating\n";
    Random random(9);
    for (int user = 0; user < 80; ++user)
      for (int item = 0; item < 40; ++item) {
        const double taste = 1 + 0.8 * (user % 6) + (user % 2 == item % 2 ? 0.5 : -0.5) + 0.5 * random.normal();
        if (random.uniform() < 0.4)
          file << user << "," << item << "," << std::clamp(static_cast<int>(std::lround(taste)), 1, 5) << "\n";
      }
  }
  Finished compare(const std::string& models) const {
    std::ofstream(folder_ / "rate.json") << R"({"name": "rate", "datasets": [{"plugin": "csv", "params":
      {"path": "ratings.csv", "user": "user", "item": "item", "value": "rating"}}],
      "split": {"strategy": "random_holdout", "per_user": false, "test": 0.2, "validation": 0.2, "seed": 1},
      "training": {"metric": "rmse", "validate_every": 1, "patience": 2},
      "metrics": {"names": ["rmse", "mae", "ndcg"], "cutoffs": [5], "primary": "rmse"}, "models": [)"
                                         << models << "]}";
    return runner({"run", (folder_ / "rate.json").string()});
  }
};

TEST_F(Ratings, AreMeasuredAndAModelWithoutThemComesLast) {
  const Finished run = compare(R"({"plugin": "popularity"}, {"plugin": "slope_one"}, {"plugin": "global_effects"},
    {"plugin": "global_effects", "label": "mean",
     "params": {"item_shrink": 1e12, "user_shrink": 1e12, "interactions": false}})");
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(ask("SELECT label FROM v_results WHERE code = 'nan' AND metric IN ('rmse', 'mae')"),
            (std::vector<std::string>{"popularity", "popularity"}));
  const auto order = ask("SELECT label FROM v_leaderboard WHERE metric = 'rmse' ORDER BY rank");
  ASSERT_EQ(order.size(), 4U);
  EXPECT_EQ(order[2], "mean") << "a lower error is better";
  EXPECT_EQ(order[3], "popularity") << "what cannot be measured comes last";
  EXPECT_EQ(ask("SELECT count(*) FROM unit_metrics u JOIN metrics m ON m.id = u.metric_id WHERE m.key = 'rmse'"),
            std::vector<std::string>{"4"})
      << "each user's own error is kept";
}

TEST_F(Ratings, StopTheTrainingOfAModelThatRatesAndOfNoOther) {
  const Finished run = compare(R"({"plugin": "funk_svd", "params":
      {"factors": 30, "epochs": 400, "learning_rate": 0.05, "user_l2": 0, "item_l2": 0}},
    {"plugin": "bpr_mf", "params": {"epochs": 9}})");
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(ask("SELECT label FROM runs WHERE stopped_early = 1"), std::vector<std::string>{"funk_svd"});
  EXPECT_EQ(ask("SELECT epochs || ' ' || best_epoch FROM runs WHERE label = 'bpr_mf'"),
            std::vector<std::string>{"9 9"});
  EXPECT_EQ(ask("SELECT r.best_epoch FROM runs r WHERE label = 'funk_svd'"),
            ask("SELECT epoch FROM v_curves WHERE label = 'funk_svd' AND series = 'rmse' AND kind = 'validation' "
                "ORDER BY value, epoch LIMIT 1"))
      << "the best weights are those of the lowest error";
}

}  // namespace
}  // namespace assay
