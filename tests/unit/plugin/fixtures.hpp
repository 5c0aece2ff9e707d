#pragma once  // Folders and files for the tests of plugins.

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

#include "base/files.hpp"

namespace assay::test {

inline std::filesystem::path test_plugin(const std::string& name) {
  return std::filesystem::path(ASSAY_BINARY_DIR) / "tests" / "plugins" / (name + ".so");
}

/// A folder of the test's own, removed at its end.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::path(testing::TempDir()) / "assay-plugin-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  /// A copy of a test plugin in this folder.
  std::filesystem::path take(const std::string& name) const {
    std::filesystem::copy_file(test_plugin(name), path_ / (name + ".so"));
    return path_ / (name + ".so");
  }
  std::filesystem::path write(const std::string& name, const std::string& content) const {
    std::ofstream(path_ / name, std::ios::binary) << content;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

/// The message of what `call` throws; an unexpected type fails the test.
template <class Error, class Call>
std::string message_of(Call&& call) {
  try {
    call();
  } catch (const Error& e) {
    return e.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

}  // namespace assay::test
