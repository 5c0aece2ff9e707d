// A campaign up to the moment at which its trials would start.

#include "jobs/campaign.hpp"

#include <fstream>
#include <gtest/gtest.h>

#include "data/cache_folder.hpp"
#include "plugin/catalogue.hpp"
#include "scratch_folder.hpp"

namespace assay {
namespace {

class CampaignTest : public ScratchFolder {};

TEST_F(CampaignTest, TheSchedulerIsToldWhatEachTrialIsThoughtToNeed) {
  std::ofstream shop(folder_ / "shop.csv");
  for (int user = 0; user < 20; ++user)
    for (int item = 0; item < 2000; item += 20 + user) shop << "u" << user << ",i" << item << "\n";
  shop.close();
  const std::vector<std::filesystem::path> folders{std::filesystem::path(ASSAY_BINARY_DIR) / "plugins"};
  const Catalogue catalogue = discover(folders, subfolder("cache"));
  const Experiment experiment = parse_experiment(R"({
    "datasets": [{"plugin": "csv", "params": {"path": "shop.csv", "user": "0", "item": "1"}}],
    "models": [{"plugin": "popularity"}, {"plugin": "ease"}]})",
                                                 folder_ / "x.json", {}, catalogue);
  ExecuteOptions options;
  options.runs_folder = subfolder("runs");
  options.cache_folder = subfolder("cache");
  Campaign campaign(experiment, options, {});
  campaign.prepare([] { return true; });
  const std::vector<Scheduler::Work> work = campaign.plan();
  ASSERT_EQ(work.size(), 2U);
  EXPECT_GT(work[0].memory_bytes, 0);
  EXPECT_GT(work[1].memory_bytes, work[0].memory_bytes) << "ease inverts a matrix of all items";
}

TEST_F(CampaignTest, ReadingThatIsCancelledLeavesNoLock) {
  const std::vector<std::filesystem::path> folders{std::filesystem::path(ASSAY_BINARY_DIR) / "plugins"};
  const Catalogue catalogue = discover(folders, subfolder("probes"));
  const Experiment experiment = parse_experiment(R"({
    "datasets": [{"plugin": "synthetic_shop", "params": {"users": 1000000, "interactions": 50000000}}],
    "models": [{"plugin": "popularity"}]})",
                                                 folder_ / "x.json", {}, catalogue);
  ExecuteOptions options;
  options.runs_folder = subfolder("runs");
  options.cache_folder = subfolder("cache");
  Campaign campaign(experiment, options, {});
  const auto not_locked = [&] { return cache_files(options.cache_folder).empty(); };
  bool wanted = true;
  EXPECT_THROW(campaign.prepare([&] { return wanted = wanted && not_locked(); }), Cancelled);
  EXPECT_TRUE(not_locked());
  EXPECT_TRUE(std::filesystem::is_empty(options.runs_folder)) << "the request is gone";
}

}  // namespace
}  // namespace assay
