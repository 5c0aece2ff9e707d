// attempt.json and model.json say everything that is needed.

#include "trial/attempt.hpp"

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "scratch_folder.hpp"

namespace assay {
namespace {

using Attempt_ = ScratchFolder;

AttemptSpec an_attempt() {
  AttemptSpec a;
  a.id = "attempt-1";
  a.run_uid = "run-1";
  a.trial_key = "t";
  a.task_file = "/cache/a b.bin";
  a.model.label = "cfgan_item";
  a.model.plugin = "cfgan";
  a.model.params = R"({"epochs":7,"rate":0.1})";
  a.model.traits.fold_in = true;
  a.seed = 18446744073709551615u;
  a.threads = 3;
  a.training.min_delta = 0.1;
  a.training.keep_best = false;
  a.metrics.names = {"auc", "ndcg"};
  a.metrics.cutoffs = {1, 50};
  a.continue_from = "/runs/old";
  return a;
}

TEST_F(Attempt_, ComesBackAsItWasWritten) {
  write_attempt(folder_, an_attempt());
  const AttemptSpec a = read_attempt(folder_);
  EXPECT_EQ(a.id, "attempt-1");
  EXPECT_EQ(a.run_uid, "run-1");
  EXPECT_EQ(a.task_file, "/cache/a b.bin");
  EXPECT_EQ(a.model.label, "cfgan_item");
  EXPECT_EQ(a.model.params, R"({"epochs":7,"rate":0.1})");
  EXPECT_TRUE(a.model.traits.fold_in);
  EXPECT_EQ(a.seed, 18446744073709551615u);
  EXPECT_EQ(a.threads, 3);
  EXPECT_EQ(a.training.min_delta, 0.1);
  EXPECT_FALSE(a.training.keep_best);
  EXPECT_EQ(a.metrics.cutoffs, (std::vector{1, 50}));
  EXPECT_EQ(a.continue_from, "/runs/old");
}

TEST_F(Attempt_, ATrialWithoutASeedStaysWithoutOne) {
  AttemptSpec a = an_attempt();
  a.seed.reset();
  write_attempt(folder_, a);
  EXPECT_FALSE(read_attempt(folder_).seed.has_value());
}

TEST_F(Attempt_, AnotherFormatIsRefusedWithBothNumbers) {
  write_file_atomically(folder_ / kAttemptFile, R"({"format":99})");
  try {
    static_cast<void>(read_attempt(folder_));
    FAIL();
  } catch (const DataError& e) {
    EXPECT_NE(std::string(e.what()).find("99"), std::string::npos);
    EXPECT_NE(std::string(e.what()).find("reads format 1"), std::string::npos);
  }
}

TEST_F(Attempt_, ADamagedFileIsADataError) {
  write_file_atomically(folder_ / kAttemptFile, R"({"format":1,"attempt":)");
  EXPECT_THROW(static_cast<void>(read_attempt(folder_)), DataError);
  write_file_atomically(folder_ / kAttemptFile, R"({"format":1,"attempt":5})");
  EXPECT_THROW(static_cast<void>(read_attempt(folder_)), DataError);
}

TEST_F(Attempt_, TheSideFileOfAModelComesBack) {
  SavedModel m;
  m.run_uid = "run-1";
  m.params = "{}";
  m.library = "/plugins/ease.so";
  m.trained_on_validation = true;
  write_saved_model(folder_, m);
  const SavedModel back = read_saved_model(folder_);
  EXPECT_EQ(back.library, "/plugins/ease.so");
  EXPECT_TRUE(back.trained_on_validation);
  EXPECT_FALSE(back.profile_with_validation);
  EXPECT_FALSE(back.seed.has_value());
}

}  // namespace
}  // namespace assay
