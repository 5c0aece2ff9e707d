// Every way in which a plugin can be wrong: what the user is told, and that nobody else is harmed.

#include <gmock/gmock.h>
#include <map>
#include <nlohmann/json.hpp>

#include "../experiment/laboratory.hpp"
#include "base/files.hpp"
#include "plugin/catalogue.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

/// What `runner plugins` says of each library that cannot be used.
const std::map<std::string, std::string> kRefusals{
    {"old_api", "It has plugin API 0 where plugin API 1 is needed: rebuild it with this runner's SDK."},
    {"other_compiler", "It has gcc 99, _GLIBCXX_DEBUG where gcc"},
    {"sanitizer_build", "sanitizer is needed: rebuild it with this runner's SDK."},
    {"no_symbol", "not an Assay plugin: it exports no assay_plugin_… constant."},
    {"text", "not a shared library"},
    {"empty", "not a shared library"},
    {"truncated", "truncated"},
    {"wrong_size", "its plugin constant is damaged"},
    {"no_component", "offers no component"},
    {"bad_name", "component \"Bad Name\": a name consists of a-z, 0-9 and _"},
    {"same_name_twice", "offers two components of the name again: names are unique"},
    {"twin_a", "the dataset \"twin\" is offered by more than one file: "},
    {"twin_b", "the dataset \"twin\" is offered by more than one file: "},
    {"own_standard_library", "does not need libstdc++.so.6 dynamically"},
    {"missing_function", "cannot be opened: undefined symbol: assay_test_function_that_nobody_wrote"},
#ifdef __SANITIZE_ADDRESS__  // whose dlopen lets no exception through
    {"throwing_initializer", "opening it crashed (SIGABRT)"},
#else
    {"throwing_initializer", "cannot be opened: no licence found"},
#endif
    {"exiting_initializer", "opening it ended the process"},
    {"crashing_initializer", "opening it crashed (SIGABRT)"},
    {"hanging_initializer", "opening it took longer than 1 s and was stopped (seen on "},
};

class WrongPlugins : public Laboratory {
 protected:
  void SetUp() override {
    Laboratory::SetUp();
    fs::create_directories(plugins());
  }
  [[nodiscard]] fs::path plugins() const { return folder_ / "plugins"; }
  [[nodiscard]] static fs::path built(const std::string& name) {
    return fs::path(ASSAY_BINARY_DIR) / "tests" / "plugins" / (name + ".so");
  }
  void take(const std::string& name) const { fs::copy_file(built(name), plugins() / (name + ".so")); }
  void take_all_that_are_refused() const {
    const std::string whole = read_file(built("good"));
    write_file_atomically(plugins() / "text.so", "I am a text.\n");
    write_file_atomically(plugins() / "empty.so", "");
    write_file_atomically(plugins() / "truncated.so", whole.substr(0, whole.size() / 2));
    for (const auto& [name, reason] : kRefusals)
      if (!fs::exists(plugins() / (name + ".so"))) take(name);
  }
  /// The one that hangs is opened here, for one second; the runner then remembers.
  void learn_that_it_hangs() const {
    static_cast<void>(discover(std::vector<fs::path>{plugins()}, folder_ / "cache", {.seconds = 1}));
  }
  Finished run(std::vector<std::string> words) const {
    words.insert(words.end(), {"--plugin-path", plugins().string()});
    return runner(std::move(words));
  }
  Finished run_experiment(const std::string& name, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"run", (folder_ / (name + ".json")).string()});
    return run(std::move(more));
  }
  /// All that was printed by workers.
  [[nodiscard]] std::string logs() const {
    std::string out;
    for (const std::string& folder : ask("SELECT folder FROM runs")) out += read_file(fs::path(folder) / "log.txt");
    return out;
  }
};

TEST_F(WrongPlugins, EachIsRefusedInWordsAndNoneStopsAnExperiment) {
  take_all_that_are_refused();
  take("good");
  learn_that_it_hangs();
  const Finished listed = run({"plugins", "--json"});
  ASSERT_EQ(listed.exit_code, 0) << listed.err;
  std::map<std::string, std::string> reasons;
  const json answer = json::parse(listed.out);
  for (const json& refused : answer["refused"]) reasons[fs::path(refused["file"]).stem().string()] = refused["reason"];
  for (const auto& [name, words] : kRefusals) EXPECT_THAT(reasons[name], HasSubstr(words)) << name;
  EXPECT_EQ(reasons.size(), kRefusals.size());
  experiment("tiny", {R"({"plugin": "popularity"})"});
  const Finished finished = run_experiment("tiny");
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(statuses().at("popularity"), "done");
}

TEST_F(WrongPlugins, AFactoryThatThrowsIsARowInItsOwnWords) {
  take("throwing_factory");
  experiment("bad", {R"({"plugin": "throwing_factory"})", R"({"plugin": "popularity"})"});
  const Finished finished = run_experiment("bad");
  EXPECT_EQ(finished.exit_code, 1) << finished.err;
  EXPECT_EQ(statuses().at("throwing_factory"), "failed");
  EXPECT_EQ(statuses().at("popularity"), "done");
  EXPECT_EQ(ask("SELECT reason FROM runs WHERE status = 'failed'").at(0),
            "throwing_factory: the licence server does not answer");
  EXPECT_THAT(finished.err, HasSubstr("the licence server does not answer"));
}

TEST_F(WrongPlugins, WhatAModelPrintsIsInItsLogAndInNoAnswer) {
  take("talkative");
  experiment("loud", {R"({"plugin": "talkative"})", R"({"plugin": "popularity"})"});
  const Finished finished = run_experiment("loud", {"--json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_TRUE(json::accept(finished.out)) << finished.out;
  EXPECT_EQ(statuses(), (std::map<std::string, std::string>{{"popularity", "done"}, {"talkative", "done"}}));
  EXPECT_THAT(logs(), HasSubstr("fit{\"assay_check\":\"end\"} fit"));
  const std::string id = ask("SELECT uid FROM runs WHERE label = 'talkative'").at(0);
  const Finished shown = run({"recommend", "--run", id, "--user", "u1", "--json"});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_TRUE(json::accept(shown.out)) << shown.out;
}

TEST_F(WrongPlugins, WhatABackendPrintsInTheControllerIsInNoAnswer) {
  take("talkative_backend");
  experiment("loud", {R"({"plugin": "popularity"})"}, R"("backend": {"plugin": "talkative_backend"})");
  const Finished finished = run_experiment("loud", {"--json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_TRUE(json::accept(finished.out)) << finished.out;
  EXPECT_THAT(finished.err, HasSubstr("{\"submit\":"));
  EXPECT_EQ(statuses().at("popularity"), "done");
}

TEST_F(WrongPlugins, AModelWhoseInterfaceIsNotItsFirstBaseWorks) {
  take("two_bases");
  experiment("tiny", {R"({"plugin": "two_bases"})"});
  ASSERT_EQ(run_experiment("tiny").exit_code, 0);
  const std::string id = ask("SELECT uid FROM runs").at(0);
  const Finished shown = run({"recommend", "--run", id, "--user", "u1", "-k", "1", "--json"});
  EXPECT_THAT(shown.out, HasSubstr("42")) << shown.err;
}

TEST_F(WrongPlugins, WhatAReaderPrintsIsNotTakenForItsAnswer) {
  take("talkative");
  experiment("loud", {R"({"plugin": "popularity"})"});
  const fs::path file = folder_ / "loud.json";
  std::string text = read_file(file);
  const auto begin = text.find("{\"plugin\": \"csv\""), end = text.find("}}", begin) + 2;
  write_file_atomically(file, text.replace(begin, end - begin, R"({"plugin": "talkative_reader"})"));
  const Finished finished = run_experiment("loud");
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(ask("SELECT raw_interactions FROM datasets"), std::vector<std::string>{"200"});
}

}  // namespace
}  // namespace assay
