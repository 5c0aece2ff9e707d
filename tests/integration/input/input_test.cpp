// What `runner` does with input that is broken: the exit code, the place of the fault, and nothing half-made behind it.

#include <algorithm>
#include <fstream>
#include <functional>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.hpp"
#include "base/hash.hpp"
#include "laboratory.hpp"
#include "plugin/child.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr int kUsage = 2, kDatabase = 4, kDataset = 7;
constexpr const char* kPopularity = R"({"plugin": "popularity"})";

void write(const fs::path& file, std::string_view content) { std::ofstream(file, std::ios::binary) << content; }

/// Something in the laboratory's folder that is spoilt before `runner run x.json`.
struct Fault {
  const char* name;
  std::function<void(const fs::path&)> spoil;
  int exit_code;
  const char* message;
};
void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class Faults : public Laboratory, public testing::WithParamInterface<Fault> {
 protected:
  /// Files below the folder that only a finished preparation or a finished run may leave.
  [[nodiscard]] std::vector<std::string> halves() const {
    std::vector<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("content-") || name.starts_with("task-") || name.starts_with("prepare-") ||
          name.ends_with(".part") || name.ends_with(".lock") || name.ends_with("-wal") || name == kManifest)
        out.push_back(entry.path().string());
    }
    return out;
  }
  static constexpr const char* kManifest = "manifest.json";
};

INSTANTIATE_TEST_SUITE_P(
    Input, Faults,
    testing::Values(
        Fault{"ExperimentIsMissing", [](const auto& f) { fs::remove(f / "x.json"); }, kUsage, "x.json"},
        Fault{"ExperimentIsAFolder",
              [](const auto& f) {
                fs::remove(f / "x.json");
                fs::create_directory(f / "x.json");
              },
              kUsage, "x.json: is a folder, not a file"},
        Fault{"ExperimentIsAPipe",
              [](const auto& f) {
                fs::remove(f / "x.json");
                ASSERT_EQ(::mkfifo((f / "x.json").c_str(), 0600), 0);
              },
              kUsage, "x.json: is not a regular file"},
        Fault{"ExperimentIsEmpty", [](const auto& f) { write(f / "x.json", ""); }, kUsage,
              "x.json:1:1: this is not JSON"},
        Fault{"ExperimentIsBinary", [](const auto& f) { write(f / "x.json", std::string(1000, '\xff')); }, kUsage,
              "x.json:1:1: this is not JSON"},
        Fault{"ExperimentIsDeep", [](const auto& f) { write(f / "x.json", std::string(1'000'000, '[')); }, kUsage,
              "x.json:1:101: nested more than 100 deep"},
        Fault{"ExperimentIsHuge", [](const auto& f) { fs::resize_file(f / "x.json", 10'000'000); }, kUsage,
              "x.json: has 9.5 MiB"},
        Fault{"DataIsAFolder",
              [](const auto& f) {
                fs::remove(f / "shop.csv");
                fs::create_directory(f / "shop.csv");
              },
              kDataset, "shop.csv: is not a file"},
        Fault{"DataIsAPipe",
              [](const auto& f) {
                fs::remove(f / "shop.csv");
                ASSERT_EQ(::mkfifo((f / "shop.csv").c_str(), 0600), 0);
              },
              kDataset, "shop.csv: is not an ordinary file"},
        Fault{"DataIsEmpty", [](const auto& f) { write(f / "shop.csv", ""); }, kDataset,
              "shop.csv: holds no line of data"},
        Fault{"DataIsAHeader", [](const auto& f) { write(f / "shop.csv", "user,item\n"); }, kDataset,
              "shop.csv): the data has no interactions"},
        Fault{"DataHasNoSuchColumn", [](const auto& f) { write(f / "shop.csv", "who,item\na,b\n"); }, kDataset,
              "shop.csv:1: there is no column \"user\""},
        Fault{"DataIsCutGzip",
              [](const auto& f) { write(f / "shop.csv", std::string("\x1f\x8b\x08\0\0\0\0\0\0\3", 10)); }, kDataset,
              "shop.csv: is damaged or cut short"},
        Fault{"DataIsOneLongLine", [](const auto& f) { write(f / "shop.csv", std::string(10'000'000, 'x')); }, kDataset,
              "shop.csv:1: "},
        Fault{"DataEndsInTheMiddleOfALine", [](const auto& f) { std::ofstream(f / "shop.csv", std::ios::app) << "u1"; },
              kDataset, "shop.csv:722: "},
        Fault{
            "DatabaseOfAnotherProgram",
            [](const auto& f) { write(f / "r.db", "SQLite format 3" + std::string(1, '\0') + std::string(4080, 'x')); },
            kDatabase, "r.db"},
        Fault{"DatabaseIsAPipe", [](const auto& f) { ASSERT_EQ(::mkfifo((f / "r.db").c_str(), 0600), 0); }, kDatabase,
              "r.db is not a regular file"},
        Fault{"DatabaseIsAFolder", [](const auto& f) { fs::create_directory(f / "r.db"); }, kDatabase,
              "r.db is a folder"}),
    [](const auto& test) { return test.param.name; });

TEST_P(Faults, EndWithTheirExitCodeAndPlaceAndLeaveNothingHalf) {
  if (GetParam().exit_code == kDataset) begin_with_a_finished_run();
  const auto before = halves();
  experiment("x", {kPopularity});
  GetParam().spoil(folder_);
  const Finished run = runner({"run", (folder_ / "x.json").string()});
  EXPECT_EQ(run.exit_code, GetParam().exit_code) << run.err;
  EXPECT_THAT(run.err, HasSubstr(GetParam().message));
  EXPECT_LT(run.err.size(), 4000U);
  EXPECT_EQ(halves(), before);
  if (GetParam().exit_code == kUsage) {
    EXPECT_FALSE(fs::exists(database())) << "an experiment that is none makes no database";
  }
  if (GetParam().exit_code == kDataset) {
    EXPECT_THAT(ask("SELECT status || ': ' || reason FROM runs ORDER BY id DESC LIMIT 1"),
                ElementsAre(AllOf(StartsWith("failed: not started: "), HasSubstr(GetParam().message))));
  }
}

class Inputs : public Laboratory {};

TEST_F(Inputs, NoFileSteersTheTerminalThroughAMessage) {
  write(folder_ / "x.json", "{\"\\u001b[2Jgone\": 1, \"a\\u202eb\": 2}");
  const Finished run = runner({"run", (folder_ / "x.json").string()});
  EXPECT_EQ(run.exit_code, kUsage);
  EXPECT_THAT(run.err, HasSubstr("/\\x1b[2Jgone: unknown key"));
  EXPECT_EQ(run.err.find('\x1b'), std::string::npos);
  EXPECT_EQ(run.err.find("\u202e"), std::string::npos);
}

TEST_F(Inputs, NamesThatAreNotUtf8AreRefusedWhereTheyCannotBeStored) {
  experiment("x", {kPopularity});
  const fs::path odd = folder_ / "caf\xe9";
  fs::create_directory(odd);
  fs::copy_file(folder_ / "x.json", odd / "x.json");
  for (const std::vector<std::string>& words : {std::vector<std::string>{"run", (odd / "x.json").string()},
                                                {"run", (folder_ / "x.json").string(), "models.popularity.a=\xff"},
                                                {"run", (folder_ / "x.json").string(), "--cache-dir", odd.string()}}) {
    const Finished run = runner(words);
    EXPECT_EQ(run.exit_code, kUsage) << run.err;
    EXPECT_THAT(run.err, HasSubstr("is not UTF-8"));
  }
  fs::rename(folder_ / "shop.csv", odd / "shop.csv");
  ::setenv("ASSAY_DATA", odd.c_str(), 1);
  const Finished run = runner({"run", (folder_ / "x.json").string()});
  ::unsetenv("ASSAY_DATA");
  EXPECT_EQ(run.exit_code, kUsage) << run.err;
  EXPECT_THAT(run.err, HasSubstr("which is not UTF-8 and cannot be stored"));
}

TEST_F(Inputs, ADatasetThatCannotBeReadCostsItsOwnTrialsAndTheirRowsSayWhy) {
  const auto dataset = [](const std::string& name, const std::string& file) {
    return R"({"name": ")" + name + R"(", "plugin": "csv", "params": {"path": ")" + file +
           R"(", "user": "user", "item": "item"}})";
  };
  const std::string sound = read_file(folder_ / "shop.csv"), file = (folder_ / "x.json").string();
  for (const char* name : {"b.csv", "d.csv"}) write(folder_ / name, sound + "broken\n");
  write(folder_ / "c.csv", sound + "u0,c\n");
  write(folder_ / "x.json", R"({"name": "x", "datasets": [)" + dataset("b", "b.csv") + "," + dataset("a", "shop.csv") +
                                "," + dataset("d", "d.csv") + "," + dataset("c", "c.csv") +
                                R"(], "models": [{"plugin": "popularity"}]})");
  const Finished run = runner({"run", file});
  EXPECT_EQ(run.exit_code, kDataset) << run.err;
  EXPECT_THAT(run.err, AllOf(HasSubstr("b.csv:722: "), HasSubstr("d.csv:722: ")));
  const std::string by_dataset =
      "SELECT d.name || ' ' || r.status || ' ' || r.reason FROM runs r JOIN datasets d ON d.id = r.dataset_id WHERE "
      "r.experiment_id = (SELECT max(id) FROM experiments) ORDER BY d.name";
  const auto unread = [](const char* words) {
    return AllOf(StartsWith(words), HasSubstr(".csv:722: expected 2 fields"));
  };
  EXPECT_THAT(ask(by_dataset),
              ElementsAre("a done ", unread("b failed not started: "), "c done ", unread("d failed not started: ")));
  EXPECT_THAT(runner({"leaderboard"}).out, AllOf(HasSubstr("b: could not be read"), HasSubstr("b.csv:722: ")));
  EXPECT_THAT(runner({"ls"}).err, testing::Not(HasSubstr("not started")));

  write(folder_ / "b.csv", sound + "u0,b\n");
  write(folder_ / "d.csv", sound);
  const Finished resumed = runner({"resume", file});
  EXPECT_EQ(resumed.exit_code, kDataset) << resumed.err;
  EXPECT_THAT(ask(by_dataset),
              ElementsAre("b done ",
                          "d failed not started: dataset \"d\" has the same content as dataset \"a\": the "
                          "trials of one are those of the other."));
}

TEST_F(Inputs, ACacheFolderThatCannotBeMadeIsNoFaultOfTheReader) {
  experiment("x", {kPopularity});
  for (const char* name : {"shop.csv", "shop.csv/below"}) {
    auto words = command({"run", (folder_ / "x.json").string()});
    std::ranges::replace(words, cache().string(), (folder_ / name).string());
    const ChildResult run = run_child(words, 120);
    EXPECT_EQ(run.exit_code, kUsage) << run.err;
    EXPECT_THAT(run.err, AllOf(HasSubstr(std::string(name) + ": cannot make this folder: Not a directory"),
                               HasSubstr("--cache-dir"), testing::Not(HasSubstr("reader"))));
    EXPECT_THAT(ask("SELECT uid FROM experiments"), testing::IsEmpty()) << "nothing was started";
  }
}

TEST_F(Inputs, OnceMendedTheSameCommandRuns) {
  experiment("x", {kPopularity});
  const std::string sound = read_file(folder_ / "shop.csv");
  write(folder_ / "shop.csv", sound + "broken\n");
  EXPECT_EQ(runner({"run", (folder_ / "x.json").string()}).exit_code, kDataset);
  write(folder_ / "shop.csv", sound);
  const Finished run = runner({"run", (folder_ / "x.json").string()});
  EXPECT_EQ(run.exit_code, 0) << run.err;
}

TEST_F(Inputs, SkippedLinesAreCountedAndSaid) {
  std::ofstream(folder_ / "shop.csv", std::ios::app) << "broken\nu1,i1,\xff\n";
  write(folder_ / "x.json", R"({"name": "x", "datasets": [{"plugin": "csv", "skip_bad_lines": true,
    "params": {"path": "shop.csv", "user": "user", "item": "item"}}], "models": [{"plugin": "popularity"}]})");
  const Finished run = runner({"run", (folder_ / "x.json").string()});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("2 lines"));
}

TEST_F(Inputs, ACacheFileThatWasCutOrOverwrittenIsBuiltAgain) {
  experiment("x", {kPopularity});
  const std::string file = (folder_ / "x.json").string();
  ASSERT_EQ(runner({"run", file}).exit_code, 0);
  const auto result = ask("SELECT result_sha256 FROM runs");
  for (const char* kind : {"content-", "task-"})
    for (const bool cut : {true, false})
      for (const auto& entry : fs::directory_iterator(folder_ / "cache")) {
        if (!entry.path().filename().string().starts_with(kind)) continue;
        if (cut) {
          fs::resize_file(entry.path(), entry.file_size() / 2);
        } else {
          std::fstream bytes(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
          bytes.seekp(static_cast<std::streamoff>(entry.file_size() - 100));
          bytes << "overwritten";
        }
        const Finished run = runner({"run", file});
        EXPECT_EQ(run.exit_code, 0) << entry.path() << run.err;
      }
  EXPECT_EQ(ask("SELECT DISTINCT result_sha256 FROM runs"), result);
}

TEST_F(Inputs, DoctorSaysWhichFileOfADatasetIsMissingOrEmpty) {
  ::setenv("ASSAY_DATA", folder_.c_str(), 1);
  fs::create_directory(folder_ / "lastfm");
  const std::string none = runner({"doctor"}).out;
  write(folder_ / "lastfm/data1.txt", "1\t2\t3\n");
  const std::string half = runner({"doctor"}).out;
  write(folder_ / "lastfm/test1.txt", "");
  const Finished empty = runner({"doctor"});
  ::unsetenv("ASSAY_DATA");
  EXPECT_THAT(none, testing::ContainsRegex("not found in the 1 folder of .* lastfm"));
  EXPECT_THAT(half,
              testing::ContainsRegex("lastfm cannot be used: .*/params/test_path: \"lastfm/test1.txt\" does not"));
  EXPECT_EQ(empty.exit_code, 1);
  EXPECT_THAT(empty.out, HasSubstr("lastfm: " + (folder_ / "lastfm/test1.txt").string() + " is empty"));
  EXPECT_THAT(empty.out, testing::Not(testing::ContainsRegex("ready:.* lastfm")));
}

TEST_F(Inputs, AFolderWithBlanksAndQuotesIsAFolder) {
  const fs::path odd = folder_ / "it's \"a\" folder; $HOME `x`";
  fs::create_directory(odd);
  experiment("x", {kPopularity});
  fs::rename(folder_ / "shop.csv", odd / "shop.csv");
  fs::rename(folder_ / "x.json", odd / "my x.json");
  const Finished run = runner({"run", (odd / "my x.json").string()});
  EXPECT_EQ(run.exit_code, 0) << run.err;
}

TEST_F(Inputs, ReadersOfTheDatabaseEndWithFourAndTouchNothing) {
  write(folder_ / "r.db", std::string(9000, 'x'));
  const std::string before = sha256_of_file(folder_ / "r.db");
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"ls"}, {"leaderboard"}, {"show", "1"}, {"query", "SELECT 1"}, {"export"}}) {
    const Finished run = runner(words);
    EXPECT_EQ(run.exit_code, kDatabase) << words[0] << run.err;
    EXPECT_THAT(run.err, HasSubstr("this is not a SQLite database"));
  }
  EXPECT_EQ(sha256_of_file(folder_ / "r.db"), before);
}

}  // namespace
}  // namespace assay
