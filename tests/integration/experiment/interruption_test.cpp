// Ctrl-C, then resume: the same bits as without the interruption.

#include <csignal>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.hpp"
#include "laboratory.hpp"

namespace assay {
namespace {

class Interruption : public Laboratory {
 protected:
  void SetUp() override {
    Laboratory::SetUp();
    experiment("walk", {R"({"plugin": "walker", "params": {"epochs": 30}})", R"({"plugin": "popularity"})"},
               R"("training": {"validate_every": 2, "patience": 0, "checkpoint_every": 1},
                  "backend": {"plugin": "local", "params": {"jobs": 1}})");
    ASSERT_EQ(::mkfifo(gate().c_str(), 0600), 0);
  }
  [[nodiscard]] std::string gate() const { return (folder_ / "gate").string(); }
  [[nodiscard]] std::string file() const { return (folder_ / "walk.json").string(); }
  /// Starts the experiment and returns when its first trial waits in epoch 6.
  pid_t start_until_the_gate() const {
    const pid_t process = start_runner({"run", file()}, {{"ASSAY_TEST_GATE", gate()}});
    const int fd = ::open(gate().c_str(), O_RDONLY);
    char byte = 0;
    EXPECT_EQ(::read(fd, &byte, 1), 1);
    ::close(fd);
    return process;
  }
};

TEST_F(Interruption, CtrlCStoresWhatThereIsAndResumeEndsWithTheSameBits) {
  const pid_t process = start_until_the_gate();
  ::kill(process, SIGINT);
  EXPECT_EQ(wait_for(process), 130);
  EXPECT_EQ(statuses().at("walker"), "cancelled");
  EXPECT_FALSE(statuses().contains("popularity")) << "it waited for its turn: there was no run";
  const std::string said = read_file(folder_ / "runner.err");
  EXPECT_NE(said.find("runner resume"), std::string::npos);
  EXPECT_NE(said.find("1 trial of walk was not started"), std::string::npos) << said;
  EXPECT_NE(runner({"ls"}).err.find("1 trial of walk was not started"), std::string::npos);

  const Finished resumed = runner({"resume", file()});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_NE(resumed.err.find("continues from the checkpoint"), std::string::npos) << resumed.err;
  EXPECT_NE(resumed.err.find("popularity: runs, was not started"), std::string::npos) << resumed.err;
  EXPECT_EQ(ask("SELECT value FROM tags WHERE name = 'continued_from_epoch'"), std::vector<std::string>{"5"});

  ASSERT_EQ(runner({"run", file()}).exit_code, 0);
  EXPECT_EQ(ask("SELECT count(*) FROM runs WHERE status = 'done'"), std::vector<std::string>{"4"});
  EXPECT_EQ(ask("SELECT count(DISTINCT result_sha256) FROM runs WHERE status = 'done'"), std::vector<std::string>{"2"});
  const std::string curves =
      "SELECT group_concat(value) FROM (SELECT p.run_id, p.value FROM points p JOIN runs r ON r.id = p.run_id "
      "WHERE r.status = 'done' AND r.label = 'walker' ORDER BY p.kind, p.series, p.epoch) GROUP BY run_id";
  const auto drawn = ask(curves);
  ASSERT_EQ(drawn.size(), 2u);
  EXPECT_EQ(drawn[0], drawn[1]) << "the curve of the resumed run is whole";
}

TEST_F(Interruption, AWorkerWhoseRunnerWasKilledStopsByItselfAndCanBeContinued) {
  const pid_t process = start_until_the_gate();
  while (statuses()["walker"] != "running") {  // the recorder writes a few times a second
  }
  ::kill(process, SIGKILL);
  EXPECT_EQ(wait_for(process), 128 + SIGKILL);
  const Finished resumed = runner({"resume", file()});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_NE(resumed.err.find("continues from the checkpoint"), std::string::npos) << resumed.err;
  EXPECT_EQ(statuses().at("walker"), "done");
}

}  // namespace
}  // namespace assay
