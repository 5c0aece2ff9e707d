// The JSON Schema knows the same keys as the reader.

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "catalogue.hpp"

namespace assay {
namespace {

using nlohmann::json;

TEST(ExperimentSchema, NamesThePluginsAndTheirParameters) {
  const json schema = json::parse(experiment_schema(test::catalogue()));
  const json& model = schema["$defs"]["model"];
  EXPECT_EQ(model["properties"]["plugin"]["enum"], json({"cfgan", "item_knn", "pictures", "popularity"}));
  EXPECT_EQ(model["allOf"][1]["then"]["properties"]["params"]["properties"]["neighbours"]["minimum"], 1);
  EXPECT_EQ(schema["properties"]["split"]["properties"]["strategy"]["enum"].size(), 5U);
  EXPECT_EQ(schema["properties"]["metrics"]["properties"]["names"]["items"]["enum"].size(), all_metrics().size());
}

/// Every key of a value is a property of its schema, at all depths.
void expect_known(const json& value, const json& schema, const json& root, const std::string& where) {
  json here = schema;
  if (here.contains("$ref")) here = root.at(json::json_pointer(here["$ref"].get<std::string>().substr(1)));
  if (here.contains("anyOf")) return expect_known(value, here["anyOf"].back(), root, where);
  if (value.is_array())
    for (const auto& entry : value) expect_known(entry, here.value("items", json::object()), root, where + "/*");
  if (!value.is_object() || !here.contains("properties")) return;
  for (const auto& [key, child] : value.items()) {
    EXPECT_TRUE(here["properties"].contains(key)) << where << "/" << key;
    if (here["properties"].contains(key)) expect_known(child, here["properties"][key], root, where + "/" + key);
  }
}

TEST(ExperimentSchema, KnowsEveryKeyOfAResolvedExperiment) {
  const json schema = json::parse(experiment_schema(test::catalogue()));
  const auto e = test::parse(R"({"datasets": ["tiny"], "models": [{"plugin": "cfgan"}]})");
  expect_known(json::parse(e.resolved), schema, schema, "");
}

TEST(ExperimentSchema, EveryTopLevelKeyOfItIsKnownToTheReader) {
  const json schema = json::parse(experiment_schema(test::catalogue()));
  json probe{{"datasets", {"tiny"}}, {"models", {{{"plugin", "popularity"}}}}};
  for (const auto& [section, content] : schema["properties"].items()) {
    if (!content.contains("properties")) continue;
    for (const auto& [key, value] : content["properties"].items()) probe[section][key] = "?";
  }
  const std::string complaint = test::complaint(probe.dump());
  EXPECT_EQ(complaint.find("unknown key"), std::string::npos) << complaint;
}

}  // namespace
}  // namespace assay
