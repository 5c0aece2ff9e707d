// `runner doctor` and `runner gc` on a database of their own.

#include <chrono>
#include <fstream>
#include <gtest/gtest.h>
#include <map>

#include "data/lock.hpp"
#include "results/recorder.hpp"
#include "run_verb.hpp"
#include "story.hpp"
#include "trial/evaluation_file.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;

class Care : public ::testing::Test {
 protected:
  void SetUp() override {
    Recorder recorder(db_);
    story::Teller teller(recorder);
    teller.change = [](RunEnded& e) { e.result_sha256 = result_sha256(e.test); };
    teller.whole();
    recorder.close();
  }
  [[nodiscard]] Outcome call(const std::string& verb) const {
    return run(verb + " --db '" + db_.string() + "' --cache-dir '" + (folder_ / "cache").string() + "'", true);
  }
  /// A folder in FILE.runs, two hours old.
  fs::path attempt(const std::string& name) const {
    const fs::path folder = fs::path(db_.string() + ".runs") / name;
    fs::create_directories(folder);
    std::ofstream(folder / "log.txt") << "words";
    fs::last_write_time(folder, fs::file_time_type::clock::now() - std::chrono::hours(2));
    return folder;
  }
  const story::Folder folder_;
  const fs::path db_ = folder_ / "assay.db";
};

TEST_F(Care, DoctorFindsASoundDatabaseAndATornOne) {
  const Outcome sound = call("doctor");
  EXPECT_NE(sound.out.find("7 results and"), std::string::npos) << sound.out;
  EXPECT_NE(sound.out.find("1 trial is missing"), std::string::npos) << sound.out;
  EXPECT_NE(sound.out.find("runner resume made_up"), std::string::npos) << sound.out;
  ASSERT_EQ(story::sqlite3(db_, "UPDATE runs SET result_sha256 = 'ab' WHERE id = 1"), "");
  const Outcome torn = call("doctor");
  EXPECT_EQ(torn.code, 1);
  EXPECT_NE(torn.out.find("the stored results are not those of its result_sha256"), std::string::npos) << torn.out;
  EXPECT_NE(call("doctor --json").out.find("\"health\": \"BAD\""), std::string::npos);
}

TEST_F(Care, DoctorSaysWhatIsNoDatabase) {
  std::ofstream(db_) << std::string(4096, 'x');
  const Outcome outcome = call("doctor");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.out.find("BAD   database"), std::string::npos) << outcome.out;
  EXPECT_EQ(outcome.out.find(".recover"), std::string::npos) << "there is nothing to save: " << outcome.out;
}

TEST_F(Care, DoctorSaysHowToSaveWhatIsLeftOfADamagedDatabase) {
  std::fstream pages(db_, std::ios::in | std::ios::out | std::ios::binary);
  pages.seekp(100);  // the page that names the tables
  pages << std::string(500, 'x');
  pages.close();
  const Outcome outcome = call("doctor");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.out.find("copy the file, then see what sqlite3's .recover can save"), std::string::npos)
      << outcome.out;
}

TEST_F(Care, NamesThatCannotBeLookedAtAreOrdinaryFaults) {
  fs::create_symlink("loop", folder_ / "loop");
  const std::string loop = " '" + (folder_ / "loop").string() + "'", longest = " " + std::string(300, 'x');
  for (const std::string& name : {loop, longest}) {
    const std::string db = " --db" + name, cache = " --cache-dir" + name, sound = " --db '" + db_.string() + "'";
    for (const auto& [arguments, code] : std::map<std::string, int>{{"doctor" + db + cache, 1},
                                                                    {"gc" + db + cache, 4},
                                                                    {"ls" + db, 4},
                                                                    {"plugins" + cache, 0},
                                                                    {"gc" + sound + cache, 0},
                                                                    {"run" + name + sound + cache, 2},
                                                                    {"resume" + name + sound + cache, 2},
                                                                    {name, 2}}) {
      const Outcome outcome = run(arguments, true);
      EXPECT_EQ(outcome.code, code) << arguments << outcome.out;
      EXPECT_EQ(outcome.out.find("internal error"), std::string::npos) << outcome.out;
    }
  }
}

TEST_F(Care, OptionsWithoutANameAreMistakesOfTheCommandLine) {
  for (const std::string option : {"--db", "--cache-dir"}) {
    const Outcome outcome = run("ls " + option + " ''", true);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_NE(outcome.out.find(option + " \"\": a name is missing"), std::string::npos) << outcome.out;
  }
}

TEST_F(Care, FilesThatAreFarTooLargeAreNotRead) {
  const fs::path huge = folder_ / "huge.json";
  std::ofstream(huge) << "{}";
  fs::resize_file(huge, std::uintmax_t{1} << 40);
  const std::string db = " --db '" + db_.string() + "'";
  for (const std::string verb : {"resume", "query --file"}) {
    const Outcome outcome = run(verb + " '" + huge.string() + "'" + db, true);
    EXPECT_EQ(outcome.code, 2) << outcome.out;
    EXPECT_NE(outcome.out.find("has 1.0 TiB"), std::string::npos) << outcome.out;
  }
}

TEST_F(Care, GcShowsFirstAndRemovesWithYesOnly) {
  const fs::path nobodys = attempt("of-nobody"),
                 needed = attempt(story::sqlite3(db_, "SELECT uid FROM runs WHERE id = 1"));
  const Outcome shown = call("gc");
  EXPECT_EQ(shown.code, 0);
  EXPECT_NE(shown.out.find("of-nobody"), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find("no run of the database refers to it"), std::string::npos) << shown.out;
  EXPECT_EQ(shown.out.find(needed.filename().string()), std::string::npos) << shown.out;
  EXPECT_TRUE(fs::exists(nobodys));
  EXPECT_EQ(call("gc --yes").code, 0);
  EXPECT_FALSE(fs::exists(nobodys));
  EXPECT_TRUE(fs::exists(needed));
}

TEST_F(Care, GcTouchesNoFolderWhileAnExperimentRuns) {
  const fs::path nobodys = attempt("of-nobody");
  Recorder recorder(db_);
  story::Teller teller(recorder, "b");
  teller.start();
  recorder.close();  // this process is its controller, and lives
  const Outcome outcome = call("gc --yes");
  EXPECT_NE(outcome.out.find("its attempt folders are left alone"), std::string::npos) << outcome.out;
  EXPECT_TRUE(fs::exists(nobodys));
}

TEST_F(Care, GcLeavesFreshFoldersAndTakesOldCacheFiles) {
  const fs::path fresh = attempt("fresh");
  fs::last_write_time(fresh, fs::file_time_type::clock::now());
  fs::create_directories(folder_ / "cache");
  const fs::path old = folder_ / "cache/task-0.assay";
  std::ofstream(old) << "old";
  EXPECT_EQ(call("gc --yes").code, 0);
  EXPECT_TRUE(fs::exists(fresh));
  EXPECT_TRUE(fs::exists(old)) << "it was used a moment ago";
  EXPECT_EQ(call("gc --yes --cache-days 0").code, 0);
  EXPECT_FALSE(fs::exists(old));
}

TEST_F(Care, GcLeavesPreparedDataThatSomebodyUses) {
  fs::create_directories(folder_ / "cache");
  const fs::path used = folder_ / "cache/task-used.assay";
  std::ofstream(used) << "of another database's experiment";
  {
    const SharedLock of_its_controller(used);
    EXPECT_EQ(call("gc --yes --cache-days 0").code, 0);
    EXPECT_TRUE(fs::exists(used));
  }
  EXPECT_EQ(call("gc --yes --cache-days 0").code, 0);
  EXPECT_FALSE(fs::exists(used));
}

TEST_F(Care, GcKnowsWhatAStoredModelNeedsHoweverTheFolderIsSpelt) {
  ASSERT_EQ(
      story::sqlite3(db_, "INSERT INTO artifacts (run_id, name, file, bytes) VALUES (1, 'model', 'runs/x/model', 1)"),
      "");
  fs::create_directories(folder_ / "cache");
  fs::create_directory_symlink(folder_ / "cache", folder_ / "link");
  const fs::path needed = folder_ / "cache/task-0.assay";
  std::ofstream(needed) << "needed";
  for (const char* spelling : {"cache", "./cache/", "x/../cache", "link"})
    EXPECT_EQ(
        run("gc --yes --cache-days 0 --db '" + db_.string() + "' --cache-dir '" + (folder_ / spelling).string() + "'")
            .code,
        0);
  EXPECT_TRUE(fs::exists(needed));
}

TEST_F(Care, GcSumsSmallFilesUpForPeopleAndListsThemForPrograms) {
  for (const char* name : {"a", "b", "c"}) {
    fs::create_directories(folder_ / "cache/hashes");
    std::ofstream(folder_ / "cache/hashes" / name) << "0";
  }
  const Outcome shown = call("gc --cache-days 0");
  EXPECT_NE(shown.out.find("cache/hashes/*"), std::string::npos) << shown.out;
  EXPECT_NE(shown.out.find("3 files about data and plugins"), std::string::npos) << shown.out;
  EXPECT_EQ(shown.out.find("cache/hashes/a"), std::string::npos) << shown.out;
  EXPECT_NE(call("gc --cache-days 0 --json").out.find("cache/hashes/b"), std::string::npos);
}

}  // namespace
}  // namespace assay
