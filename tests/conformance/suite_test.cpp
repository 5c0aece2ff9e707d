// The suite finds each fault of the misbehaving models, by the rule that is there for it and by no other.

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>

#include "plugin/child.hpp"
#include "plugin/conformance/conformance.hpp"

namespace assay {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::filesystem::path test_plugin(const std::string& name) {
  return std::filesystem::path(ASSAY_BINARY_DIR) / "tests" / "plugins" / (name + ".so");
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kAllocatorIsWatched = false;
#else
constexpr bool kAllocatorIsWatched = true;
#endif

class Suite : public testing::Test {
 protected:
  static const ConformanceReport& report() {
    static const ConformanceReport report = check_library(test_plugin("misbehaving"), 120);
    return report;
  }
  static const ComponentReport& of(const std::string& name) {
    const auto& all = report().components;
    return *std::find_if(all.begin(), all.end(), [&](const auto& c) { return c.name == name; });
  }
  static std::vector<std::string> broken(const std::string& name) {
    std::vector<std::string> out;
    for (const auto& r : of(name).results)
      if (r.verdict == Verdict::broken) out.push_back(r.rule);
    return out;
  }
  static std::string seen(const std::string& name) {
    for (const auto& r : of(name).results)
      if (r.verdict == Verdict::broken) return r.seen;
    return "nothing";
  }
};

TEST_F(Suite, AModelThatKeepsAllRulesPassesThemAll) {
  EXPECT_THAT(broken("none"), IsEmpty());
  for (const auto& r : of("none").results) {
    const bool known = kAllocatorIsWatched || r.rule != "memory";
    EXPECT_EQ(r.verdict, known ? Verdict::kept : Verdict::skipped) << r.rule << ": " << r.seen;
  }
}

TEST_F(Suite, OneFaultBreaksOneRule) {
  const std::map<std::string, std::string> expected{{"hidden_state", "deterministic"},
                                                    {"not_a_number", "scores"},
                                                    {"empty_place", "scores"},
                                                    {"beyond", "scores"},
                                                    {"throwing", "scores"},
                                                    {"forgets_to_save", "saves"},
                                                    {"not_seeded", "seeds"},
                                                    {"seeded_in_vain", "seeds"},
                                                    {"infinite_loss", "reports"},
                                                    {"deaf", "loop"},
                                                    {"disturbed", "validation"},
                                                    {"slices", "slices"},
                                                    {"threads", "threads"},
                                                    {"plain_data", "plain"},
                                                    {"repelled", "fold_in"},
                                                    {"looks_up", "fold_in"},
                                                    {"forgetful_checkpoint", "resumes"},
                                                    {"forgetful_schedule", "resumes"},
                                                    {"threads_of_a_crowd", "threads"},
                                                    {"own_loop", "cancels"},
                                                    {"cancel_error", "cancels"},
                                                    {"hoards", "memory"},
                                                    {"ignores_cold", "cold_items"},
                                                    {"one_user", "one_user"},
                                                    {"one_item", "one_item"},
                                                    {"empty", "empty"},
                                                    {"equal", "equal"},
                                                    {"rates_nothing", "rates"},
                                                    {"rates_by_mood", "rates_again"},
                                                    {"rates_by_company", "rates_alone"}};
  for (const auto& [fault, rule] : expected) {
    if (rule == "memory" && !kAllocatorIsWatched) continue;
    EXPECT_THAT(broken(fault), ElementsAre(rule)) << fault;
  }
  EXPECT_THAT(broken("neighbours"), ElementsAre("neighbours", "fold_in"));  // strangers have neighbours too
}

TEST_F(Suite, ACrashIsTheRuleThatWasBeingTried) {
  EXPECT_THAT(broken("crash_in_fit"), ElementsAre("fits"));
  EXPECT_THAT(seen("crash_in_fit"), HasSubstr("crashed (SIGABRT)"));
  EXPECT_THAT(broken("crash_in_score"), ElementsAre("scores"));
}

TEST_F(Suite, SaysWhatWasSeenAndHowToMendIt) {
  EXPECT_THAT(seen("not_a_number"), HasSubstr("the score of item 0 of row 1 is NaN"));
  EXPECT_THAT(seen("empty_place"), HasSubstr("the score of item 4 of row 0 was not written"));
  EXPECT_THAT(seen("beyond"), HasSubstr("wrote beyond the 50 items of row 0"));
  EXPECT_THAT(seen("infinite_loss"), HasSubstr("loss \"fit\" is inf in epoch 1"));
  EXPECT_THAT(seen("throwing"), HasSubstr("no scores today"));
  EXPECT_THAT(seen("own_loop"), HasSubstr("the loss \"warm-up\" was reported more than once outside of an epoch"));
  EXPECT_THAT(seen("cancel_error"), HasSubstr("something else than assay::Cancelled when it was cancelled after 0"));
  EXPECT_THAT(seen("forgetful_schedule"), HasSubstr("after resuming from epoch"));
  EXPECT_THAT(seen("ignores_cold"), HasSubstr("equal scores, though their attributes differ"));
  EXPECT_THAT(seen("rates_nothing"), HasSubstr("the rating of item 0 by row 0 is NaN"));
  for (const auto& component : report().components)
    for (const auto& r : component.results) EXPECT_EQ(r.verdict == Verdict::broken, !r.remedy.empty()) << r.rule;
}

TEST_F(Suite, BadlyDeclaredParametersAreFound) {
  EXPECT_THAT(broken("undocumented"), testing::Contains("documented"));
  EXPECT_THAT(broken("undocumented"), testing::Contains("defaults"));
}

TEST_F(Suite, AFaultOfOneComponentIsNoneOfTheNext) { EXPECT_EQ(report().components.size(), 35u); }

TEST(Check, AModelThatNeedsAttributesMeetsTheCornersToo) {
  const auto report = check_library(std::filesystem::path(ASSAY_BINARY_DIR) / "plugins" / "content_knn.so", 120);
  std::map<std::string, Verdict> verdicts;
  for (const auto& r : report.components.at(0).results) verdicts[r.rule] = r.verdict;
  EXPECT_EQ(verdicts.at("plain"), Verdict::skipped) << "it refuses data without attributes";
  for (const char* rule : {"one_user", "one_item", "empty", "equal", "threads"})
    EXPECT_EQ(verdicts.at(rule), Verdict::kept) << rule;
}

TEST(Check, DatasetsAreTriedWithFilesThatAreNoData) {
  const auto report = check_library(test_plugin("good"), 60);
  EXPECT_TRUE(report.passed()) << to_json(report);
  ASSERT_EQ(report.components.size(), 3u);
}

TEST(Check, AChangedFloatingPointModeIsARuleBroken) {
  const auto report = check_library(test_plugin("float_mode"), 60);
  EXPECT_EQ(report.components.at(0).results.at(0).rule, "float_mode");
  EXPECT_EQ(report.components.at(0).results.at(0).verdict, Verdict::broken);
}

TEST(Check, WhatIsPrintedBreaksARuleAndNoOther) {
  const auto report = check_library(test_plugin("talkative"), 60);
  for (const auto& component : report.components)
    for (const auto& r : component.results)
      EXPECT_EQ(r.verdict == Verdict::broken, r.rule == "quiet") << component.name << ", " << r.rule << ": " << r.seen;
  ASSERT_EQ(report.components.size(), 2u);
  EXPECT_THAT(report.components[0].results.back().seen, HasSubstr("bytes: {\"assay_probe\":1"));
}

ChildResult runner(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), runner_executable().string());
  return run_child(arguments, 120);
}

TEST(Check, TheVerbSaysRefusedAndEndsWithThree) {
  const auto result = runner({"check", test_plugin("old_api").string()});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.out, HasSubstr("old_api.so is refused: built as plugin API 0"));
}

TEST(Check, TheVerbEndsWithZeroWhereAllRulesAreKept) {
  const auto result = runner({"check", "--json", test_plugin("good").string()});
  EXPECT_EQ(result.exit_code, 0);
  const auto j = nlohmann::json::parse(result.out);
  EXPECT_EQ(j["passed"], true);
  EXPECT_EQ(j["components"][0]["rules"][0]["rule"], "float_mode");
}

TEST(Check, TheVerbEndsWithThreeWhereOneIsBroken) {
  const auto result = runner({"check", test_plugin("float_mode").string()});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.out, HasSubstr("BROKEN  float_mode"));
  EXPECT_THAT(result.out, HasSubstr("mend: "));
}

}  // namespace
}  // namespace assay
