// manifest.json and evaluation.safetensors: exact values come back, and whatever was changed is found.

#include "trial/manifest.hpp"

#include <cmath>
#include <fstream>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "scratch_folder.hpp"
#include "trial/attempt.hpp"
#include "trial/evaluation_file.hpp"

namespace assay {
namespace {

Evaluation an_evaluation() {
  Evaluation e;
  e.users = {0, 2, 5};
  e.values = {{"ndcg", 10, 1.0 / 3.0, {0.1f, 0.2f, 0.7f}},
              {"precision", 5, 0.1, {0, 0.1f, 0.2f}},
              {"gini", 10, std::nan(""), {}}};
  e.top_n = 2;
  e.top_items = {1, 2, 3, kUnknown, 4, 5};
  e.top_scores = {0.5f, 0.25f, 1, 0, 3, 2};
  e.tied_places = 4;
  return e;
}

class ManifestFile : public ScratchFolder {
 protected:
  void SetUp() override {
    ScratchFolder::SetUp();
    manifest_.attempt = "attempt-1";
    manifest_.run_uid = manifest_.run.run_uid = "run-1";
    RunEnded& run = manifest_.run;
    run.test = an_evaluation();
    run.result_sha256 = result_sha256(run.test);
    run.fit_seconds = 0.1;
    run.tags = {{"a", "b"}};
    write_evaluation(folder_, run.test);
    run.artifacts = {{"evaluation", kEvaluationFile}};
  }
  void replace_in_manifest(const std::string& from, const std::string& to) const {
    std::string text = read_file(folder_ / kManifestFile);
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos);
    write_file_atomically(folder_ / kManifestFile, text.replace(at, from.size(), to));
  }
  Manifest manifest_;
};

TEST_F(ManifestFile, EveryBitOfTheResultsComesBack) {
  write_manifest(folder_, manifest_);
  const RunEnded run = read_manifest(folder_).run;
  const Evaluation expected = an_evaluation();
  EXPECT_EQ(run.test.users, expected.users);
  EXPECT_EQ(run.test.values[0].value, 1.0 / 3.0);
  EXPECT_EQ(run.test.values[0].per_user, expected.values[0].per_user);
  EXPECT_TRUE(std::isnan(run.test.values[2].value));
  EXPECT_EQ(run.test.top_items, expected.top_items);
  EXPECT_EQ(run.test.top_scores, expected.top_scores);
  EXPECT_EQ(run.test.tied_places, 4);
  EXPECT_EQ(run.fit_seconds, 0.1);
  EXPECT_EQ(run.tags, manifest_.run.tags);
  EXPECT_EQ(run.artifacts.at(0).second, folder_ / kEvaluationFile);
}

TEST_F(ManifestFile, AChangedEvaluationIsFound) {
  write_manifest(folder_, manifest_);
  std::string bytes = read_file(folder_ / kEvaluationFile);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  write_file_atomically(folder_ / kEvaluationFile, bytes);
  EXPECT_THROW(static_cast<void>(read_manifest(folder_)), DataError);
}

TEST_F(ManifestFile, AChangedResultIsFound) {
  write_manifest(folder_, manifest_);
  replace_in_manifest("0.3333333333333333", "0.3333333333333334");
  EXPECT_THROW(static_cast<void>(read_manifest(folder_)), DataError);
}

TEST_F(ManifestFile, AMissingFileIsFound) {
  write_manifest(folder_, manifest_);
  std::filesystem::remove(folder_ / kEvaluationFile);
  EXPECT_THROW(static_cast<void>(read_manifest(folder_)), DataError);
}

TEST_F(ManifestFile, AFailureNeedsNoEvaluation) {
  Manifest failed;
  failed.run.status = RunStatus::failed;
  failed.run.reason = "it broke: \xff";  // not UTF-8: a plugin's message may hold anything
  write_manifest(folder_, failed);
  EXPECT_EQ(read_manifest(folder_).run.status, RunStatus::failed);
}

TEST_F(ManifestFile, EveryStatusHasAName) {
  for (int i = 0; i <= static_cast<int>(RunStatus::lost); ++i)
    EXPECT_EQ(run_status(status_name(static_cast<RunStatus>(i))), static_cast<RunStatus>(i));
  EXPECT_THROW(static_cast<void>(run_status("fine")), DataError);
}

TEST(ResultHash, DependsOnEveryBitAndNotOnTheOrderOfMetrics) {
  const std::string hash = result_sha256(an_evaluation());
  Evaluation e = an_evaluation();
  std::swap(e.values[0], e.values[1]);
  EXPECT_EQ(result_sha256(e), hash);
  e.values[0].per_user[1] = std::nextafter(e.values[0].per_user[1], 1.0f);
  EXPECT_NE(result_sha256(e), hash);
  e = an_evaluation();
  e.values[1].value = std::nextafter(e.values[1].value, 1.0);
  EXPECT_NE(result_sha256(e), hash);
  e = an_evaluation();
  e.users[1] = 3;
  EXPECT_NE(result_sha256(e), hash);
}

}  // namespace
}  // namespace assay
