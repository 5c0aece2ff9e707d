// Build-ids against what readelf says.

#include "plugin/build_id.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixtures.hpp"
#include "plugin/child.hpp"
#include "plugin/elf.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;

TEST(BuildId, IsTheOneThatReadelfShows) {
  if (!fs::exists("/usr/bin/readelf")) GTEST_SKIP() << "readelf (binutils) is not installed";
  const std::string argv[] = {"/usr/bin/readelf", "--wide", "-n", test::test_plugin("good").string()};
  const std::string shown = run_child(argv, 60).out;
  const std::string_view label = "Build ID: ";
  const auto at = shown.find(label);
  ASSERT_NE(at, shown.npos) << shown;
  const std::string id =
      shown.substr(at + label.size(), shown.find_first_of(" \n", at + label.size()) - at - label.size());
  EXPECT_EQ(build_id_of_file(test::test_plugin("good")), id);
}

TEST(BuildId, NamesTheEngineAndWhatItComputesWith) {
  const std::string ids = engine_build_ids();
  for (const std::string& needed : read_elf(own_library()).needed)
    if (needed.starts_with("libdnnl")) {
      EXPECT_THAT(ids, testing::HasSubstr("libdnnl="));
    }
  EXPECT_THAT(ids, testing::HasSubstr("libassay=" + build_id_of_file(own_library())));
  EXPECT_EQ(engine_build_ids(), ids);
}

TEST(BuildId, OwnLibraryIsAFile) { EXPECT_TRUE(fs::is_regular_file(own_library())) << own_library(); }

}  // namespace
}  // namespace assay
