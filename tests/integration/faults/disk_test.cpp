// Disks that fill up, at whatever point, and folders that cannot be written.

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "faults.hpp"

namespace assay {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::IsEmpty;

/// A name space of our own for mounts: root's, or that of a user who is root in it. False: this system has neither.
bool may_mount() {
  const uid_t user = ::geteuid();
  const gid_t group = ::getegid();
  if (user == 0 && ::unshare(CLONE_NEWNS) == 0)
    return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
  std::ofstream("/proc/self/setgroups") << "deny";
  std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
  std::ofstream("/proc/self/gid_map") << "0 " << group << " 1";
  return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

class Disk : public Faults {
 protected:
  void SetUp() override {
    Faults::SetUp();
    if (!may_mount()) GTEST_SKIP() << "mounting needs root, or user name spaces: " << std::strerror(errno);
    std::filesystem::create_directory(folder_ / "disk");
  }
  void TearDown() override {
    ::umount2((folder_ / "disk").c_str(), MNT_DETACH);
    Faults::TearDown();
  }
  [[nodiscard]] std::filesystem::path database() const override {
    return (cache_is_there_ ? folder_ : disk()) / "r.db";
  }
  [[nodiscard]] std::filesystem::path cache() const override { return cache_is_there_ ? disk() : Faults::cache(); }
  [[nodiscard]] std::filesystem::path disk() const { return folder_ / "disk"; }
  void disk_of(int kilobytes, unsigned long flags = 0) const {
    const std::string size = "size=" + std::to_string(kilobytes) + "k";
    ASSERT_EQ(::mount("tmpfs", disk().c_str(), "tmpfs", flags, size.c_str()), 0) << std::strerror(errno);
  }
  void make_room() const {
    ASSERT_EQ(::mount("tmpfs", disk().c_str(), "tmpfs", MS_REMOUNT, "size=64m"), 0) << std::strerror(errno);
  }
  void remove_results() const {
    for (const char* suffix : {"", "-wal", "-shm", ".runs"}) std::filesystem::remove_all(database().string() + suffix);
  }
  [[nodiscard]] std::vector<std::string> committed() const {
    try {
      return ask("SELECT uid || result_sha256 FROM runs WHERE status = 'done' ORDER BY uid");
    } catch (const std::exception&) {
      return {};  // there was not even room for the tables
    }
  }
  [[nodiscard]] static int kilobytes_in(const std::filesystem::path& folder) {
    std::uintmax_t bytes = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
      if (entry.is_regular_file()) bytes += entry.file_size();
    return static_cast<int>(bytes / 1024);
  }
  void read_only() const {
    ASSERT_EQ(::mount("tmpfs", disk().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr), 0) << std::strerror(errno);
  }
  bool cache_is_there_ = false;
};

TEST_F(Disk, ThatFillsUpAtWhateverPointLosesNothingAndIsSaidToBeFull) {
  ASSERT_EQ(runner({"run", file()}).exit_code, 0);  // no disk yet: a folder
  const auto whole = results();
  const int used = kilobytes_in(disk());
  for (int tenth = 1; tenth < 10; ++tenth) {
    const int size = used * tenth / 10;
    SCOPED_TRACE("a disk of " + std::to_string(size) + " KiB where " + std::to_string(used) + " are used");
    disk_of(size);
    const Finished stopped = runner({"run", file()});
    EXPECT_NE(stopped.exit_code, 0);
    EXPECT_NE(stopped.exit_code, 70) << stopped.err;
    EXPECT_THAT(stopped.err, AnyOf(HasSubstr("disk is full"), HasSubstr("No space left"))) << stopped.err;
    make_room();
    EXPECT_THAT(faults_of(database()), IsEmpty());
    const auto before = committed();
    const Finished resumed = runner({"resume", file()});
    EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
    EXPECT_EQ(results(), whole);
    EXPECT_TRUE(std::ranges::includes(committed(), before)) << "a committed run is gone";
    ASSERT_EQ(::umount2(disk().c_str(), MNT_DETACH), 0);
  }
}

TEST_F(Disk, ThatHoldsTheCacheAndIsFullEndsWithItsReason) {
  cache_is_there_ = true;
  disk_of(16);
  const Finished run = runner({"run", file()});
  EXPECT_EQ(run.exit_code, 1) << run.err;
  EXPECT_THAT(run.err, HasSubstr("No space left on device. Make room there, or choose another folder"));
}

TEST_F(Disk, ThatIsReadOnlyIsRefusedAndReadersReadIt) {
  disk_of(65536);
  ASSERT_EQ(runner({"run", file()}).exit_code, 0);
  read_only();
  const Finished run = runner({"run", file()});
  EXPECT_EQ(run.exit_code, 4);
  EXPECT_THAT(run.err, HasSubstr(database().string() + ": cannot be"));
  EXPECT_THAT(run.err, HasSubstr("--db"));
  EXPECT_THAT(runner({"leaderboard"}).out, HasSubstr("popularity"));
  EXPECT_THAT(runner({"ls"}).out, HasSubstr("done"));
}

TEST_F(Disk, ThatHoldsTheCacheAndIsReadOnlyIsNamed) {
  cache_is_there_ = true;
  disk_of(1024);
  read_only();
  const Finished run = runner({"run", file()});
  EXPECT_EQ(run.exit_code, 1) << run.err;
  EXPECT_THAT(run.err, testing::ContainsRegex("runner: " + disk().string() +
                                              "[^ ]*: cannot [^:]*: Read-only file system. "
                                              "Make room there, or choose another folder for prepared data with "
                                              "--cache-dir. To go on: runner resume"));
}

}  // namespace
}  // namespace assay
