// What a trial will take: asked of the model in another process, added up, and compared with what there is.

#include "jobs/needs.hpp"

#include <gmock/gmock.h>

#include "scratch_folder.hpp"

namespace assay {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

class NeedsTest : public ScratchFolder {
 protected:
  void SetUp() override {
    ScratchFolder::SetUp();
    data_.file = folder_ / "task";
    data_.users = 1000;
    data_.items = 2000;
    data_.train = 50'000;
  }
  [[nodiscard]] std::int64_t memory_for(const Need& need) const {
    return need_of_trial({need, false}, experiment_, data_).memory;
  }
  Experiment experiment_;
  PreparedInfo data_;
};

ModelSpec model(const char* plugin, const char* params = "{}") {
  ModelSpec spec;
  spec.plugin = plugin;
  spec.params = params;
  spec.library = std::string(ASSAY_BINARY_DIR) + "/plugins/" + plugin + ".so";
  return spec;
}

TEST_F(NeedsTest, AModelIsAskedInAProcessOfItsOwn) {
  const auto need = need_of_model(model("ease", R"({"lambda":1.0,"use_values":false})"), {100, 3706, 5000, 250'000, 1});
  ASSERT_TRUE(need);
  EXPECT_GE(need->need.memory, std::int64_t{3706} * 3706 * 4);
  EXPECT_LE(need->need.memory, std::int64_t{3706} * 3706 * 5);
  EXPECT_FALSE(need->resumable);
}

TEST_F(NeedsTest, ACheckpointOfAModelThatAddsNothingToItsWeightsIsCounted) {
  const auto asked = need_of_model(model("bpr_mf", R"({"factors":64})"), {100'000, 20'000, 1'000'000, 20'000'000, 1});
  ASSERT_TRUE(asked);
  EXPECT_TRUE(asked->resumable);
  EXPECT_EQ(asked->need.training, 0);
  const TrialNeed need = need_of_trial(*asked, experiment_, data_);
  EXPECT_GE(need.disk, need.kept + 2 * asked->need.saved);
}

TEST_F(NeedsTest, WhatCannotBeAskedSaysNothing) {
  EXPECT_FALSE(need_of_model(model("no_such_plugin"), {100, 100, 100, 100, 1}));
}

TEST_F(NeedsTest, MoreOfAnythingIsMore) {
  const std::int64_t plain = memory_for({});
  EXPECT_EQ(memory_for({.memory = kGiB}), plain + kGiB);
  data_.users *= 10;
  EXPECT_GE(memory_for({}), plain + 9000 * (100 * 8));  // 100 places of each ranking
  experiment_.threads = 8;
  EXPECT_GT(memory_for({}), plain);
}

TEST_F(NeedsTest, FilesAreCountedAtTheirMostAndAtTheEnd) {
  const TrialNeed need = need_of_trial({{.saved = 100 * kGiB, .training = 10 * kGiB}, true}, experiment_, data_);
  EXPECT_GE(need.kept, 100 * kGiB);
  EXPECT_LT(need.kept, 101 * kGiB);
  EXPECT_GE(need.disk, need.kept + 2 * 100 * kGiB + 2 * 110 * kGiB);
  experiment_.save_models = false;
  EXPECT_LT(need_of_trial({{.saved = 100 * kGiB}, false}, experiment_, data_).kept, kGiB);
}

TEST_F(NeedsTest, AMachineThatIsTooSmallIsNamed) {
  Needs needs(experiment_, folder_);
  EXPECT_EQ(needs.refusal({.memory = 1 << 20, .disk = 1 << 20, .kept = 1 << 20}), "");
  EXPECT_THAT(needs.refusal({.memory = 1'000'000 * kGiB}),
              HasSubstr("needs about 976.6 TiB of memory, and there are "));
}

TEST_F(NeedsTest, ALimitThatIsTooSmallIsNamed) {
  experiment_.memory_bytes = kGiB;
  Needs needs(experiment_, folder_);
  EXPECT_EQ(needs.refusal({.memory = kGiB}), "");
  EXPECT_THAT(needs.refusal({.memory = kGiB + 1}), HasSubstr("the experiment allows 1.0 GiB (resources.memory_mb)"));
}

TEST_F(NeedsTest, TrialsShareTheDisk) {
  Needs needs(experiment_, folder_);
  const auto free = static_cast<std::int64_t>(std::filesystem::space(folder_).available);
  const TrialNeed most{.memory = 0, .disk = free / 10 * 6, .kept = free / 10 * 6};
  EXPECT_EQ(needs.refusal(most), "");
  EXPECT_THAT(needs.refusal(most), HasSubstr("on the disk of " + folder_.string()));
}

TEST_F(NeedsTest, OnAnotherMachineOnlyTheLimitCounts) {
  experiment_.backend.plugin = "cluster";
  Needs needs(experiment_, folder_);
  EXPECT_EQ(needs.refusal({.memory = 1'000'000 * kGiB}), "");
}

}  // namespace
}  // namespace assay
