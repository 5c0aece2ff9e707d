// Workers and runners that are killed, and workers that outlive their runner.

#include <csignal>
#include <fstream>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>

#include "base/files.hpp"
#include "faults.hpp"
#include "trial/attempt.hpp"
#include "trial/manifest.hpp"
#include "trial/safetensors.hpp"

namespace assay {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class Orphans : public Faults {
 protected:
  [[nodiscard]] std::filesystem::path folder_of_walker() const {
    return ask("SELECT folder FROM runs WHERE label = 'walker' ORDER BY id DESC").at(0);
  }
  Finished resume() const { return runner({"resume", "small"}); }
};

TEST_F(Orphans, AKilledWorkerIsACrashThatNamesTheSignalAndResumeContinuesIt) {
  const pid_t runner = start_until_the_gate();
  ::kill(worker_of(runner), SIGKILL);
  EXPECT_EQ(wait_for(runner), 1) << said();
  EXPECT_EQ(statuses(), (std::map<std::string, std::string>{{"popularity", "done"}, {"walker", "crashed"}}));
  EXPECT_THAT(said(), HasSubstr("crashed with SIGKILL"));
  const Finished resumed = resume();
  EXPECT_EQ(resumed.exit_code, 0);
  EXPECT_THAT(resumed.err, HasSubstr("runs, crashed before in run"));
  EXPECT_THAT(resumed.err, HasSubstr("popularity: skipped, done in run"));
  EXPECT_EQ(ask("SELECT value FROM tags WHERE name = 'continued_from_epoch'"), std::vector<std::string>{"5"});
  EXPECT_THAT(faults_of(database()), IsEmpty());
}

TEST_F(Orphans, RunsOfAKilledRunnerAreLostAtOnceAlsoForReaders) {
  const pid_t process = start_until_the_gate();
  EXPECT_THAT(runner({"ls"}).out, HasSubstr("running"));
  ::kill(process, SIGKILL);
  EXPECT_EQ(wait_for(process), 128 + SIGKILL);
  await_orphans();
  const Finished ls = runner({"ls"});
  EXPECT_THAT(ls.out, HasSubstr("lost"));
  EXPECT_THAT(ls.out, testing::Not(HasSubstr("popularity"))) << "it never began";
  EXPECT_THAT(ls.err, HasSubstr("1 trial of small was not started; runner resume small"));
  EXPECT_THAT(runner({"leaderboard"}).out, HasSubstr("lost"));
}

TEST_F(Orphans, AWorkerThatSleptThroughItAllWritesIntoNoNewerAttempt) {
  const pid_t process = start_until_the_gate();
  const pid_t worker = worker_of(process);
  const std::filesystem::path old = folder_of_walker();
  ::kill(worker, SIGSTOP);
  ::kill(process, SIGKILL);
  EXPECT_EQ(wait_for(process), 128 + SIGKILL);
  const Finished resumed = resume();
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr("continues from the checkpoint"));
  const std::filesystem::path newer = folder_of_walker();
  ASSERT_NE(newer, old);
  const auto files = contents(newer);
  const auto rows = results();
  ::kill(worker, SIGCONT);
  await_orphans();
  EXPECT_EQ(read_manifest(old).run.status, RunStatus::cancelled) << "it stopped by itself, in its own folder";
  EXPECT_EQ(contents(newer), files);
  EXPECT_EQ(results(), rows);
  EXPECT_THAT(resume().err, HasSubstr("walker, seed 1: skipped, done in run"));
}

TEST_F(Orphans, AWorkerWhoseFolderWasGivenAwayWritesNoManifest) {
  const pid_t process = start_until_the_gate();
  const std::filesystem::path folder = folder_of_walker();
  auto attempt = nlohmann::json::parse(read_file(folder / kAttemptFile));
  attempt["attempt"] = "another-one";
  write_file_atomically(folder / kAttemptFile, attempt.dump());
  ::kill(worker_of(process), SIGTERM);
  EXPECT_EQ(wait_for(process), 1);
  EXPECT_FALSE(std::filesystem::exists(folder / kManifestFile));
  EXPECT_EQ(statuses().at("walker"), "crashed");
  EXPECT_THAT(ask("SELECT log_tail FROM runs WHERE label = 'walker'").at(0), HasSubstr("belongs to another attempt"));
}

TEST_F(Orphans, AWorkerThatFinishedAloneIsTakenOverAndNotRepeated) {
  ASSERT_EQ(runner({"run", file()}).exit_code, 0);
  const auto whole = results();
  const auto unsaid = ask("SELECT uid FROM runs WHERE label = 'walker' AND seed = 2");
  const std::string db = database().string();
  // As if the runner had been killed between the worker's end and the commit of its results.
  const std::string sql =
      "DELETE FROM results WHERE run_id = 2; DELETE FROM unit_metrics WHERE run_id = 2; DELETE FROM top_lists WHERE "
      "run_id = 2; DELETE FROM artifacts WHERE run_id = 2; DELETE FROM points WHERE run_id = 2 AND epoch > 3; DELETE "
      "FROM "
      "tags WHERE run_id = 2; UPDATE runs SET status = 'lost', result_sha256 = NULL WHERE id = 2";
  ASSERT_EQ(std::system(("sqlite3 '" + db + "' \"" + sql + "\"").c_str()), 0);
  ASSERT_EQ(ask("SELECT label || seed FROM runs WHERE status = 'lost'"), std::vector<std::string>{"walker2"});
  const Finished resumed = resume();
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr("which ended well after its runner had died"));
  EXPECT_EQ(results(), whole);
  EXPECT_EQ(ask("SELECT count(DISTINCT folder) FROM runs"), std::vector<std::string>{"3"}) << "nothing was computed";
  EXPECT_THAT(faults_of(database()), IsEmpty());
}

TEST_F(Orphans, ADamagedCheckpointCostsTheEpochsAndNotTheTrial) {
  const pid_t process = start_until_the_gate();
  ::kill(process, SIGINT);
  EXPECT_EQ(wait_for(process), 130);
  std::filesystem::resize_file(folder_of_walker() / kCheckpointFile, 100);  // a machine that lost its power
  const Finished resumed = resume();
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(statuses().at("walker"), "done");
  EXPECT_THAT(ask("SELECT value FROM tags WHERE name = 'checkpoint_not_used'").at(0), HasSubstr("not a sound"));
}

TEST_F(Orphans, ACheckpointWithoutTheModelsWeightsCostsTheEpochsAndNotTheTrial) {
  const pid_t process = start_until_the_gate();
  ::kill(process, SIGINT);
  EXPECT_EQ(wait_for(process), 130);
  const std::filesystem::path file = folder_of_walker() / kCheckpointFile;
  const std::string state(SafetensorsFile(file).text("assay.state"));
  save_safetensors(file, [&](Writer& to) { to.text("assay.state", state); });
  const Finished resumed = resume();
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(statuses().at("walker"), "done");
  EXPECT_THAT(ask("SELECT value FROM tags WHERE name = 'checkpoint_not_used'").at(0), HasSubstr("has no tensor"));
  EXPECT_THAT(ask("SELECT value FROM tags WHERE name = 'continued_from_epoch'"), IsEmpty());
}

}  // namespace
}  // namespace assay
