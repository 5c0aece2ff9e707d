// Ctrl-C once and twice, SIGTERM, a terminal that is closed, a pager that is closed, and a machine that sleeps.

#include <csignal>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.hpp"
#include "faults.hpp"
#include "jobs/stop_requests.hpp"
#include "trial/attempt.hpp"
#include "trial/environment.hpp"

namespace assay {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class Signals : public Faults {
 protected:
  [[nodiscard]] bool has_checkpoint() const {
    return std::filesystem::exists(std::filesystem::path(ask("SELECT folder FROM runs").at(0)) / kCheckpointFile);
  }
  /// Called after the first request was heard of.
  static void wait_until_it_is_another_request() {
    for (const double since = steady_seconds(); steady_seconds() - since < StopRequests::kSameRequest;) {
    }
  }
  /// Starts a trial that heeds nothing; returns when it runs.
  pid_t start_the_deaf() const {
    experiment("small", {R"({"plugin": "misbehaving", "params": {"what": "hang"}})"},
               R"("backend": {"plugin": "local", "params": {"grace": 3600}})");
    const pid_t process = start_runner({"run", file()}, {});
    await("started");
    while (!fits()) {
    }
    return process;
  }
  /// The trial is in fit(): before, it would heed SIGTERM as any program does.
  [[nodiscard]] bool fits() const {
    for (const auto& [name, content] : contents(database().string() + ".runs"))
      if (name.ends_with(kEventsFile) && content.find("\"fit\"") != std::string::npos) return true;
    return false;
  }
};

TEST_F(Signals, EachThatAsksToStopStoresACheckpointAndSaysHowToGoOn) {
  for (const auto& [signal, exit_code] : {std::pair{SIGINT, 130}, {SIGTERM, 143}, {SIGHUP, 129}}) {
    const pid_t process = start_until_the_gate();
    ::kill(process, signal);
    EXPECT_EQ(wait_for(process), exit_code);
    EXPECT_EQ(statuses().at("walker"), "cancelled");
    EXPECT_TRUE(has_checkpoint());
    EXPECT_THAT(said(), HasSubstr("To go on: runner resume " + file()));
    EXPECT_THAT(said(), HasSubstr("1 trial of small was not started"));
    std::filesystem::remove(database());
    std::filesystem::remove(folder_ / "runner.err");
  }
}

TEST_F(Signals, ASecondCtrlCEndsWhatDoesNotHeedTheFirst) {
  const pid_t process = start_the_deaf();
  ::kill(process, SIGINT);
  await("a second Ctrl-C ends it");
  wait_until_it_is_another_request();
  ::kill(process, SIGINT);
  EXPECT_EQ(wait_for(process), 130);
  EXPECT_EQ(statuses().at("misbehaving"), "cancelled");
  EXPECT_THAT(ask("SELECT reason FROM runs").at(0), HasSubstr("did not stop by itself"));
  EXPECT_THAT(faults_of(database()), IsEmpty());
}

TEST_F(Signals, WhatTimeoutSendsTwiceLosesNoCheckpoint) {
  const pid_t process = start_until_the_gate();
  for (int i = 0; i < 2; ++i) ::kill(process, SIGTERM);  // timeout(1): to its child, and then to the group
  EXPECT_EQ(wait_for(process), 143);
  EXPECT_EQ(statuses().at("walker"), "cancelled");
  EXPECT_TRUE(has_checkpoint());
  EXPECT_THAT(said(), testing::Not(HasSubstr("at once")));
}

TEST_F(Signals, ASecondHangUpEndsNothing) {
  const pid_t process = start_the_deaf();
  ::kill(process, SIGHUP);
  await("may save its state");
  for (int i = 0; i < 3; ++i) ::kill(process, SIGHUP);
  while (statuses()["misbehaving"] != "running") {  // the recorder writes a few times a second
  }
  EXPECT_THAT(said(), testing::Not(HasSubstr("at once")));
  wait_until_it_is_another_request();
  ::kill(process, SIGTERM);
  EXPECT_EQ(wait_for(process), 143);
}

/// A runner that leads the session of a terminal of its own; the other end of that terminal goes to `ours`.
pid_t start_on_a_terminal(const std::vector<std::string>& command, const std::string& gate, int& ours) {
  ours = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  EXPECT_EQ(::grantpt(ours) | ::unlockpt(ours), 0);
  const std::string name = ::ptsname(ours);
  const pid_t process = ::fork();
  if (process != 0) return process;
  ::setsid();
  const int side = ::open(name.c_str(), O_RDWR);
  ::ioctl(side, TIOCSCTTY, 0);
  for (const int fd : {0, 1, 2}) ::dup2(side, fd);
  ::setenv("ASSAY_TEST_GATE", gate.c_str(), 1);
  ::setenv("TERM", "dumb", 1);  // few lines: nobody reads them
  ::signal(SIGHUP, SIG_DFL);
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execv(words[0], words.data());
  ::_exit(127);
}

TEST_F(Signals, AClosedTerminalLetsTheTrialsSaveTheirState) {
  int terminal = -1;
  const pid_t process =
      start_on_a_terminal(command({"run", file(), "seeds=[1]", "backend.params.jobs=1"}), gate(), terminal);
  wait_at_the_gate();
  ::close(terminal);
  EXPECT_EQ(wait_for(process), 129);
  EXPECT_EQ(statuses().at("walker"), "cancelled");
  EXPECT_TRUE(has_checkpoint());
  EXPECT_EQ(runner({"resume", "small"}).exit_code, 0);
}

TEST_F(Signals, APagerThatIsClosedEndsNoExperiment) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  const pid_t process = ::fork();
  if (process == 0) {
    ::signal(SIGPIPE, SIG_DFL);
    ::dup2(ends[1], 1);
    ::dup2(ends[1], 2);
    const auto argv = command({"run", file()});
    std::vector<char*> words;
    for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    ::execv(words[0], words.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  EXPECT_EQ(wait_for(process), 0);
  EXPECT_EQ(results().size(), 3u);
}

TEST_F(Signals, AMachineThatSleepsGoesOnWhereItWas) {
  const pid_t process = start_until_the_gate();
  const pid_t worker = worker_of(process);
  for (const int signal : {SIGSTOP, SIGCONT}) {
    ::kill(worker, signal);
    ::kill(process, signal);
  }
  ::kill(process, SIGSTOP);  // the worker ends while its runner sleeps
  ::kill(worker, SIGTERM);
  const std::filesystem::path folder = ask("SELECT folder FROM runs WHERE label = 'walker'").at(0);
  while (!std::filesystem::exists(folder / kManifestFile)) {
  }
  ::kill(process, SIGCONT);
  EXPECT_EQ(wait_for(process), 0) << said();
  EXPECT_EQ(statuses().at("walker"), "cancelled");
  EXPECT_EQ(statuses().at("popularity"), "done");
}

}  // namespace
}  // namespace assay
