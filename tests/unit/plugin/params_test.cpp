// Values against parameters: what is accepted, how it is written, and what is said of the rest.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixtures.hpp"
#include "plugin/catalogue.hpp"

namespace assay {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Params : public testing::Test {
 protected:
  static const ComponentDescription& echo() {
    static const auto library = Library::open(test::test_plugin("good"));
    return library->components().at(0);
  }
  /// "POINTER: MESSAGE" of the only finding.
  static std::string finding(const std::string& name, const std::string& value) {
    std::vector<ParamFinding> findings;
    static_cast<void>(resolve_params(echo(), R"({"file": "f", ")" + name + "\": " + value + "}", findings));
    if (findings.size() != 1) return std::to_string(findings.size()) + " findings";
    return findings[0].pointer + ": " + findings[0].message;
  }
};

TEST_F(Params, AllDefaultsAreFilledInSortedAndWithoutSpaces) {
  std::vector<ParamFinding> findings;
  EXPECT_EQ(resolve_params(echo(), R"({"file": "f"})", findings),
            R"({"count":3,"file":"f","flag":true,"large":1,"layers":[64,32],"limit":"inf","mode":"fast",)"
            R"("note":"say \"hi\"","rate":0.5,"small":7,"step":0.1,"weights":[],"words":["a","b"]})");
  EXPECT_TRUE(findings.empty());
}

TEST_F(Params, OneValueHasOneSpelling) {
  std::vector<ParamFinding> findings;
  const auto canonical = [&](const std::string& values) {
    return resolve_params(echo(), R"({"file": "f", )" + values + "}", findings);
  };
  EXPECT_EQ(canonical(R"("count": 5, "step": 1)"), canonical(R"("step": 1.0, "count": 5.0)"));
  EXPECT_EQ(canonical(R"("rate": 5e-1)"), canonical(R"("words": ["a", "b"])"));
  EXPECT_TRUE(findings.empty());
}

TEST_F(Params, ACanonicalObjectResolvesToItself) {
  std::vector<ParamFinding> findings;
  const auto once = resolve_params(echo(), R"({"file": "f", "weights": [0.1, 1]})", findings);
  EXPECT_EQ(resolve_params(echo(), once, findings), once);
  EXPECT_TRUE(findings.empty());
}

TEST_F(Params, AnUnknownNameGetsTheNearest) {
  EXPECT_EQ(finding("conut", "3"), R"(/conut: echo has no such parameter. Did you mean "count"?)");
  EXPECT_THAT(finding("a/b~c", "3"), HasSubstr("/a~1b~0c: echo has no such parameter. It has: flag, count"));
}

TEST_F(Params, ValuesOutsideTheirBoundsAreRefusedWithTheBounds) {
  EXPECT_EQ(finding("count", "0"), "/count: must be at least 1 and at most 10, not 0 (How many there are.)");
  EXPECT_THAT(finding("count", "11"), HasSubstr("at most 10"));
  EXPECT_THAT(finding("large", "-6"), HasSubstr("must be at least -5, not -6"));
  EXPECT_THAT(finding("weights", "[0, 1.5]"), HasSubstr("/weights/1: must be at least 0 and at most 1, not 1.5"));
}

TEST_F(Params, AnOpenBoundIsItselfOutside) {
  EXPECT_THAT(finding("rate", "0"), HasSubstr("must be above 0 and below 1, not 0"));
  EXPECT_THAT(finding("rate", "1"), HasSubstr("must be above 0 and below 1, not 1"));
  EXPECT_EQ(finding("rate", "1e-300"), "0 findings");
}

TEST_F(Params, ValuesThatTheTypeInCppCannotHoldAreRefused) {
  EXPECT_EQ(finding("small", "256"), "/small: must be at least 0 and at most 255, not 256 (A number of one byte.)");
  EXPECT_THAT(finding("layers", "[-3000000000]"), HasSubstr("/layers/0: must be at least 1"));
  EXPECT_THAT(finding("small", "-1"), HasSubstr("/small: must be at least 0"));
  EXPECT_THAT(finding("layers", "[3000000000]"), HasSubstr("/layers/0: must be at least 1"));
  EXPECT_THAT(finding("step", "1e39"), HasSubstr("/step: must be at least 0"));
  EXPECT_THAT(finding("large", "18446744073709551615"), HasSubstr("/large: must be below 2^63"));
}

TEST_F(Params, WrongTypesAreRefused) {
  EXPECT_THAT(finding("flag", "1"), HasSubstr("/flag: must be true or false, not 1"));
  EXPECT_THAT(finding("count", "2.5"), HasSubstr("/count: must be an integer, not 2.5"));
  EXPECT_THAT(finding("count", "\"3\""), HasSubstr("/count: must be an integer, not \"3\""));
  EXPECT_THAT(finding("rate", "null"), HasSubstr("/rate: must be a number, not null"));
  EXPECT_THAT(finding("rate", "\"inf\""), HasSubstr("/rate: must be a number"));
  EXPECT_THAT(finding("layers", "3"), HasSubstr("/layers: must be a list of integers, not 3"));
  EXPECT_THAT(finding("words", "[1]"), HasSubstr("/words/0: must be a text, not 1"));
  EXPECT_THAT(finding("note", "[\"x\"]"), HasSubstr("/note: must be a text"));
}

TEST_F(Params, AWrongChoiceGetsTheListAndTheNearest) {
  EXPECT_EQ(finding("mode", "\"exat\""), R"(/mode: must be one of fast, exact, not "exat". Did you mean "exact"?)");
}

TEST_F(Params, ARequiredParameterThatIsMissingIsNamedWithItsMeaning) {
  std::vector<ParamFinding> findings;
  static_cast<void>(resolve_params(echo(), "{}", findings));
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].pointer, "");
  EXPECT_EQ(findings[0].message, "echo needs the parameter \"file\": A file.");
}

TEST_F(Params, AllFindingsComeAtOnce) {
  std::vector<ParamFinding> findings;
  static_cast<void>(resolve_params(echo(), R"({"count": 0, "rate": 2, "nope": 1})", findings));
  EXPECT_EQ(findings.size(), 4u);
}

TEST_F(Params, WhatIsNoObjectIsRefusedAsAWhole) {
  for (const char* text : {"[]", "3", "", "{\"a\":"}) {
    std::vector<ParamFinding> findings;
    static_cast<void>(resolve_params(echo(), text, findings));
    ASSERT_EQ(findings.size(), 1u) << text;
    EXPECT_THAT(findings[0].message, HasSubstr("must be a JSON object"));
  }
}

}  // namespace
}  // namespace assay
