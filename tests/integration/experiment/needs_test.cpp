// What models say they will take, against what they took; and trials that are refused before they start.

#include <fstream>

#include "laboratory.hpp"

namespace assay {
namespace {

class Sizes : public Laboratory {
 protected:
  /// Every model of the tree, on a shop that is large enough for the models to outweigh the program.
  void write_experiment(const std::string& more) const {
    std::ofstream(folder_ / "sizes.json") << R"({"name": "sizes",
      "datasets": [{"plugin": "synthetic_shop", "params":
        {"users": 3000, "items": 3000, "interactions": 60000, "behaviours": false}}],
      "split": {"strategy": "random_holdout", "test": 0.2, "validation": 0.1},
      "models": [{"plugin": "popularity"}, {"plugin": "random"}, {"plugin": "user_knn"}, {"plugin": "ease"},
        {"plugin": "p3alpha"}, {"plugin": "rp3beta"}, {"plugin": "slim"}, {"plugin": "slim_bpr", "params": {"epochs": 1}},
        {"plugin": "pure_svd"}, {"plugin": "nmf", "params": {"epochs": 1}}, {"plugin": "ials", "params": {"epochs": 1}},
        {"plugin": "slope_one"}, {"plugin": "content_knn"}, {"plugin": "hybrid_knn"},
        {"plugin": "item_knn", "params": {"neighbours": 200}},
        {"plugin": "bpr_mf", "params": {"epochs": 2}}, {"plugin": "warp_mf", "params": {"epochs": 2}},
        {"plugin": "funk_svd", "params": {"epochs": 2}}, {"plugin": "svdpp", "params": {"epochs": 2}},
        {"plugin": "global_effects"},
        {"plugin": "cfgan", "params": {"epochs": 1, "generator_steps": 1, "discriminator_steps": 1}},
        {"plugin": "cfgan", "label": "cfgan_user", "params":
          {"mode": "user", "epochs": 1, "generator_steps": 1, "discriminator_steps": 1}}],
      "metrics": {"names": ["ndcg"], "cutoffs": [10], "primary": "ndcg@10"})"
                                          << more << "}";
  }
  [[nodiscard]] std::string file() const { return (folder_ / "sizes.json").string(); }
};

TEST_F(Sizes, AreNeitherExceededNorFarFromTheTruth) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "AddressSanitizer's own memory hides what models take";
#endif
  write_experiment("");
  const Finished run = runner({"run", file()});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_NE(run.err.find("the largest trial needs about"), std::string::npos) << run.err;
  // A bound that is loose by some tens of MiB keeps no trial from its machine: only beyond them it has to be near.
  const auto wrong = ask(
      "SELECT r.label || ': took ' || r.peak_bytes || ', said ' || t.value FROM runs r JOIN tags t ON t.run_id = r.id "
      "WHERE t.name = 'estimated_memory_bytes' AND "
      "NOT (t.value * 1.0 BETWEEN 0.95 * r.peak_bytes AND 2.2 * r.peak_bytes + 64 * 1024 * 1024)");
  for (const std::string& line : wrong) ADD_FAILURE() << line;
  EXPECT_EQ(ask("SELECT count(*) FROM tags WHERE name = 'estimated_memory_bytes'"), std::vector<std::string>{"22"});
}

TEST_F(Sizes, AboveTheLimitATrialIsARowThatSaysSoAndTheOthersRun) {
  write_experiment(R"(, "resources": {"memory_mb": 70})");
  const Finished run = runner({"run", file()});
  EXPECT_EQ(run.exit_code, 1) << run.err;
  const auto status = statuses();
  EXPECT_EQ(status.at("ease"), "failed");
  const auto reasons = ask("SELECT reason FROM runs WHERE label = 'ease'");
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_TRUE(reasons[0].starts_with("not started: it needs about ")) << reasons[0];
  EXPECT_NE(reasons[0].find("the experiment allows 70.0 MiB (resources.memory_mb)"), std::string::npos) << reasons[0];
  EXPECT_NE(run.err.find("not started: it needs about "), std::string::npos) << run.err;
  const Finished resumed = runner({"resume", file()});
  EXPECT_EQ(resumed.exit_code, 1) << resumed.err;
#ifndef __SANITIZE_ADDRESS__
  EXPECT_EQ(status.at("popularity"), "done");
#endif
}

}  // namespace
}  // namespace assay
