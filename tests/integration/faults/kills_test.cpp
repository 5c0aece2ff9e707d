// kill -9 of the runner at fifty random moments: the database stays sound, nothing that was committed is lost, and the
// resumed experiment ends with the bits of an uninterrupted one.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <gmock/gmock.h>
#include <poll.h>
#include <random>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/files.hpp"
#include "faults.hpp"

namespace assay {
namespace {

using testing::IsEmpty;
constexpr int kKills = 50;

class Kills : public Faults {
 protected:
  void SetUp() override {
    Faults::SetUp();
    ASSERT_EQ(runner({"run", file()}).exit_code, 0);  // fills the cache
    remove_results();
    const auto begin = std::chrono::steady_clock::now();
    const Variables count{{"LD_PRELOAD", kPreload}, {"ASSAY_TEST_COUNT", (folder_ / "count").string()}};
    ASSERT_EQ(wait_for(start_runner({"run", file()}, count)), 0) << said();
    milliseconds_ = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
    uninterrupted_ = results();
    ASSERT_EQ(uninterrupted_.size(), 3u) << "walker with two seeds, popularity without";
    ASSERT_THAT(faults_of(database()), IsEmpty());
    if (kPreload[0] != '\0') effects_ = std::stol(read_file(folder_ / "count"));
  }

  void remove_results() const {
    for (const char* suffix : {"", "-wal", "-shm", ".runs"}) std::filesystem::remove_all(database().string() + suffix);
  }

  /// Before its n-th effect on files and processes.
  void kill_at_effect(std::mt19937& random) {
    const long n = std::uniform_int_distribution<long>(1, effects_)(random);
    moment_ = "before effect " + std::to_string(n) + " of " + std::to_string(effects_);
    static_cast<void>(
        wait_for(start_runner({"run", file()}, {{"LD_PRELOAD", kPreload}, {"ASSAY_TEST_KILL_AT", std::to_string(n)}})));
  }
  void kill_at_time(std::mt19937& random) {
    const auto limit = static_cast<int>(milliseconds_.count());
    const int ms = std::uniform_int_distribution<int>(0, limit)(random);
    moment_ = "after " + std::to_string(ms) + " of " + std::to_string(limit) + " ms";
    const pid_t process = start_runner({"run", file()}, {});
    pollfd over{static_cast<int>(::syscall(SYS_pidfd_open, process, 0)), POLLIN, 0};
    ::poll(&over, 1, ms);
    ::kill(process, SIGKILL);
    ::close(over.fd);
    static_cast<void>(wait_for(process));
  }

  [[nodiscard]] std::vector<std::string> committed() const {
    if (!std::filesystem::exists(database()) || !faults_of(database()).empty()) return {};
    try {
      return ask("SELECT uid || ' ' || result_sha256 FROM runs WHERE status = 'done' ORDER BY uid");
    } catch (const std::exception&) {
      return {};  // killed before there were tables
    }
  }

  void check_and_resume(bool wait_first) {
    if (wait_first) await_orphans();
    EXPECT_THAT(faults_of(database()), IsEmpty()) << moment_;
    const auto before = committed();
    const Finished resumed = runner({"resume", file()});
    EXPECT_EQ(resumed.exit_code, 0) << moment_ << ": " << resumed.err;
    await_orphans();
    EXPECT_THAT(faults_of(database()), IsEmpty()) << moment_;
    EXPECT_EQ(results(), uninterrupted_) << moment_ << ": " << resumed.err;
    EXPECT_TRUE(std::ranges::includes(committed(), before)) << moment_ << ": a committed run is gone";
    EXPECT_THAT(ask("SELECT uid FROM runs WHERE status IN ('running', 'planned')"), IsEmpty()) << moment_;
    taken_over_ += std::stoi(ask("SELECT count(*) FROM tags WHERE name = 'taken_over_from_run'").at(0));
    continued_ += std::stoi(ask("SELECT count(*) FROM tags WHERE name = 'continued_from_epoch'").at(0));
  }

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  static constexpr const char* kPreload = "";  // a sanitizer's library has to come first
#else
  static constexpr const char* kPreload = ASSAY_MOMENTS;
#endif
  std::vector<std::string> uninterrupted_;
  std::chrono::milliseconds milliseconds_{0};
  long effects_ = 0;
  std::string moment_;
  int taken_over_ = 0, continued_ = 0;
};

TEST_F(Kills, AtFiftyRandomMomentsLoseNothingAndChangeNoBit) {
  const char* given = std::getenv("ASSAY_TEST_SEED");
  const unsigned seed = given ? static_cast<unsigned>(std::stoul(given)) : std::random_device()();
  SCOPED_TRACE("ASSAY_TEST_SEED=" + std::to_string(seed) + " repeats these moments");
  std::mt19937 random(seed);
  for (int i = 0; i < kKills && !HasFailure(); ++i) {
    remove_results();
    if (i % 2 == 0 && effects_ > 0)
      kill_at_effect(random);
    else
      kill_at_time(random);
    check_and_resume(i % 4 < 2);  // else orphans and the new runner live side by side
  }
  RecordProperty("seed", std::to_string(seed));
  RecordProperty("continued", continued_);
  RecordProperty("taken_over", taken_over_);
}

}  // namespace
}  // namespace assay
