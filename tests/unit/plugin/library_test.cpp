// Opening libraries: every way to be refused, and objects of those that are accepted.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

#include "assay/dataset.hpp"
#include "assay/errors.hpp"

#include "fixtures.hpp"
#include "plugin/abi.hpp"
#include "plugin/catalogue.hpp"
#include "plugin/probe.hpp"
#ifdef __SSE__
#include <xmmintrin.h>
#endif

namespace assay {
namespace {

using test::message_of;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string refusal(const std::string& name) {
  const auto result = probe_in_child(test::test_plugin(name), 30);
  const auto* refused = std::get_if<RefusedLibrary>(&result);
  return refused ? refused->reason : "accepted";
}

TEST(Library, RefusesAnOlderApiAndSaysBothSides) {
  EXPECT_THAT(refusal("old_api"),
              AllOf(HasSubstr("built as plugin API 0, gcc"), HasSubstr("this runner is plugin API 1"),
                    HasSubstr("It has plugin API 0 where plugin API 1 is needed")));
}
TEST(Library, RefusesAnotherCompilersLibrary) {
  EXPECT_THAT(refusal("other_compiler"), HasSubstr("It has gcc 99, _GLIBCXX_DEBUG where gcc"));
}
TEST(Library, RefusesALibraryThatIsNoPlugin) { EXPECT_THAT(refusal("no_symbol"), HasSubstr("not an Assay plugin")); }
TEST(Library, RefusesAPluginConstantOfAnotherSize) {
  EXPECT_THAT(refusal("wrong_size"), HasSubstr("its plugin constant is damaged"));
}
TEST(Library, RefusesALibraryThatOffersNothing) {
  EXPECT_THAT(refusal("no_component"), HasSubstr("offers no component"));
}
TEST(Library, RefusesANameThatCannotBeTyped) {
  EXPECT_THAT(refusal("bad_name"), HasSubstr("component \"Bad Name\": a name consists of"));
}
TEST(Library, RefusesTwoComponentsOfOneName) {
  EXPECT_THAT(refusal("same_name_twice"), HasSubstr("offers two components of the name again"));
}
TEST(Library, RefusesALibraryWithAStandardLibraryOfItsOwn) {
  EXPECT_THAT(refusal("own_standard_library"), HasSubstr("does not need libstdc++.so.6 dynamically"));
}
TEST(Library, NamesAFunctionThatIsMissing) {
  EXPECT_EQ(refusal("missing_function"), "cannot be opened: undefined symbol: assay_test_function_that_nobody_wrote");
}
TEST(Library, ACrashingInitializerIsOnlyARefusal) {
  EXPECT_THAT(refusal("crashing_initializer"), HasSubstr("opening it crashed (SIGABRT)"));
}
TEST(Library, AThrowingInitializerIsRefusedInItsOwnWords) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "AddressSanitizer's dlopen lets no exception through";
#endif
  EXPECT_EQ(refusal("throwing_initializer"), "cannot be opened: no licence found");
}
TEST(Library, AnInitializerThatEndsTheProcessIsARefusal) {
  EXPECT_EQ(refusal("exiting_initializer"), "opening it ended the process");
}
TEST(Library, AnInitializerThatNeverComesBackIsARefusal) {
  const auto result = probe_in_child(test::test_plugin("hanging_initializer"), 1);
  EXPECT_THAT(std::get<RefusedLibrary>(result).reason, HasSubstr("took longer than 1 s"));
}
TEST(Library, WhatAnInitializerPrintsIsNotTakenForTheAnswer) {
  const auto result = probe_in_child(test::test_plugin("printing_initializer"), 30);
  EXPECT_EQ(std::get<std::vector<ComponentDescription>>(result).at(0).name, "printing_initializer");
}

TEST(Library, RefusesEverythingThatIsNoWholeLibraryWithoutOpeningIt) {
  const test::Folder folder;
  const std::string whole = read_file(test::test_plugin("crashing_initializer"));
  for (const auto& content : {std::string(), std::string("text"), whole.substr(0, whole.size() / 2)}) {
    const auto file = folder.write("x.so", content);
    EXPECT_THAT(message_of<PluginError>([&] { static_cast<void>(Library::open(file)); }), HasSubstr(file.string()));
  }
}

#ifdef __SSE__
TEST(Library, PutsTheFloatingPointModeBackAndTells) {
  const unsigned before = _mm_getcsr();
  EXPECT_TRUE(Library::open(test::test_plugin("float_mode"))->changed_float_mode());
  EXPECT_EQ(_mm_getcsr() & _MM_FLUSH_ZERO_MASK, before & _MM_FLUSH_ZERO_MASK);
  EXPECT_FALSE(Library::open(test::test_plugin("good"))->changed_float_mode());
}
#endif

class Told final : public DatasetSink {
 public:
  void interactions(const InteractionBatch& batch) override {
    values[std::string(batch.users.texts[0])].emplace_back(batch.items.texts[0]);
  }
  void rows(std::string_view, Part, const Ids&, const Table&) override {}
  void bad_line(std::string_view, std::int64_t, std::string_view) override {}
  bool progress(std::int64_t done, std::int64_t) override { return last = done, true; }
  std::map<std::string, std::vector<std::string>> values;
  std::int64_t last = 0;
};

TEST(Library, AnObjectSeesItsParametersOfEveryType) {
  const auto library = Library::open(test::test_plugin("good"));
  Told told;
  make<Dataset>(
      *library, "echo",
      R"({"file": "/data/x", "flag": false, "count": 1e1, "large": -5, "rate": 0.25, "limit": 9, "mode": "exact",
                    "layers": [], "weights": [0, 1, 0.5], "words": ["ä", ""]})")
      ->read(told);
  const std::map<std::string, std::vector<std::string>> expected{{"flag", {"false"}},
                                                                 {"count", {"10"}},
                                                                 {"small", {"7"}},
                                                                 {"large", {"-5"}},
                                                                 {"rate", {"0.250000"}},
                                                                 {"step", {"0.1f"}},
                                                                 {"limit", {"9.000000"}},
                                                                 {"mode", {"exact"}},
                                                                 {"note", {"say \"hi\""}},
                                                                 {"file", {"/data/x"}},
                                                                 {"weights", {"0.000000", "1.000000", "0.500000"}},
                                                                 {"words", {"ä", ""}}};
  EXPECT_EQ(told.values, expected);
}

TEST(Library, DefaultsReachTheObjectTooAnInfiniteOneAmongThem) {
  Told told;
  make<Dataset>(*Library::open(test::test_plugin("good")), "echo", R"({"file": "f"})")->read(told);
  EXPECT_THAT(told.values["limit"], ElementsAre("inf"));
  EXPECT_THAT(told.values["layers"], ElementsAre("64", "32"));
}

TEST(Library, AnObjectWorksWithoutAnyoneElseHoldingTheLibrary) {
  std::shared_ptr<Dataset> object;
  {
    const auto library = Library::open(test::test_plugin("good"));
    object = make<Dataset>(*library, "shifted", "{}");
  }
  Told told;
  object->read(told);  // and its interface is not its first base
  EXPECT_EQ(told.last, 42);
}

TEST(Library, AFactoryThatRefusesIsAConfigErrorInItsOwnWords) {
  const auto library = Library::open(test::test_plugin("good"));
  const auto why = [&](const std::string& params) {
    return message_of<ConfigError>([&] { static_cast<void>(make<Dataset>(*library, "choosy", params)); });
  };
  EXPECT_EQ(why(R"({"low": 5})"), "choosy: low is 5, above high (2)");
  EXPECT_THAT(why(R"({"low": 13, "high": 20})"), HasSubstr("not a std::exception"));
  EXPECT_THAT(why(R"({"lo": 5})"), HasSubstr("Did you mean \"low\"?"));
}

TEST(Library, AComponentItDoesNotHaveIsAnErrorThatListsThem) {
  const auto library = Library::open(test::test_plugin("good"));
  EXPECT_THAT(message_of<PluginError>([&] { static_cast<void>(make<Dataset>(*library, "ecco", "{}")); }),
              AllOf(HasSubstr("has no dataset \"ecco\""), HasSubstr("echo, choosy, shifted")));
}

TEST(Library, DescribesWhatItOffers) {
  const auto library = Library::open(test::test_plugin("good"));
  const auto& echo = library->components().at(0);
  EXPECT_EQ(echo.plugin, "good");
  EXPECT_EQ(echo.version, "1.2.3");
  EXPECT_EQ(echo.sha256.size(), 64u);
  EXPECT_THAT(echo.build_id, Not(testing::IsEmpty()));
  EXPECT_EQ(echo.params.size(), 13u);
}

}  // namespace
}  // namespace assay
