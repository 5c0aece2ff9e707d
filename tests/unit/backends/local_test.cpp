// The backend `local`, with shells in the place of workers.

#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "assay/backend.hpp"
#include "assay/errors.hpp"

#include "base/files.hpp"
#include "plugin/catalogue.hpp"
#include "scratch_folder.hpp"

namespace assay {
namespace {

struct Seen final : StatusSink {
  struct Status {
    AttemptState state;
    int exit_code, signal;
    std::string reason;
  };
  std::map<std::string, Status> attempts;
  void status(const AttemptStatus& s) override {
    attempts[std::string(s.id)] = {s.state, s.exit_code, s.signal, std::string(s.reason)};
  }
};

struct Text final : ByteSink {
  std::string text;
  void bytes(std::span<const std::byte> more) override {
    text.append(reinterpret_cast<const char*>(more.data()), more.size());
  }
};

class LocalBackend : public ScratchFolder {
 protected:
  void use(const std::string& params) {
    backend_ = make<Backend>(*Library::open(std::string(ASSAY_BINARY_DIR) + "/plugins/local.so"), "local", params);
  }
  void SetUp() override {
    ScratchFolder::SetUp();
    use("{}");
  }
  void submit(const std::string& id, std::vector<std::string_view> command, Resources resources = {1, 1, 0, 0},
              std::vector<std::string_view> environment = {}) {
    folder_of_[id] = subfolder(id).string();
    backend_->submit({id, "label", folder_of_[id], command, environment, {}, resources});
  }
  void shell(const std::string& id, const std::string& script, Resources resources = {1, 1, 0, 0},
             std::vector<std::string_view> environment = {}) {
    submit(id, {"/bin/sh", "-c", script}, resources, environment);
  }
  Seen listed(std::string_view label = "label") {
    Seen seen;
    backend_->list(label, seen);
    return seen;
  }
  Seen::Status ended(const std::string& id) {
    for (;;)
      if (const Seen seen = listed(); seen.attempts.at(id).state != AttemptState::running) return seen.attempts.at(id);
  }
  std::string read(const std::string& id, const std::string& file, std::int64_t offset = 0) {
    Text text;
    backend_->read(id, file, offset, text);
    return text.text;
  }
  /// Returns when the attempt wrote that to its log.
  void await(const std::string& id, const std::string& word) {
    while (read(id, "log.txt").find(word) == std::string::npos) listed();
  }
  std::shared_ptr<Backend> backend_;
  std::map<std::string, std::string> folder_of_;
};

/// Waits until a process that is not our child is gone.
void await_end(pid_t process) {
  while (::kill(process, 0) == 0) {
  }
}

/// Waits until a child of ours is stopped (SIGSTOP), and leaves its status to others.
void await_stop(pid_t child) {
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WSTOPPED | WNOWAIT), 0) << std::strerror(errno);
}

TEST_F(LocalBackend, TellsExitCodesAndSignals) {
  shell("a", "exit 3");
  shell("b", "kill -SEGV $$");
  EXPECT_EQ(ended("a").exit_code, 3);
  EXPECT_EQ(ended("b").signal, SIGSEGV);
  EXPECT_TRUE(listed("another label").attempts.empty());
}

TEST_F(LocalBackend, StoresWhatIsPrintedAndReadsItFromAnyPlace) {
  shell("a", "echo to out; echo to err >&2; echo in {folder}");
  EXPECT_EQ(ended("a").exit_code, 0);
  EXPECT_EQ(read("a", "log.txt"), "to out\nto err\nin " + folder_of_["a"] + "\n");
  EXPECT_EQ(read("a", "log.txt", 7), "to err\nin " + folder_of_["a"] + "\n");
  EXPECT_EQ(read("a", "absent"), "");
  EXPECT_EQ(read("a", "../b/log.txt"), "") << "only files of the attempt's folder";
  EXPECT_EQ(read("nobody", "log.txt"), "");
}

TEST_F(LocalBackend, TheSameIdASecondTimeDoesNothing) {
  shell("a", "echo once");
  shell("a", "echo twice");
  EXPECT_EQ(ended("a").exit_code, 0);
  EXPECT_EQ(read("a", "log.txt"), "once\n");
}

TEST_F(LocalBackend, GivesVariablesAboveItsOwn) {
  ::setenv("ASSAY_TEST_INHERITED", "ours", 1);
  ::setenv("ASSAY_TEST_REPLACED", "ours", 1);
  shell("a", "echo $ASSAY_TEST_INHERITED $ASSAY_TEST_REPLACED", {1, 1, 0, 0}, {"ASSAY_TEST_REPLACED=theirs"});
  ended("a");
  EXPECT_EQ(read("a", "log.txt"), "ours theirs\n");
}

TEST_F(LocalBackend, AProgramThatIsNotThereIsAnErrorThatNamesIt) {
  try {
    submit("a", {"/no/such/program"});
    FAIL();
  } catch (const PluginError& e) {
    EXPECT_NE(std::string(e.what()).find("/no/such/program: No such file"), std::string::npos) << e.what();
  }
  EXPECT_TRUE(listed().attempts.empty());
}

TEST_F(LocalBackend, AFolderThatCannotHoldTheLogIsAnError) {
  const std::string folder = (folder_ / "absent").string();
  const std::vector<std::string_view> command{"/bin/true"};
  EXPECT_THROW(backend_->submit({"a", "label", folder, command, {}, {}, {1, 1, 0, 0}}), PluginError);
}

TEST_F(LocalBackend, CancelAsksAndByForceEndsTheWholeTree) {
  shell("asked", "trap 'echo stopping; exit 7' TERM; echo ready; while :; do :; done");
  shell("forced", "trap '' TERM; sleep 1000 & echo child $!; wait; while :; do :; done");
  await("asked", "ready\n");
  await("forced", "\n");
  const int grandchild = std::stoi(read("forced", "log.txt").substr(6));
  backend_->cancel("asked", false);
  EXPECT_EQ(ended("asked").exit_code, 7);
  backend_->cancel("forced", true);
  EXPECT_EQ(ended("forced").signal, SIGKILL);
  await_end(grandchild);
  backend_->cancel("nobody", true);
}

TEST_F(LocalBackend, WhoDoesNotHeedIsKilledAfterTheGrace) {
  use(R"({"grace": 0})");
  shell("a", "trap '' TERM; echo ready; while :; do :; done");
  await("a", "ready\n");
  backend_->cancel("a", false);
  EXPECT_EQ(ended("a").signal, SIGKILL);
  EXPECT_EQ(ended("a").reason, "") << "nobody ran out of memory or time";
}

TEST_F(LocalBackend, BeyondItsTimeItIsStoppedAndTheReasonSaysSo) {
  use(R"({"grace": 0})");
  shell("a", "while :; do :; done", {1, 1, 0, 1});
  EXPECT_EQ(ended("a").reason, "timeout");
}

TEST_F(LocalBackend, AFolderMayHaveTheNameOfAMark) {
  shell("a{inputs}{folder}", "echo $1; pwd", {1, 1, 0, 0});
  EXPECT_EQ(ended("a{inputs}{folder}").exit_code, 0);
  submit("b{inputs}", {"/bin/echo", "{folder}{inputs}{x}"});
  EXPECT_EQ(ended("b{inputs}").exit_code, 0);
  EXPECT_EQ(read("b{inputs}", "log.txt"), (folder_ / "b{inputs}").string() + "/{x}\n");
}

TEST_F(LocalBackend, ALimitBeyondTheClockIsNone) {
  shell("a", "echo here", {1, 1, 0, std::int64_t{13'835'058'055}});  // its nanoseconds wrap around to the past
  const Seen::Status status = ended("a");
  EXPECT_EQ(status.reason, "");
  EXPECT_EQ(status.exit_code, 0);
}

TEST_F(LocalBackend, AStoppedWorkerCanBeEnded) {
  use(R"({"grace": 0})");
  shell("a", "echo $$; kill -STOP $$");
  await("a", "\n");
  await_stop(std::stoi(read("a", "log.txt")));
  EXPECT_EQ(listed().attempts.at("a").state, AttemptState::running);
  backend_->cancel("a", false);
  EXPECT_EQ(ended("a").signal, SIGKILL);
}

TEST_F(LocalBackend, MemoryBecomesALimitOnDataAndCoresAreNotDumped) {
  shell("a", "ulimit -d; ulimit -c", {1, 1, 64 << 20, 0});
  ended("a");
  EXPECT_EQ(read("a", "log.txt"), "65536\n0\n");
}

TEST_F(LocalBackend, WhatAWorkerLeavesBehindEndsWithIt) {
  shell("a", "sleep 1000 & echo $!");
  EXPECT_EQ(ended("a").exit_code, 0);
  await_end(std::stoi(read("a", "log.txt")));
}

TEST_F(LocalBackend, AWorkerHasNoInputNoCtrlCAndNoIgnoredSignals) {
  ::signal(SIGTERM, SIG_IGN);
  ::signal(SIGALRM, SIG_IGN);
  shell("a", "cat; test $(ps -o pgid= $$) = $$ && echo own group; grep SigIgn /proc/self/status");
  ::signal(SIGTERM, SIG_DFL);
  ::signal(SIGALRM, SIG_DFL);
  ended("a");
  EXPECT_EQ(read("a", "log.txt"), "own group\nSigIgn:\t0000000000000000\n");
}

TEST_F(LocalBackend, ForgottenAttemptsAreEndedAndNoLongerListed) {
  shell("a", "echo $$; while :; do :; done");
  await("a", "\n");
  const int process = std::stoi(read("a", "log.txt"));
  backend_->forget("a");
  EXPECT_TRUE(listed().attempts.empty());
  EXPECT_NE(::kill(process, 0), 0);
  backend_->forget("nobody");
}

TEST_F(LocalBackend, WorkersOfARunnerThatIsKilledAreAskedToStop) {
  const pid_t runner = ::fork();
  if (runner == 0) {
    shell("a", "trap 'echo asked; exit' TERM; echo ready; while :; do :; done");
    await("a", "ready\n");
    ::raise(SIGKILL);
  }
  int status = 0;
  ::waitpid(runner, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  while (read_file(folder_ / "a" / "log.txt") != "ready\nasked\n") {
  }
}

TEST_F(LocalBackend, CapacityIsWhatItWasToldOrTheMachine) {
  use(R"({"jobs": 3, "cores": 5})");
  EXPECT_EQ(backend_->capacity().processes, 3);
  EXPECT_EQ(backend_->capacity().threads, 5);
  use("{}");
  EXPECT_GE(backend_->capacity().threads, 1);
  EXPECT_EQ(backend_->capacity().processes, backend_->capacity().threads);
  EXPECT_GT(backend_->capacity().memory_bytes, 0);
  EXPECT_THROW(submit("a", {"/bin/true"}, {2, 1, 0, 0}), PluginError) << "it starts no gangs";
}

}  // namespace
}  // namespace assay
