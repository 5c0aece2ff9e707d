// A whole experiment by the real runner: run, resume, recommend.

#include <fstream>

#include "base/files.hpp"
#include "laboratory.hpp"
#include "trial/attempt.hpp"
#include "trial/manifest.hpp"
#include "trial/safetensors.hpp"

namespace assay {
namespace {

using Experiments = Laboratory;

TEST_F(Experiments, ARunEndsWithALeaderboardAndEverythingInTheDatabase) {
  experiment("tiny", {R"({"plugin": "popularity"})", R"({"plugin": "walker"})"}, R"("seeds": [1, 2])");
  const Finished run = runner({"run", "tiny.json"});
  EXPECT_EQ(run.exit_code, 2) << "the file is beside the test, not in the working folder";
  const Finished good = runner({"run", (folder_ / "tiny.json").string()});
  ASSERT_EQ(good.exit_code, 0) << good.err;
  EXPECT_NE(good.out.find("popularity"), std::string::npos);
  EXPECT_NE(good.out.find(database().string()), std::string::npos);
  EXPECT_EQ(ask("SELECT count(*) FROM runs WHERE status = 'done'"), std::vector<std::string>{"3"})
      << "popularity needs no seed, walker has two";
  EXPECT_EQ(ask("SELECT count(*) FROM points WHERE kind = 'loss'"), std::vector<std::string>{"20"});
  EXPECT_NE(ask("SELECT count(*) FROM points WHERE kind = 'validation'"), std::vector<std::string>{"0"});
}

TEST_F(Experiments, TheSameSeedGivesTheSameResultHashAndAnotherSeedAnother) {
  experiment("tiny", {R"({"plugin": "walker"})"}, R"("seeds": [1, 2])");
  const std::string file = (folder_ / "tiny.json").string();
  ASSERT_EQ(runner({"run", file}).exit_code, 0);
  ASSERT_EQ(runner({"run", file}).exit_code, 0);
  EXPECT_EQ(ask("SELECT count(*) FROM runs"), std::vector<std::string>{"4"}) << "run always computes";
  EXPECT_EQ(ask("SELECT count(DISTINCT result_sha256) FROM runs"), std::vector<std::string>{"2"});
}

TEST_F(Experiments, ResumeRunsOnlyWhatIsMissingAndSaysWhy) {
  experiment("tiny", {R"({"plugin": "popularity"})"});
  const std::string file = (folder_ / "tiny.json").string();
  ASSERT_EQ(runner({"run", file}).exit_code, 0);
  experiment("tiny", {R"({"plugin": "item_knn"})", R"({"plugin": "popularity"})"});
  const Finished resumed = runner({"resume", file});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_NE(resumed.err.find("item_knn: runs, never ran"), std::string::npos) << resumed.err;
  EXPECT_NE(resumed.err.find("popularity: skipped, done in run"), std::string::npos) << resumed.err;
  EXPECT_EQ(ask("SELECT count(*) FROM runs"), std::vector<std::string>{"2"});
  const Finished by_name = runner({"resume", "tiny"});
  EXPECT_EQ(by_name.exit_code, 0) << by_name.err;
  EXPECT_EQ(ask("SELECT count(*) FROM runs"), std::vector<std::string>{"2"});
}

TEST_F(Experiments, ResumeByNameSaysThatItsFindingsAreInTheStoredExperiment) {
  experiment("tiny", {R"({"plugin": "popularity"})"});
  const std::string file = (folder_ / "tiny.json").string();
  ASSERT_EQ(runner({"run", file}).exit_code, 0);
  std::filesystem::remove(file);
  std::filesystem::remove(folder_ / "shop.csv");
  const Finished resumed = runner({"resume", "tiny"});
  EXPECT_EQ(resumed.exit_code, 2);
  EXPECT_NE(resumed.err.find("stored experiment \"tiny\": /datasets/0/params/path: "), std::string::npos)
      << resumed.err;
  EXPECT_EQ(resumed.err.find(file + ":"), std::string::npos) << resumed.err;
}

TEST_F(Experiments, ResumeSaysThatTheDataOrTheSplitChanged) {
  experiment("tiny", {R"({"plugin": "popularity"})"});
  const std::string file = (folder_ / "tiny.json").string();
  ASSERT_EQ(runner({"run", file}).exit_code, 0);
  std::ofstream(folder_ / "shop.csv", std::ios::app) << "u1,i1\n";
  const std::string uid = ask("SELECT uid FROM runs").at(0), run = "run " + uid.substr(uid.size() - 8);
  const Finished other_data = runner({"resume", file});
  EXPECT_NE(other_data.err.find("popularity: runs, the data changed since " + run), std::string::npos)
      << other_data.err;
  const Finished other_split = runner({"resume", file, "split.seed=2"});
  EXPECT_NE(other_split.err.find("popularity: runs, the split changed since run"), std::string::npos)
      << other_split.err;
}

class RelativeCache : public Laboratory {
 protected:
  [[nodiscard]] std::filesystem::path cache() const override { return std::filesystem::relative(folder_ / "cache"); }
};

TEST_F(RelativeCache, IsStoredSoThatOtherFoldersFindIt) {
  experiment("tiny", {R"({"plugin": "popularity"})"});
  ASSERT_EQ(runner({"run", (folder_ / "tiny.json").string()}).exit_code, 0);
  const std::string prepared = ask("SELECT prepared FROM experiment_tasks").at(0);
  EXPECT_EQ(std::filesystem::path(prepared).parent_path(), folder_ / "cache");
  EXPECT_EQ(read_saved_model(ask("SELECT folder FROM runs").at(0)).task_file, prepared);
}

TEST_F(Experiments, RecommendShowsWhatTheTestRankedFirst) {
  experiment("tiny", {R"({"plugin": "item_knn"})"});
  ASSERT_EQ(runner({"run", (folder_ / "tiny.json").string()}).exit_code, 0);
  const std::filesystem::path folder = ask("SELECT folder FROM runs").at(0);
  const Evaluation test = read_manifest(folder).run.test;
  const PreparedTask task = PreparedTask::open(read_saved_model(folder).task_file);
  const Finished shown = runner({"recommend", "--run", ask("SELECT uid FROM runs").at(0), "--user",
                                 task.user_id(test.users[0]), "-k", "1", "--json"});
  ASSERT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_NE(shown.out.find("\"" + task.item_id(test.top_items[0]) + "\""), std::string::npos) << shown.out;
  EXPECT_EQ(runner({"recommend", "--run", ask("SELECT uid FROM runs").at(0), "--user", "nobody"}).exit_code, 2);
}

TEST_F(Experiments, RecommendRefusesTheModelOfOtherData) {
  experiment("tiny", {R"({"plugin": "popularity"})"});
  ASSERT_EQ(runner({"run", (folder_ / "tiny.json").string()}).exit_code, 0);
  const std::filesystem::path file = std::filesystem::path(ask("SELECT folder FROM runs").at(0)) / kModelFile;
  const std::vector<float> interactions{1, 2, 3};
  const std::int64_t three[] = {3};
  save_safetensors(file, [&](Writer& to) { to.tensor("interactions", {interactions.data(), Element::f32, three}); });
  const Finished shown = runner({"recommend", "--run", ask("SELECT uid FROM runs").at(0), "--user", "u1"});
  EXPECT_EQ(shown.exit_code, 7) << shown.out;
  EXPECT_NE(shown.err.find(file.string() + ": the stored tensor interactions should be float32 ["), std::string::npos)
      << shown.err;
}

TEST_F(Experiments, ARefitTrainsAgainOnTrainAndValidation) {
  experiment("tiny", {R"({"plugin": "walker", "params": {"epochs": 40}})"},
             R"("training": {"validate_every": 1, "patience": 3, "refit": true})");
  const Finished run = runner({"run", (folder_ / "tiny.json").string()});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const std::filesystem::path folder = ask("SELECT folder FROM runs").at(0);
  EXPECT_TRUE(read_saved_model(folder).trained_on_validation);
  const auto epochs = ask("SELECT max(epoch) FROM points WHERE series = 'refit/walk'").at(0);
  EXPECT_EQ(ask("SELECT best_epoch FROM runs").at(0), epochs);
  EXPECT_FALSE(std::filesystem::exists(folder / kCheckpointFile)) << "nothing is left of a training that is over";
}

TEST_F(Experiments, DataThatCannotBeReadEndsWithTheirExitCodeAndPlace) {
  std::ofstream(folder_ / "shop.csv", std::ios::app) << "only_one_field\n";
  experiment("tiny", {R"({"plugin": "popularity"})"});
  const Finished run = runner({"run", (folder_ / "tiny.json").string()});
  EXPECT_EQ(run.exit_code, 7) << run.err;
  EXPECT_NE(run.err.find("shop.csv:"), std::string::npos) << run.err;
}

TEST_F(Experiments, ALibraryThatSwitchesDenormalsOffIsPutRightAndNoted) {
  experiment("tiny", {R"({"plugin": "fast_math"})"});
  const Finished run = runner({"run", (folder_ / "tiny.json").string()});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(ask("SELECT value FROM tags WHERE name = 'mxcsr_restored'"), std::vector<std::string>{"1"});
}

}  // namespace
}  // namespace assay
