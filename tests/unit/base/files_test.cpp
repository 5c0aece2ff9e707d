// Whole reads, atomic writes, maps.

#include "base/files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "assay/errors.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("assay files " + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST_F(Files, AnAtomicWriteReplacesTheOldContentAndLeavesNoTemporaryFile) {
  write_file_atomically(folder_ / "a.txt", "old");
  write_file_atomically(folder_ / "a.txt", "new");
  EXPECT_EQ(read_file(folder_ / "a.txt"), "new");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
}

TEST_F(Files, AWriteIntoAMissingFolderSaysSo) {
  EXPECT_THROW(write_file_atomically(folder_ / "no" / "a.txt", "x"), Error);
}

TEST_F(Files, AFolderIsNotReadAsAFile) { EXPECT_THROW(static_cast<void>(read_file(folder_)), DataError); }

TEST_F(Files, MissingIsOnlyWhatIsCertainlyNotThere) {
  write_file_atomically(folder_ / "a.txt", "x");
  fs::create_symlink("loop", folder_ / "loop");
  EXPECT_TRUE(is_missing(folder_ / "b.txt"));
  EXPECT_TRUE(is_missing(folder_ / "a.txt" / "below"));
  EXPECT_FALSE(is_missing(folder_ / "a.txt"));
  EXPECT_FALSE(is_missing(folder_ / "loop"));
  EXPECT_FALSE(is_missing(folder_ / std::string(300, 'x')));
}

TEST_F(Files, AFileBeyondTheLimitIsNotRead) {
  write_file_atomically(folder_ / "a.txt", "12345");
  EXPECT_EQ(read_file(folder_ / "a.txt", 5), "12345");
  EXPECT_THROW(static_cast<void>(read_file(folder_ / "a.txt", 4)), DataError);
}

TEST_F(Files, APipeIsRefusedInsteadOfWaitingForItsWriter) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_THROW(static_cast<void>(read_file(folder_ / "pipe")), DataError);
  EXPECT_THROW(MappedFile(folder_ / "pipe"), DataError);
}

TEST_F(Files, AMapShowsTheBytesAndAnEmptyFileIsAnEmptyMap) {
  write_file_atomically(folder_ / "a", "bytes");
  write_file_atomically(folder_ / "empty", "");
  const MappedFile map(folder_ / "a");
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(map.bytes().data()), map.bytes().size()), "bytes");
  EXPECT_TRUE(MappedFile(folder_ / "empty").bytes().empty());
}

}  // namespace
}  // namespace assay
