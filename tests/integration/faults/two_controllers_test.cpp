// Two runners on one database, and on one experiment.

#include <csignal>
#include <gmock/gmock.h>

#include "faults.hpp"
#include "plugin/child.hpp"

namespace assay {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

using TwoRunners = Faults;

TEST_F(TwoRunners, StoreEverythingOfBothAlsoWhenBothMakeTheCacheAndTheDatabase) {
  const std::vector<pid_t> both{start_runner({"run", file()}, {}), start_runner({"run", file()}, {})};
  for (const pid_t process : both) EXPECT_EQ(wait_for(process), 0) << said();
  EXPECT_EQ(ask("SELECT count(*) || ' ' || status FROM runs GROUP BY status"), std::vector<std::string>{"6 done"});
  EXPECT_EQ(ask("SELECT count(DISTINCT result_sha256) FROM runs"), std::vector<std::string>{"3"});
  EXPECT_THAT(faults_of(database()), IsEmpty());
}

TEST_F(TwoRunners, ResumeLeavesATrialToTheLivingRunnerThatHasIt) {
  const pid_t first = start_until_the_gate();
  const Finished second = runner({"resume", file(), "seeds=[1]"});
  EXPECT_EQ(second.exit_code, 6) << "not all of the experiment is there yet";
  const std::string process = "process " + std::to_string(first);
  EXPECT_THAT(second.err, HasSubstr("walker, seed 1: left out, " + process));
  EXPECT_THAT(second.err, HasSubstr("runs it now"));
  EXPECT_THAT(second.err, HasSubstr("popularity: left out, " + process));
  EXPECT_THAT(second.err, HasSubstr("is going to run it"));
  EXPECT_EQ(ask("SELECT count(*) FROM runs WHERE label = 'walker'"), std::vector<std::string>{"1"});
  ::kill(first, SIGINT);
  EXPECT_EQ(wait_for(first), 130);
  EXPECT_THAT(faults_of(database()), IsEmpty()) << "popularity was never begun, and the second one pointed to it";
  const Finished third = runner({"resume", file(), "seeds=[1]"});
  EXPECT_EQ(third.exit_code, 0) << third.err;
  EXPECT_EQ(results().size(), 2u);
}

/// Prepared data that lies in the cache.
std::size_t tasks_in(const std::filesystem::path& cache) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(cache))
    count += entry.path().filename().string().starts_with("task-") ? 1 : 0;
  return count;
}

TEST_F(TwoRunners, GcOfThisOrAnotherDatabaseLeavesTheDataOfALivingRunner) {
  const pid_t first = start_until_the_gate();
  const std::string here = database().string(), elsewhere = (folder_ / "other.db").string();
  for (const std::string& db : {here, elsewhere}) {
    const std::vector<std::string> gc{ASSAY_RUNNER, "gc", "--yes",       "--cache-days",  "0",
                                      "--db",       db,   "--cache-dir", cache().string()};
    const ChildResult done = run_child(gc, 60);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    EXPECT_EQ(tasks_in(cache()), 1u) << db;
  }
  ::kill(first, SIGINT);
  EXPECT_EQ(wait_for(first), 130);
  EXPECT_EQ(runner({"gc", "--yes", "--cache-days", "0"}).exit_code, 0);
  EXPECT_EQ(tasks_in(cache()), 0u) << "nobody uses it any more";
}

}  // namespace
}  // namespace assay
