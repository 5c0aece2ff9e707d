// A clock that is set back, before a resume and in the middle of a run.

#include <csignal>
#include <gmock/gmock.h>

#include "faults.hpp"

namespace assay {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class Clock : public Faults {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer's library has to be the first one";
#endif
    Faults::SetUp();
  }
  /// A runner and workers for whom it is a year earlier, from so many questions on.
  [[nodiscard]] static Variables a_year_back(int after) {
    return {{"LD_PRELOAD", ASSAY_MOMENTS},
            {"ASSAY_TEST_CLOCK_BACK", "31536000"},
            {"ASSAY_TEST_CLOCK_AFTER", std::to_string(after)}};
  }
};

TEST_F(Clock, SetBackBeforeAResumeChangesNothing) {
  const pid_t process = start_until_the_gate();
  ::kill(process, SIGINT);
  EXPECT_EQ(wait_for(process), 130);
  EXPECT_EQ(wait_for(start_runner({"resume", file()}, a_year_back(0))), 0) << said();
  EXPECT_THAT(said(), HasSubstr("walker, seed 1: runs, cancelled before in run"));
  EXPECT_EQ(ask("SELECT value FROM tags WHERE name = 'continued_from_epoch'"), std::vector<std::string>{"5"});
  const auto continued = results();
  const Finished again = runner({"resume", file()});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.err, HasSubstr("walker, seed 1: skipped, done in run"));
  EXPECT_EQ(results(), continued);
  EXPECT_THAT(runner({"ls", "-n", "1"}).out, HasSubstr("done")) << "the newest is what was stored last";
}

TEST_F(Clock, SetBackInTheMiddleOfARunSpoilsNoDuration) {
  EXPECT_EQ(wait_for(start_runner({"run", file()}, a_year_back(20))), 0) << said();
  EXPECT_EQ(results().size(), 3u);
  EXPECT_THAT(ask("SELECT uid FROM runs WHERE total_seconds < 0 OR fit_seconds < 0 OR total_seconds > 600"), IsEmpty());
  EXPECT_THAT(said(), testing::Not(testing::ContainsRegex(" -[0-9]"))) << "no negative time is shown: " << said();
  EXPECT_THAT(faults_of(database()), IsEmpty());
}

}  // namespace
}  // namespace assay
