// The list of trials, and what keys depend on.

#include <gtest/gtest.h>
#include <set>

#include "catalogue.hpp"

namespace assay {
namespace {

using test::parse;

const char* const kText = R"({"datasets": ["tiny", {"plugin": "csv", "name": "b", "params": {"path": "far.csv"}}],
  "models": [{"plugin": "item_knn"}, {"plugin": "cfgan", "label": "gan"}, {"plugin": "popularity"}], "seeds": [4, 9]})";

std::string key_of(const Experiment& e, const std::string& label, std::optional<std::uint64_t> seed = {}) {
  for (std::size_t m = 0; m < e.models.size(); ++m)
    if (e.models[m].label == label) return trial_key(e, {0, m, seed, 0}, task_key(e, "data", "split"));
  return "no such label";
}

TEST(Trials, AreDatasetsTimesModelsTimesSeedsWhereAModelIsSeeded) {
  const auto trials = list_trials(parse(kText));
  ASSERT_EQ(trials.size(), 2 * (1 + 2 + 1U));
  EXPECT_EQ(trials[0].seed, std::nullopt);
  EXPECT_EQ(trials[1].model, 1U);
  EXPECT_EQ(trials[1].seed, 4U);
  EXPECT_EQ(trials[2].seed, 9U);
  EXPECT_EQ(trials[7].dataset, 1U);
}

TEST(TrialKey, DoesNotDependOnOrderLabelsOrMetrics) {
  const Experiment a = parse(kText);
  const Experiment b =
      parse(R"({"name": "other", "datasets": ["tiny"], "metrics": {"names": ["map"], "primary": "map@5"},
      "training": {"metric": "ndcg@10"}, "save_models": false,
      "models": [{"plugin": "cfgan", "label": "x"}, {"plugin": "item_knn", "params": {"neighbours": 100}}]})");
  EXPECT_EQ(key_of(a, "gan", 4), key_of(b, "x", 4));
  EXPECT_EQ(key_of(a, "item_knn"), key_of(b, "item_knn"));
  EXPECT_EQ(key_of(a, "item_knn").size(), 64U);
}

TEST(TrialKey, DependsOnAllThatChangesAResult) {
  const Experiment a = parse(kText);
  std::set<std::string> keys{key_of(a, "gan", 4), key_of(a, "gan", 9), key_of(a, "item_knn"), key_of(a, "popularity")};
  keys.insert(key_of(parse(kText, {"models.gan.epochs=7"}), "gan", 4));
  keys.insert(key_of(parse(kText, {"training.validate_every=1"}), "gan", 4));
  keys.insert(key_of(parse(kText, {"training.metric=map@3"}), "gan", 4));
  keys.insert(key_of(parse(kText, {"split.validation=0.1"}), "gan", 4));  // keeps the best weights then
  keys.insert(key_of(parse(kText, {"resources.threads=2"}), "gan", 4));
  EXPECT_EQ(keys.size(), 9U);
}

TEST(TrialKey, ThreadsCountOnlyWhereTheyChangeBits) {
  EXPECT_EQ(key_of(parse(kText), "item_knn"), key_of(parse(kText, {"resources.threads=2"}), "item_knn"));
}

TEST(TaskKey, DependsOnDataSplitAndProfiles) {
  const Experiment a = parse(kText), b = parse(kText, {"split.validation=0.1", "training.profile=train+validation"});
  const std::set<std::string> keys{task_key(a, "d", "s"), task_key(a, "e", "s"), task_key(a, "d", "t"),
                                   task_key(b, "d", "s")};
  EXPECT_EQ(keys.size(), 4U);
}

TEST(BuildKey, DependsOnThePluginsBuild) {
  const Experiment a = parse(kText);
  EXPECT_NE(build_key(a.models[0]), build_key(a.models[1]));
  EXPECT_EQ(build_key(a.models[0]), build_key(parse(kText, {"models.item_knn.shrink=3"}).models[0]));
}

}  // namespace
}  // namespace assay
