// `runner validate` on the experiments of this tree, with the plugins that were built.

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

#include "plugin/child.hpp"

namespace assay {
namespace {

ChildResult validate(std::vector<std::string> arguments) {
  const std::string cache = testing::TempDir() + "/assay-validate-cache";
  std::vector<std::string> argv{ASSAY_BINARY_DIR "/bin/runner", "validate", "--cache-dir", cache};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return run_child(argv, 120);
}

/// What is wrong with a file besides data that this machine does not have.
std::vector<std::string> mistakes(const ChildResult& result) {
  std::vector<std::string> out;
  std::istringstream lines(result.err);
  for (std::string line; std::getline(lines, line);)
    if (line != "runner: " && line.find(" does not exist; looked in ") == std::string::npos) out.push_back(line);
  return out;
}

TEST(Validate, FindsNoMistakeInTheExperimentsOfThisTree) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(ASSAY_SOURCE_DIR "/experiments")) {
    if (entry.path().extension() != ".json") continue;
    ++files;
    const ChildResult result = validate({entry.path().string()});
    EXPECT_THAT(mistakes(result), testing::IsEmpty()) << entry.path();
    EXPECT_EQ(result.exit_code, result.err.empty() ? 0 : 2) << entry.path();
    if (result.err.empty()) {
      EXPECT_THAT(result.out, testing::StartsWith("ok: "));
    }
  }
  EXPECT_GE(files, 4);
}

TEST(Validate, EndsWithTwoAndNamesThePlaceOfAMistake) {
  const ChildResult result = validate({ASSAY_SOURCE_DIR "/experiments/gan_vs_cf.json", "trainig.patience=1"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err,
              testing::HasSubstr("override trainig.patience=1: /trainig: unknown key. Did you mean \"training\"?"));
  EXPECT_EQ(validate({"nowhere.json"}).exit_code, 2);
  EXPECT_EQ(validate({}).exit_code, 2);
}

TEST(Validate, PrintsTheSchemaThatEditorsRead) {
  const ChildResult result = validate({"--json-schema"});
  EXPECT_EQ(result.exit_code, 0);
  const auto schema = nlohmann::json::parse(result.out);
  EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_THAT(schema["$defs"]["model"]["properties"]["plugin"]["enum"], testing::Contains("item_knn"));
}

}  // namespace
}  // namespace assay
