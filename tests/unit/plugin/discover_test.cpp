// Finding plugins: folders, refusals, duplicates, the cache.

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/errors.hpp"

#include "fixtures.hpp"
#include "plugin/catalogue.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;
using test::message_of;
using testing::AllOf;
using testing::HasSubstr;

class Discover : public testing::Test {
 protected:
  Catalogue all() const { return discover(std::vector<fs::path>{plugins_.path()}, cache_.path()); }
  static std::string reason(const Catalogue& catalogue, const std::string& name) {
    for (const auto& refused : catalogue.refused)
      if (refused.file.filename() == name) return refused.reason;
    return "not refused";
  }
  std::vector<fs::path> cache_entries() const {
    std::vector<fs::path> out;
    if (fs::exists(cache_.path() / "probes"))
      for (const auto& entry : fs::directory_iterator(cache_.path() / "probes")) out.push_back(entry.path());
    return out;
  }
  test::Folder plugins_, cache_;
};

TEST_F(Discover, ComponentsAreSortedAndEveryRefusalHasItsReason) {
  for (const char* name : {"good", "misbehaving", "old_api", "crashing_initializer"}) plugins_.take(name);
  plugins_.write("text.so", "text");
  plugins_.write("notes.txt", "not looked at");
  const Catalogue found = all();
  EXPECT_EQ(found.refused.size(), 3u);
  EXPECT_THAT(reason(found, "text.so"), HasSubstr("not a shared library"));
  EXPECT_THAT(reason(found, "crashing_initializer.so"), HasSubstr("SIGABRT"));
  EXPECT_THAT(reason(found, "old_api.so"), HasSubstr("plugin API 0"));
  EXPECT_TRUE(std::is_sorted(found.components.begin(), found.components.end(), [](const auto& a, const auto& b) {
    return std::pair(a.kind, a.name) < std::pair(b.kind, b.name);
  }));
  EXPECT_NE(found.find_if(Kind::dataset, "echo"), nullptr);
  EXPECT_EQ(found.find_if(Kind::model, "echo"), nullptr);
}

TEST_F(Discover, TwoFilesThatOfferOneNameAreBothRefused) {
  for (const char* name : {"good", "twin_a", "twin_b"}) plugins_.take(name);
  const Catalogue found = all();
  EXPECT_EQ(found.components.size(), 3u);
  for (const char* name : {"twin_a.so", "twin_b.so"})
    EXPECT_THAT(reason(found, name), AllOf(HasSubstr("the dataset \"twin\" is offered by more than one file"),
                                           HasSubstr("twin_a.so"), HasSubstr("twin_b.so")));
}

TEST_F(Discover, ALibraryThatIsKnownIsNotOpenedAgain) {
  plugins_.take("twin_a");
  ASSERT_EQ(all().components.at(0).summary, "Nothing at all.");
  ASSERT_EQ(cache_entries().size(), 1u);
  std::string text = read_file(cache_entries()[0]);
  text.replace(text.find("Nothing at all."), 15, "Out of a cache.");
  write_file_atomically(cache_entries()[0], text);
  EXPECT_EQ(all().components.at(0).summary, "Out of a cache.");
}

TEST_F(Discover, AChangedLibraryIsOpenedAgain) {
  const auto file = plugins_.take("twin_a");
  ASSERT_EQ(all().components.at(0).version, "1.0.0");
  fs::copy_file(test::test_plugin("twin_b"), file, fs::copy_options::overwrite_existing);
  EXPECT_EQ(all().components.at(0).version, "2.0.0");
}

TEST_F(Discover, ADamagedCacheIsNoHarm) {
  plugins_.take("twin_a");
  static_cast<void>(all());
  write_file_atomically(cache_entries().at(0), "{\"assay_probe\":");
  EXPECT_EQ(all().components.at(0).name, "twin");
}

TEST_F(Discover, ARefusalForWhatMayBeInstalledTomorrowIsNotRemembered) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "AddressSanitizer's dlopen lets no exception through: one of these crashes";
#endif
  for (const char* name : {"missing_function", "throwing_initializer", "old_api"}) plugins_.take(name);
  EXPECT_EQ(all().refused.size(), 3u);
  EXPECT_TRUE(cache_entries().empty());
}

TEST_F(Discover, ALibraryThatHangsCostsItsTimeOnlyOnce) {
  plugins_.take("hanging_initializer");
  const std::vector<fs::path> folders{plugins_.path()};
  const auto first = discover(folders, cache_.path(), {.seconds = 1});
  EXPECT_EQ(reason(first, "hanging_initializer.so"), "opening it took longer than 1 s and was stopped");
  const auto second = discover(folders, cache_.path(), {.seconds = 600});  // the test's own limit would end it
  EXPECT_THAT(reason(second, "hanging_initializer.so"),
              testing::MatchesRegex("opening it took longer than 1 s and was stopped \\(seen on 20..-..-.. and "
                                    "remembered; runner plugins --again tries it again\\)"));
}

TEST_F(Discover, ARememberedCrashIsTriedAgainOnRequestAndWhenTheFileChanges) {
  const auto file = plugins_.take("crashing_initializer");
  static_cast<void>(all());
  EXPECT_THAT(reason(all(), "crashing_initializer.so"), HasSubstr("remembered"));
  const auto again = discover(std::vector<fs::path>{plugins_.path()}, cache_.path(), {.again = true});
  EXPECT_EQ(reason(again, "crashing_initializer.so").find("remembered"), std::string::npos);
  fs::copy_file(test::test_plugin("twin_a"), file, fs::copy_options::overwrite_existing);
  EXPECT_EQ(all().components.at(0).name, "twin");
}

TEST_F(Discover, ACacheThatCannotBeWrittenIsNoHarm) {
  plugins_.take("twin_a");
  const auto found = discover(std::vector<fs::path>{plugins_.path()}, "/dev/null/nowhere");
  EXPECT_EQ(found.components.size(), 1u);
}

TEST_F(Discover, AnUnknownNameIsAnErrorWithTheNearest) {
  plugins_.take("good");
  const Catalogue found = all();
  EXPECT_THAT(
      message_of<ConfigError>([&] { static_cast<void>(found.find(Kind::dataset, "eco")); }),
      AllOf(HasSubstr("there is no dataset \"eco\". Did you mean \"echo\"?"), HasSubstr("choosy, echo, shifted")));
}

TEST_F(Discover, ANameOfALibraryThatWasRefusedIsAnErrorWithItsReason) {
  for (const char* name : {"good", "old_api", "twin_a", "twin_b"}) plugins_.take(name);
  const Catalogue found = all();
  const auto why = [&](const char* name) {
    return message_of<ConfigError>([&] { static_cast<void>(found.find(Kind::dataset, name)); });
  };
  EXPECT_THAT(why("old_api"), AllOf(HasSubstr("there is no dataset \"old_api\": "), HasSubstr("old_api.so is refused"),
                                    HasSubstr("rebuild it with this runner's SDK")));
  EXPECT_THAT(why("twin"), AllOf(HasSubstr("twin_a.so is refused"), HasSubstr("offered by more than one file")));
}

TEST_F(Discover, FoldersComeInTheOrderOfTheirRank) {
  const test::Folder first, second;
  ::setenv("ASSAY_PLUGIN_PATH", (second.path().string() + "::/no/such/folder:" + first.path().string()).c_str(), 1);
  const auto folders = plugin_folders(std::vector<fs::path>{first.path()});
  ::unsetenv("ASSAY_PLUGIN_PATH");
  ASSERT_GE(folders.size(), 2u);
  EXPECT_EQ(folders[0], fs::canonical(first.path()));
  EXPECT_EQ(folders[1], fs::canonical(second.path()));
  EXPECT_EQ(std::count(folders.begin(), folders.end(), fs::canonical(first.path())), 1);
}

TEST_F(Discover, AFolderOfTheUserThatIsNotThereIsAnError) {
  EXPECT_THROW(static_cast<void>(plugin_folders(std::vector<fs::path>{"/no/such/folder"})), ConfigError);
}

TEST_F(Discover, TheRunnerOfThisLibraryIsFoundFromAnyProgram) {
  EXPECT_EQ(runner_executable(), fs::canonical(fs::path(ASSAY_BINARY_DIR) / "bin" / "runner"));
}

}  // namespace
}  // namespace assay
