// Children: what they wrote and how they ended.

#include "plugin/child.hpp"

#include <csignal>
#include <gtest/gtest.h>
#include <vector>

#include "assay/errors.hpp"

namespace assay {
namespace {

ChildResult shell(const std::string& script, int seconds = 60) {
  const std::vector<std::string> argv{"/bin/sh", "-c", script};
  return run_child(argv, seconds);
}

TEST(Child, BothStreamsAndTheExitCodeComeBack) {
  const auto result = shell("echo out; echo err >&2; exit 7");
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
  EXPECT_EQ(result.exit_code, 7);
  EXPECT_EQ(result.trouble(), "ended with exit code 7");
}

TEST(Child, AnEndWithoutTroubleHasNone) { EXPECT_EQ(shell("true").trouble(), ""); }

TEST(Child, ASignalIsNamed) {
  const auto result = shell("kill -SEGV $$");
  EXPECT_EQ(result.signal, SIGSEGV);
  EXPECT_EQ(result.trouble(), "crashed (SIGSEGV)");
}

TEST(Child, OneThatNeverEndsIsStoppedAfterItsTime) {
  const auto result = shell("echo begun; while :; do :; done", 1);
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.out, "begun\n");
  EXPECT_EQ(result.trouble(), "took longer than 1 s and was stopped");
}

TEST(Child, ALimitOfMonthsKeepsNobodyFromAsking) {
  const std::vector<std::string> argv{"/bin/sh", "-c", "while :; do :; done"};
  int asked = 0;
  const auto result = run_child(argv, 40 * 24 * 3600, [&] { return ++asked < 3; });  // more ms than an int holds
  EXPECT_EQ(result.signal, SIGKILL);
  EXPECT_FALSE(result.timed_out);
}

TEST(Child, MoreThanAPipeHoldsOnBothStreamsDoesNotBlock) {
  const auto result = shell("head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2");
  EXPECT_EQ(result.trouble(), "");
  EXPECT_EQ(result.out.size(), 1u << 20);
  EXPECT_EQ(result.err.size(), 1u << 20);
}

TEST(Child, AGrandchildThatKeepsThePipesOpenIsNotWaitedFor) {
  const auto result = shell("tail -f /dev/null & echo $!", 30);
  EXPECT_FALSE(result.timed_out);
  ::kill(std::stoi(result.out), SIGKILL);
}

TEST(Child, ItsInputIsEmpty) { EXPECT_EQ(shell("cat").out, ""); }

TEST(Child, AProgramThatIsNotThereIsAnError) {
  const std::vector<std::string> argv{"/no/such/program"};
  EXPECT_THROW(static_cast<void>(run_child(argv, 1)), Error);
}

}  // namespace
}  // namespace assay
