// What the verbs that read the database print, compared with approved files: output is an interface.
// ASSAY_APPROVE=1 writes the files anew; look at the difference before it is committed.

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "results/recorder.hpp"
#include "run_verb.hpp"
#include "story.hpp"

namespace assay {
namespace {

void expect_golden(const std::string& name, const std::string& text) {
  const std::filesystem::path file = std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/golden/results" / name;
  if (const char* approve = std::getenv("ASSAY_APPROVE"); approve && *approve == '1') {
    std::ofstream(file) << text;
    return;
  }
  EXPECT_EQ(text_of(file), text) << "differs from " << file << "; ASSAY_APPROVE=1 accepts the new text";
}

/// A database with the made-up experiment, once for all tests.
class Verbs : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new story::Folder;
    Recorder recorder(*folder_ / "assay.db");
    story::Teller(recorder).whole();
    recorder.close();
  }
  static void TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
  }
  static std::string db() { return " --db '" + (*folder_ / "assay.db").string() + "'"; }
  static inline story::Folder* folder_ = nullptr;
};

TEST_F(Verbs, LsListsRunsInEveryFormat) {
  for (const std::string format : {"table", "csv", "json", "markdown"})
    expect_golden("ls." + format, run("ls --format " + format + db()).out);
}

/// Its messages alone, where standard output is a full disk.
Outcome run_on_a_full_disk(const std::string& arguments) { return run(arguments + " 2>&1 >/dev/full #"); }

TEST_F(Verbs, OutputThatCannotBeWrittenIsNoSuccess) {
  for (const std::string verb : {"export", "ls", "leaderboard --json", "query 'SELECT 1'"}) {
    const Outcome lost = run_on_a_full_disk(verb + db());
    EXPECT_EQ(lost.code, 1) << verb;
    EXPECT_NE(lost.out.find("standard output could not be written"), std::string::npos) << verb << lost.out;
  }
  EXPECT_NE(run_on_a_full_disk("help").out.find("No space left on device"), std::string::npos);
  EXPECT_EQ(run_on_a_full_disk("query SELEC" + db()).code, 2) << "an error of its own stays what it is";
}

TEST_F(Verbs, APagerThatIsClosedIsNoError) {
  EXPECT_EQ(run("ls" + db() + " 2>&1 | true").out, "");
  EXPECT_EQ(run("ls" + db() + " >&-").code, 0) << "closed from the start";
}

TEST_F(Verbs, LsTakesAnExperimentAndALimit) {
  EXPECT_EQ(run("ls -e made_up -n 1 --format csv" + db()).out, run("ls -n 1 --format csv" + db()).out);
  const Outcome wrong = run("ls -e made_ip" + db(), true);
  EXPECT_EQ(wrong.code, 2);
  EXPECT_NE(wrong.out.find("Did you mean \"made_up\"?"), std::string::npos) << wrong.out;
}

TEST_F(Verbs, LeaderboardRanksInEveryFormat) {
  for (const std::string format : {"table", "csv", "json", "markdown"})
    expect_golden("leaderboard." + format, run("leaderboard --format " + format + db()).out);
}

TEST_F(Verbs, LeaderboardShowsChosenMetrics) {
  expect_golden("leaderboard-gini.table", run("leaderboard made_up --metric gini@10" + db()).out);
  const Outcome wrong = run("leaderboard --metric ndgc@10" + db(), true);
  EXPECT_EQ(wrong.code, 2);
  EXPECT_NE(wrong.out.find("Did you mean \"ndcg@10\"?"), std::string::npos) << wrong.out;
}

TEST_F(Verbs, ShowTellsAllOfARunThatIsDoneAndOfOneThatIsNot) {
  expect_golden("show-done.txt", run("show 000a00000001" + db()).out);
  expect_golden("show-done.json", run("show 000a00000001 --json" + db()).out);
  expect_golden("show-crashed.txt", run("show 000a00000007" + db()).out);
}

TEST_F(Verbs, ShowNeedsOneRun) {
  const Outcome several = run("show 018bcfe5" + db(), true);
  EXPECT_EQ(several.code, 2);
  EXPECT_NE(several.out.find("several runs' ids"), std::string::npos) << several.out;
  const Outcome none = run("show ffff" + db(), true);
  EXPECT_EQ(none.code, 2);
  EXPECT_NE(none.out.find("no run's id begins or ends with \"ffff\""), std::string::npos) << none.out;
  EXPECT_EQ(run("show" + db()).code, 2);
}

TEST_F(Verbs, QueryPrintsNullsBlobsAndInfinitiesInEveryFormat) {
  const std::string sql =
      "\"SELECT NULL AS missing, x'00ff' AS bytes, 9e999 AS huge, 0.1 AS tenth, 7 AS seven, 'a|b' AS word\"";
  for (const std::string format : {"table", "csv", "json", "markdown"})
    expect_golden("query." + format, run("query --format " + format + " " + sql + db()).out);
}

TEST_F(Verbs, ExportWritesEveryResult) {
  expect_golden("export.csv", run("export made_up" + db()).out);
  const Outcome gone = run("export 000a00000001 --trec '" + (*folder_ / "lists").string() + "'" + db(), true);
  EXPECT_EQ(gone.code, 7);  // the made-up data never was in a cache
  EXPECT_NE(gone.out.find("is not in the cache any more"), std::string::npos) << gone.out;
  EXPECT_EQ(run("export 000a00000007 --trec x" + db()).code, 2);  // that one crashed
  EXPECT_EQ(run("export --trec x" + db()).code, 2);
}

TEST_F(Verbs, QueryCannotChangeAnything) {
  const std::string before = story::sqlite3(*folder_ / "assay.db", "SELECT count(*) FROM runs");
  for (const std::string sql : {"DELETE FROM runs", "DROP TABLE runs", "PRAGMA user_version = 9",
                                "INSERT INTO notes DEFAULT VALUES", "VACUUM", "CREATE TEMP TABLE t (a)"}) {
    const Outcome outcome = run("query \"" + sql + "\"" + db(), true);
    EXPECT_EQ(outcome.code, 2) << sql << ": " << outcome.out;
  }
  EXPECT_NE(run("query \"DELETE FROM runs\"" + db(), true).out.find("sqlite3 can do that to a copy of the file"),
            std::string::npos);
  const auto other = *folder_ / "other.db";
  run("query \"ATTACH 'file:" + other.string() + "?mode=rwc' AS x\"" + db(), true);
  EXPECT_FALSE(std::filesystem::exists(other));
  EXPECT_EQ(story::sqlite3(*folder_ / "assay.db", "SELECT count(*) FROM runs"), before);
  EXPECT_EQ(story::sqlite3(*folder_ / "assay.db", "PRAGMA user_version"), "1");
}

TEST_F(Verbs, QueryTakesOneStatement) {
  EXPECT_EQ(run("query \"SELECT 1; SELECT 2\"" + db()).code, 2);
  EXPECT_EQ(run("query \"SELECT 1; -- and a comment\"" + db()).code, 0);
  EXPECT_EQ(run("query \"/* nothing */\"" + db()).code, 2);
  EXPECT_EQ(run("query" + db()).code, 2);
}

TEST_F(Verbs, WhatTheUserMistypedIsUsageAndNoFaultOfTheDatabase) {
  for (const std::string call :
       {"query \"SELEC 1\"", "query \"SELECT nosuch FROM runs\"", "query --file /nonexistent.sql", "leaderboard nosuch",
        "export nosuch", "resume nosuch", "recommend --run ffff --user 1", "describe nosuch", "check /nonexistent.so"})
    EXPECT_EQ(run(call + (call.starts_with("check") ? "" : db())).code, 2) << call;
  EXPECT_EQ(run("ls --db /nonexistent/assay.db").code, 4);
}

TEST_F(Verbs, AMistakeIsToldOnceAndAlone) {
  const Outcome usage = run("ls nosuch" + db(), true);
  EXPECT_EQ(usage.out.find("runner ls takes no arguments"), 0U) << usage.out;
  EXPECT_EQ(run("leaderboard --metric nosuch@10" + db()).out, "") << "no head without a table";
}

TEST(ShownIds, AreFoundByTheirBeginning) {
  const story::Folder folder;
  const auto file = folder / "assay.db";
  story::record_whole(file);
  ASSERT_EQ(story::sqlite3(file, "UPDATE runs SET uid = '018bcfe5-7000-7000-8000-000a9c41f007' WHERE id = 7"), "");
  EXPECT_NE(run("ls --db '" + file.string() + "'").out.find("9c41f007"), std::string::npos);
  EXPECT_NE(run("show 9c4 --db '" + file.string() + "'").out.find("000a9c41f007"), std::string::npos);
  EXPECT_NE(run("show f007 --db '" + file.string() + "'").out.find("000a9c41f007"), std::string::npos);
}

TEST(RunnerVersion, IsTold) { EXPECT_EQ(run("--version").out.find("Assay "), 0U); }

TEST_F(Verbs, ReadyMadeQuestionsAreAnswered) {
  const std::filesystem::path queries = std::filesystem::path(ASSAY_SOURCE_DIR) / "results/queries";
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(queries)) {
    const Outcome outcome = run("query --file '" + entry.path().string() + "'" + db());
    EXPECT_EQ(outcome.code, 0) << entry.path();
    expect_golden("query-" + entry.path().stem().string() + ".table", outcome.out);
    const std::string plain = story::sqlite3(*folder_ / "assay.db", "\n" + text_of(entry.path()));
    EXPECT_EQ(plain.find("rror"), std::string::npos) << entry.path() << " in plain sqlite3: " << plain;
    ++count;
  }
  EXPECT_GE(count, 10);
}

TEST_F(Verbs, TheDocumentationShowsTheReadyMadeQuestionsAsTheyAre) {
  const std::filesystem::path root = ASSAY_SOURCE_DIR;
  const std::string page = text_of(root / "docs/results-database.md");
  for (const auto& entry : std::filesystem::directory_iterator(root / "results/queries")) {
    const std::string name = entry.path().filename().string();
    EXPECT_NE(page.find("`" + name + "`\n\n```sql\n" + text_of(entry.path()) + "```\n"), std::string::npos) << name;
  }
}

TEST_F(Verbs, TheReferenceTellsOfEveryVerb) {
  const std::string page = text_of(std::filesystem::path(ASSAY_SOURCE_DIR) / "docs/reference/runner.md");
  std::istringstream help(run("help").out);
  int verbs = 0;
  for (std::string runner, verb, line; std::getline(help, line);) {
    std::istringstream words(line);
    if (!(words >> runner >> verb) || runner != "runner" || verb == "EXPERIMENT.json" || verb == "VERB") continue;
    EXPECT_NE(page.find("`runner " + verb), std::string::npos) << verb;
    ++verbs;
  }
  EXPECT_GE(verbs, 14);
}

TEST_F(Verbs, AMissingDatabaseIsSaidAndNotMade) {
  const auto nowhere = *folder_ / "nowhere.db";
  for (const std::string verb : {"ls", "leaderboard", "show x", "query \"SELECT 1\""}) {
    const Outcome outcome = run(verb + " --db '" + nowhere.string() + "'", true);
    EXPECT_EQ(outcome.code, 4) << verb;
    EXPECT_NE(outcome.out.find("no such database yet"), std::string::npos) << outcome.out;
  }
  EXPECT_FALSE(std::filesystem::exists(nowhere));
}

}  // namespace
}  // namespace assay
