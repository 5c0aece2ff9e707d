// Experiment files and cards that are no files, or not readable: findings with the file's name, told with all others.

#include "base/files.hpp"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "assay/errors.hpp"

#include "base/hash.hpp"
#include "catalogue.hpp"
#include "experiment/surroundings.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

class ExperimentFiles : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_ / "datasets"); }
  void TearDown() override { fs::remove_all(folder_); }
  [[nodiscard]] std::string complaint(const fs::path& file) const {
    try {
      (void)load_experiment(folder_ / file, {}, test::catalogue());
      return "accepted";
    } catch (const ConfigError& e) {
      return e.what();
    }
  }
  [[nodiscard]] std::string name(const std::string& file) const { return (folder_ / file).string() + ": "; }

  const fs::path folder_ = fs::path(testing::TempDir()) / ("it's \"an\" experiment " + make_uid());
};

TEST_F(ExperimentFiles, ThatAreNoFilesAreRefusedAtOnce) {
  EXPECT_EQ(complaint("none.json"), name("none.json") + "cannot open: No such file or directory");
  EXPECT_EQ(complaint("datasets"), name("datasets") + "is a folder, not a file");
  ASSERT_EQ(::mkfifo((folder_ / "pipe.json").c_str(), 0600), 0);
  EXPECT_EQ(complaint("pipe.json"), name("pipe.json") + "is not a regular file");
  write_file_atomically(folder_ / "empty.json", "");
  EXPECT_THAT(complaint("empty.json"), StartsWith((folder_ / "empty.json").string() + ":1:1: this is not JSON"));
}

TEST_F(ExperimentFiles, BeyondFourMebibytesAreNotEvenRead) {
  write_file_atomically(folder_ / "large.json", "{");
  fs::resize_file(folder_ / "large.json", std::uintmax_t{1} << 40);  // sparse
  EXPECT_EQ(
      complaint("large.json"),
      name("large.json") + "has 1.0 TiB; experiments and dataset cards have 4.0 MiB at most. Is it the right file?");
}

TEST_F(ExperimentFiles, CardsThatCannotBeReadAreToldTogether) {
  fs::create_directories(folder_ / "datasets" / "folder.json");
  ASSERT_EQ(::mkfifo((folder_ / "datasets" / "pipe.json").c_str(), 0600), 0);
  write_file_atomically(folder_ / "datasets" / "empty.json", "");
  write_file_atomically(folder_ / "datasets" / "deep.json", std::string(1'000'000, '['));
  write_file_atomically(folder_ / "datasets" / "binary.json", std::string("\x7f"
                                                                          "ELF\0\xff",
                                                                          6));
  write_file_atomically(folder_ / "x.json", R"({
    "datasets": ["folder", "pipe", "empty", "deep", "binary"], "models": [{"plugin": "popularty"}]})");
  const std::string why = complaint("x.json");
  EXPECT_THAT(why, HasSubstr(name("datasets/folder.json") + "is a folder, not a file"));
  EXPECT_THAT(why, HasSubstr(name("datasets/pipe.json") + "is not a regular file"));
  EXPECT_THAT(why, HasSubstr("/datasets/empty.json:1:1: this is not JSON"));
  EXPECT_THAT(why, HasSubstr("/datasets/deep.json:1:101: nested more than 100 deep"));
  EXPECT_THAT(why, HasSubstr("/datasets/binary.json:1:5: this is not JSON: there is a NUL byte"));
  EXPECT_THAT(why, HasSubstr("Did you mean \"popularity\"?"));
  EXPECT_LT(why.size(), 4000U);
}

TEST(FindData, LooksInEachFolderOnce) {
  std::vector<std::string> searched;
  const Surroundings around{"/w", {"/nowhere/data", "/nowhere/./data/", "/w/data"}, {}, 1};
  EXPECT_EQ(find_data("x.csv", "/nowhere/data", around, searched), fs::path());
  EXPECT_THAT(searched, testing::ElementsAre("/nowhere/data", "/w/data"));
}

}  // namespace
}  // namespace assay
