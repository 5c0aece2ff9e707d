// An entry with a grid stands for a model with each combination of the grid's values.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalogue.hpp"

namespace assay {
namespace {

using testing::ElementsAre;

std::string experiment(const std::string& models) { return R"({"datasets": ["tiny"], "models": [)" + models + "]}"; }

std::vector<std::string> labels(const Experiment& e) {
  std::vector<std::string> out;
  for (const auto& model : e.models) out.push_back(model.label);
  return out;
}

TEST(Grid, StandsForEachCombinationTheLastParameterFastest) {
  const Experiment e = test::parse(experiment(
      R"({"plugin": "popularity"},
         {"plugin": "item_knn", "grid": {"neighbours": [20, 50], "shrink": [0, 0.5]}})"));
  EXPECT_THAT(labels(e),
              ElementsAre("popularity", "item_knn_20_0", "item_knn_20_0-5", "item_knn_50_0", "item_knn_50_0-5"));
  EXPECT_EQ(e.models[2].params, R"({"neighbours":20,"shrink":0.5})");
  EXPECT_EQ(e.models[3].params, R"({"neighbours":50,"shrink":0.0})");
}

TEST(Grid, KeepsTheOtherParametersAndTheLabel) {
  const Experiment e = test::parse(experiment(
      R"({"plugin": "cfgan", "label": "gan", "params": {"epochs": 7}, "grid": {"hidden": [[300, 200], [5]], "mode": ["user"]}})"));
  EXPECT_THAT(labels(e), ElementsAre("gan_300-200_user", "gan_5_user"));
  EXPECT_EQ(e.models[0].params, R"({"epochs":7,"hidden":[300,200],"mode":"user","rate":0.001})");
}

TEST(Grid, TheExpandedListIsWhatIsStored) {
  const Experiment e = test::parse(experiment(R"({"plugin": "item_knn", "grid": {"neighbours": [1, 2, 3]}})"));
  EXPECT_EQ(labels(test::parse(e.resolved)), labels(e));
  EXPECT_EQ(test::parse(e.resolved).resolved, e.resolved);
}

TEST(Grid, ThatIsTooLargeIsRefusedBeforeItIsMade) {
  std::string values = "[0";
  for (int i = 1; i < 200; ++i) values += "," + std::to_string(i);
  values += "]";
  const std::string entry = R"({"plugin": "cfgan", "grid": {"epochs": )" + values + R"(, "rate": )" + values + "}}";
  EXPECT_THAT(test::complaint(experiment(entry)), testing::HasSubstr("stands for more than 10000 models"));
}

TEST(Grid, AnOverrideOfItsParameterIsRefused) {
  const std::string entry = R"({"plugin": "item_knn", "grid": {"neighbours": [1, 2]}})";
  EXPECT_THAT(test::complaint(experiment(entry), {"models.item_knn.neighbours=5"}),
              testing::HasSubstr("a parameter has one value, or several in \"grid\""));
}

}  // namespace
}  // namespace assay
