// A model that fails costs one trial: a row with its reason. The others go on.

#include "laboratory.hpp"

namespace assay {
namespace {

class Failures : public Laboratory {
 protected:
  void SetUp() override {
    Laboratory::SetUp();
    begin_with_a_finished_run();
  }
  Finished run(const std::string& what, const std::string& more = "") {
    experiment("bad",
               {R"({"plugin": "misbehaving", "params": {"what": ")" + what + R"("}})", R"({"plugin": "popularity"})"},
               more);
    return runner({"run", (folder_ / "bad.json").string()});
  }
  [[nodiscard]] std::string reason() const {
    return ask("SELECT reason FROM runs WHERE status <> 'done' ORDER BY id DESC").at(0);
  }
};

struct Case {
  const char *what, *status, *reason;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.what; }
class Kinds : public Failures, public testing::WithParamInterface<Case> {};

TEST_P(Kinds, BecomeARowWithAReasonAndTheOtherModelIsRanked) {
  const Case& c = GetParam();
  const Finished finished = run(c.what);
  EXPECT_EQ(finished.exit_code, 1) << finished.err;
  EXPECT_EQ(statuses().at("misbehaving"), c.status) << finished.err;
  EXPECT_EQ(statuses().at("popularity"), "done");
  EXPECT_NE(reason().find(c.reason), std::string::npos) << reason();
  EXPECT_NE(finished.err.find(c.reason), std::string::npos) << "the user is told: " << finished.err;
}

INSTANTIATE_TEST_SUITE_P(Failures, Kinds,
                         testing::Values(Case{"crash", "crashed", "SIGSEGV"}, Case{"abort", "crashed", "SIGABRT"},
                                         Case{"exit", "crashed", "exit code 3"}, Case{"lie", "crashed", "no manifest"},
                                         Case{"throw", "failed", "the third layer is missing"},
                                         Case{"throw_int", "failed", "not a std::exception"},
                                         Case{"nan_loss", "diverged", "generator"},
                                         Case{"nan_score", "failed", "is NaN"}),
                         [](const auto& instance) { return std::string(instance.param.what); });

TEST_F(Failures, ATrialBeyondItsTimeIsATimeout) {
  EXPECT_EQ(
      run("hang", R"("resources": {"seconds": 1}, "backend": {"plugin": "local", "params": {"grace": 0}})").exit_code,
      1);
  EXPECT_EQ(statuses().at("misbehaving"), "timeout");
  EXPECT_NE(reason().find("took longer than its time limit"), std::string::npos) << reason();
  EXPECT_EQ(statuses().at("popularity"), "done");
}

TEST_F(Failures, ATrialBeyondItsMemoryIsOutOfMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers reserve more memory than any limit allows";
#endif
  EXPECT_EQ(run("memory", R"("resources": {"memory_mb": 1000})").exit_code, 1);
  EXPECT_EQ(statuses().at("misbehaving"), "out_of_memory") << reason();
  EXPECT_NE(reason().find("memory"), std::string::npos) << reason();
  EXPECT_EQ(statuses().at("popularity"), "done");
}

}  // namespace
}  // namespace assay
