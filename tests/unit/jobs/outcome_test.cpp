// The manifest decides how an attempt went; the backend's word explains why there is none.

#include <fstream>

#include "fake_backend.hpp"
#include "jobs/trial_outcome.hpp"
#include "scratch_folder.hpp"
#include "trial/attempt.hpp"
#include "trial/manifest.hpp"

namespace assay {
namespace {

class Outcome : public ScratchFolder {
 protected:
  void SetUp() override {
    ScratchFolder::SetUp();
    order_.id = "attempt-1";
    order_.folder = folder_;
  }
  void manifest(RunStatus status, const std::string& attempt = "attempt-1") const {
    Manifest m;
    m.attempt = attempt;
    m.run.status = status;
    m.run.reason = "as the worker said";
    write_manifest(folder_, m);
  }
  RunEnded outcome(AttemptEnd end, bool stopping = false) { return outcome_of(backend_, order_, end, stopping); }
  FakeBackend backend_;
  AttemptOrder order_;
};

TEST_F(Outcome, WithoutAManifestASignalIsACrashThatIsNamed) {
  std::ofstream(folder_ / kLogFile) << "plugin: something odd\n";
  const RunEnded run = outcome({.signal = 11});
  EXPECT_EQ(run.status, RunStatus::crashed);
  EXPECT_NE(run.reason.find("SIGSEGV"), std::string::npos);
  EXPECT_EQ(run.log_tail, "plugin: something odd\n");
}

TEST_F(Outcome, ASuccessfulExitWithoutAManifestIsNoSuccess) {
  EXPECT_EQ(outcome({.exit_code = 0}).status, RunStatus::crashed);
}

TEST_F(Outcome, TheManifestCountsMoreThanTheExitCode) {
  manifest(RunStatus::diverged);
  const RunEnded run = outcome({.signal = 6});
  EXPECT_EQ(run.status, RunStatus::diverged);
  EXPECT_EQ(run.tags.at(0).first, "worker_signal");
}

TEST_F(Outcome, AManifestOfAnotherAttemptDoesNotCount) {
  manifest(RunStatus::done, "attempt-2");
  EXPECT_EQ(outcome({}).status, RunStatus::failed);
}

TEST_F(Outcome, ADamagedManifestFailsTheRun) {
  std::ofstream(folder_ / kManifestFile) << "{\"format\": 1";
  EXPECT_EQ(outcome({}).status, RunStatus::failed);
}

TEST_F(Outcome, TheBackendsReasonsBecomeStatuses) {
  EXPECT_EQ(outcome({.signal = 9, .reason = "timeout"}).status, RunStatus::timeout);
  EXPECT_EQ(outcome({.signal = 9, .reason = "out of memory"}).status, RunStatus::out_of_memory);
  EXPECT_EQ(outcome({.state = AttemptState::lost}).status, RunStatus::lost);
  EXPECT_EQ(outcome({.signal = 9}, true).status, RunStatus::cancelled);
}

TEST_F(Outcome, AWorkerThatStoppedBecauseItsTimeWasUpIsATimeout) {
  manifest(RunStatus::cancelled);
  EXPECT_EQ(outcome({.reason = "timeout"}).status, RunStatus::timeout);
  EXPECT_EQ(outcome({}).status, RunStatus::cancelled);
}

TEST_F(Outcome, FilesThatOnlyTheBackendHasAreFetched) {
  manifest(RunStatus::failed);
  std::ifstream in(folder_ / kManifestFile);
  backend_.files["attempt-1/manifest.json"] = std::string(std::istreambuf_iterator<char>(in), {});
  std::filesystem::remove(folder_ / kManifestFile);
  EXPECT_EQ(outcome({}).reason, "as the worker said");
}

TEST_F(Outcome, TheTailOfALongLogBeginsWithAWholeLine) {
  std::ofstream log(folder_ / kLogFile);
  for (int i = 0; i < 2000; ++i) log << "line " << i << "\n";
  log.close();
  const RunEnded run = outcome({.exit_code = 1});
  EXPECT_LE(run.log_tail.size(), 4096u);
  EXPECT_TRUE(run.log_tail.starts_with("line "));
  EXPECT_TRUE(run.log_tail.ends_with("line 1999\n"));
}

TEST_F(Outcome, ALogThatNoMemoryHoldsIsReadFromItsEnd) {
  std::ofstream(folder_ / kLogFile).close();
  std::filesystem::resize_file(folder_ / kLogFile,
                               std::uintmax_t{1} << 40);  // sparse: a plugin that never stops talking
  std::ofstream(folder_ / kLogFile, std::ios::app) << "\nthe last words\n";
  EXPECT_EQ(outcome({.exit_code = 1}).log_tail, "the last words\n");
}

}  // namespace
}  // namespace assay
