// The messages for wrong experiment files: tests/golden/experiment/NAME.json is refused with NAME.txt, to the letter.
// ASSAY_APPROVE=1 writes the texts anew; look at the difference before you commit it.

#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <set>

#include "base/files.hpp"
#include "catalogue.hpp"

namespace assay {
namespace {

TEST(GoldenErrors, AreWordedAsApproved) {
  const std::filesystem::path folder = ASSAY_SOURCE_DIR "/tests/golden/experiment";
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".json") files.insert(entry.path());
  ASSERT_GE(files.size(), 8U);
  for (const auto& file : files) {
    auto text_file = file;
    text_file.replace_extension(".txt");
    const std::string found = test::complaint(read_file(file), {}, file.filename().string()) + "\n";
    if (std::getenv("ASSAY_APPROVE")) write_file_atomically(text_file, found);
    EXPECT_EQ(found, read_file(text_file)) << file;
  }
}

}  // namespace
}  // namespace assay
