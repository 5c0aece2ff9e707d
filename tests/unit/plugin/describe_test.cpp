// Descriptions as JSON and as JSON Schema.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "assay/errors.hpp"

#include "fixtures.hpp"
#include "plugin/catalogue.hpp"

namespace assay {
namespace {

using nlohmann::json;

ComponentDescription echo() { return Library::open(test::test_plugin("good"))->components().at(0); }

TEST(Describe, ADescriptionComesBackWholeFromItsJson) {
  const ComponentDescription before = echo();
  const ComponentDescription after = component_from_json(to_json(before));
  EXPECT_EQ(to_json(after), to_json(before));
  std::vector<ParamFinding> findings;
  const std::string values = R"({"file": "f", "rate": 0.125})";
  EXPECT_EQ(resolve_params(after, values, findings), resolve_params(before, values, findings));
}

TEST(Describe, JsonOfSomethingElseIsAnError) {
  EXPECT_THROW(static_cast<void>(component_from_json("{}")), Error);
  EXPECT_THROW(static_cast<void>(component_from_json("oops")), Error);
}

TEST(Describe, TheSchemaSaysWhatTheCheckerChecks) {
  const json schema = json::parse(params_schema(echo()));
  EXPECT_EQ(schema["additionalProperties"], false);
  EXPECT_EQ(schema["required"], json({"file"}));
  const json& p = schema["properties"];
  EXPECT_EQ(p.size(), 13u);
  EXPECT_EQ(p["count"], json({{"type", "integer"},
                              {"minimum", 1},
                              {"maximum", 10},
                              {"default", 3},
                              {"description", "How many there are."}}));
  EXPECT_EQ(p["rate"]["exclusiveMinimum"], 0);
  EXPECT_EQ(p["rate"]["exclusiveMaximum"], 1);
  EXPECT_EQ(p["mode"]["enum"], json({"fast", "exact"}));
  EXPECT_EQ(p["layers"]["items"]["minimum"], 1);
  EXPECT_EQ(p["limit"]["type"], json({"number", "string"}));
  EXPECT_FALSE(p["file"].contains("default"));
}

TEST(Describe, BoundsOfTheTypeAloneAreNotTold) {
  for (const auto& p : echo().params) {
    if (p.name == "count") {
      EXPECT_EQ(range_text(p), "at least 1 and at most 10");
    }
    if (p.name == "layers") {
      EXPECT_EQ(range_text(p), "at least 1");
    }
    if (p.name == "rate") {
      EXPECT_EQ(range_text(p), "above 0 and below 1");
    }
  }
}

}  // namespace
}  // namespace assay
