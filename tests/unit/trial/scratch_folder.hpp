#pragma once  // A folder of its own for every test.

#include <filesystem>
#include <gtest/gtest.h>

#include "base/hash.hpp"

namespace assay {

class ScratchFolder : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  /// A further folder in it.
  [[nodiscard]] std::filesystem::path subfolder(const std::string& name) const {
    std::filesystem::create_directories(folder_ / name);
    return folder_ / name;
  }
  std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / ("assay-" + make_uid());
};

}  // namespace assay
