// What a good experiment file becomes, and that its resolved form becomes the same.

#include "experiment/experiment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "catalogue.hpp"

namespace assay {
namespace {

using test::parse;
using testing::ElementsAre;

const char* const kFull = R"({
  // all that an experiment can say
  "name": "full", "description": "d",
  "datasets": ["tiny", {"plugin": "csv", "params": {"path": "datasets/tiny.csv", "user": "u"}, "name": "shop",
                        "licence": "none", "expected": {"users": 3, "fingerprint": "f"}}],
  "filter": {"from": "2001-02-03", "until": "2001-02-03T04:05:06Z", "min_rating": 3.5, "duplicates": "first", "k_core": 5},
  "split": {"strategy": "random_holdout", "test": 0.25, "validation": 0.1, "per_user": false, "seed": 7},
  "models": [{"plugin": "popularity"},
             {"plugin": "item_knn", "params": {"neighbours": 200}},
             {"plugin": "cfgan", "params": {"hidden": [300, 200], "mode": "user"}, "label": "cfgan_user"}],
  "seeds": [3, 1],
  "training": {"validate_every": 2, "patience": 4, "min_delta": 0.001, "metric": "recall@3", "keep": "last",
               "refit": true, "profile": "train+validation", "checkpoint_every": 9},
  "metrics": {"names": ["recall", "auc"], "cutoffs": [10, 5], "primary": "recall@5"},
  "reference": "item_knn",
  "backend": {"plugin": "local", "params": {"jobs": 2}},
  "resources": {"threads": 1, "memory_mb": 512, "seconds": 60},
  "reproducible": false, "save_models": false
})";

const char* const kShort = R"({"datasets": ["tiny"], "models": [{"plugin": "popularity"}]})";

TEST(Experiment, ReadsEverySection) {
  const Experiment e = parse(kFull);
  EXPECT_EQ(e.name, "full");
  ASSERT_EQ(e.datasets.size(), 2U);
  EXPECT_EQ(e.datasets[0].citation, "Nobody, 2020");
  EXPECT_EQ(e.datasets[1].name, "shop");
  EXPECT_EQ(e.datasets[1].library, "/plugins/csv.so");
  EXPECT_EQ(e.datasets[1].expected_users, 3);
  EXPECT_EQ(e.filter.from_ms, 981158400000);
  EXPECT_EQ(e.filter.until_ms, 981158400000 + ((4 * 60 + 5) * 60 + 6) * 1000);
  EXPECT_EQ(e.filter.item_core, 5);
  EXPECT_EQ(e.filter.duplicates, Duplicates::keep_first);
  EXPECT_EQ(e.split.test, 0.25);
  EXPECT_FALSE(e.split.per_user);
  EXPECT_EQ(e.models[1].params, R"({"neighbours":200,"shrink":0.0})");
  EXPECT_EQ(e.models[2].label, "cfgan_user");
  EXPECT_EQ(e.models[2].build_id, "build-cfgan");
  EXPECT_THAT(e.seeds, ElementsAre(3, 1));
  EXPECT_EQ(e.training.metric, "recall@3");
  EXPECT_TRUE(e.training.refit);
  EXPECT_TRUE(e.training.profile_with_validation);
  EXPECT_FALSE(e.training.keep_best);
  EXPECT_THAT(e.metrics.cutoffs, ElementsAre(5, 10));
  EXPECT_EQ(e.reference, "item_knn");
  EXPECT_EQ(e.memory_bytes, std::int64_t{512} << 20);
  EXPECT_FALSE(e.reproducible);
}

TEST(Experiment, EqualLabelsNamesAndSeedsAreToldOnceEach) {  // each with each took gigabytes, then minutes
  std::string text = R"({"datasets": [)", models, seeds;
  for (int i = 0; i < 20'000; ++i) {
    text += R"({"plugin": "csv", "params": {"path": "far.csv"}},)";
    models += R"({"plugin": "popularity"},)";
    seeds += "7,";
  }
  const std::string found = test::complaint(text + R"("tiny"], "models": [)" + models +
                                            R"({"plugin": "cfgan"}], "seeds": [)" + seeds + "7]}");
  EXPECT_THAT(found, testing::HasSubstr("\nand 58998 more"));
}

TEST(Experiment, FillsInDefaults) {
  const Experiment e = parse(kShort);
  EXPECT_EQ(e.name, "test");  // the file's
  EXPECT_THAT(e.seeds, ElementsAre(1));
  EXPECT_EQ(e.models[0].label, "popularity");
  EXPECT_EQ(e.metrics.primary, "ndcg@10");
  EXPECT_EQ(e.training.metric, "ndcg@10");
  EXPECT_EQ(e.backend.params, R"({"cores":0,"jobs":0})");
  EXPECT_TRUE(e.save_models);
}

TEST(Experiment, WithoutAValidationPartNothingStopsEarlyAndTheLastWeightsStay) {
  const Experiment e = parse(kShort);
  EXPECT_EQ(e.training.patience, 0);
  EXPECT_FALSE(e.training.keep_best);
  const Experiment with = parse(kShort, {"split.validation=0.1"});
  EXPECT_EQ(with.training.patience, 10);
  EXPECT_TRUE(with.training.keep_best);
  const Experiment given = parse(kShort, {"split.strategy=given"});  // the data may have one
  EXPECT_EQ(given.training.patience, 10);
}

TEST(Experiment, ThePrimaryMetricIsOneThatIsComputed) {
  EXPECT_EQ(parse(kShort, {"metrics.names=[\"map\"]", "metrics.cutoffs=[3,4]"}).metrics.primary, "map@3");
  EXPECT_EQ(parse(kShort, {"metrics.names=[\"auc\"]"}).metrics.primary, "auc");
  EXPECT_EQ(parse(kShort, {"metrics.names=[\"map\",\"ndcg\"]"}).metrics.primary, "ndcg@10");
}

TEST(Experiment, FindsFilesBesideTheCardThatNamesThemAndInTheDataFolders) {
  const std::string folder = ASSAY_SOURCE_DIR "/tests/golden/experiment/";
  const auto path = [](const Experiment& e) {
    return nlohmann::json::parse(e.datasets[0].params)["path"].get<std::string>();
  };
  EXPECT_EQ(path(parse(kShort)), folder + "datasets/tiny.csv");
  EXPECT_EQ(path(parse(kShort, {"datasets=[\"datasets/tiny.json\"]"})), folder + "datasets/tiny.csv");
  EXPECT_EQ(path(parse(kShort, {R"(datasets=[{"plugin":"csv","params":{"path":"far.csv"}}])"})),
            folder + "more/far.csv");
  const std::string absolute = R"(datasets=[{"plugin":"csv","params":{"path":")" + folder + R"(more/far.csv"}}])";
  EXPECT_EQ(path(parse(kShort, {absolute.c_str()})), folder + "more/far.csv");
}

TEST(Experiment, ItsResolvedFormReadsAsItself) {
  const char* const splits[] = {R"({"strategy": "given"})",
                                R"({"strategy": "given", "validation": 0.1, "seed": 3})",
                                R"({"strategy": "random_holdout", "validation": 0.1})",
                                R"({"strategy": "leave_one_out", "validation": true, "last_by_time": false})",
                                R"({"strategy": "temporal_user", "test": 0.3})",
                                R"({"strategy": "temporal_global", "test": 0.3, "validation": 0.2})",
                                R"({"strategy": "temporal_global", "test_from": "2020-01-01"})",
                                R"({"strategy": "temporal_global", "test_from": 5000, "validation_from": 4000})"};
  std::vector<Experiment> experiments{parse(kFull), parse(kShort)};
  for (const char* split : splits) experiments.push_back(parse(kShort, {(std::string("split=") + split).c_str()}));
  for (const Experiment& e : experiments) {
    const Experiment again = parse(e.resolved);
    EXPECT_EQ(e.resolved, again.resolved);
    EXPECT_EQ(task_key(e, "d", "s"), task_key(again, "d", "s"));
  }
}

}  // namespace
}  // namespace assay
