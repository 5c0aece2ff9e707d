// A training that is interrupted and continued has the same bits as one that was not.

#include <atomic>

#include "scratch_folder.hpp"
#include "trial/attempt.hpp"
#include "trial/training_run.hpp"
#include "walker.hpp"

namespace assay {
namespace {

constexpr int kEpochs = 20;

/// The metric is a function of the weights, as it is in life.
double quality(const Walker& model) { return static_cast<double>(model.weights[0] + model.weights[1]); }

struct Attempted {
  TrainingOutcome outcome;
  std::vector<float> weights;
  int epochs_trained = 0;
};

class Resume : public ScratchFolder {
 protected:
  /// One attempt in a folder of its own; `cancel_at`: the epoch in which the signal comes, 0: none.
  Attempted attempt(const std::string& name, int cancel_at, const std::string& from = "") {
    const auto here = subfolder(name);
    Walker model(kEpochs);
    std::atomic<bool> cancel{false};
    model.inside_epoch = [&](assay::Run& run, int epoch) {
      if (epoch + 1 == cancel_at) cancel = true;
      if (poll_) static_cast<void>(run.cancelled());
    };
    TrainingSetup setup;
    setup.training = training_;
    setup.seed = 3;
    setup.cancel = &cancel;
    setup.validate = [&] { return NamedValues{{"ndcg@10", quality(model)}}; };
    EventLog events(here);
    CheckpointStore store(here);
    if (!from.empty() && store.adopt(folder_ / from)) {
      setup.restore = store.checkpoint_state();
      events.restored(setup.restore->epoch, read_points(folder_ / from, "fit", setup.restore->epoch));
    }
    TrainingRun run(model, serial_executor(), events, here, store, setup);
    model.fit({}, run);
    Attempted out{run.finish(), {}, model.epochs_trained};
    out.weights = model.weights;
    return out;
  }
  [[nodiscard]] std::vector<std::pair<int, double>> curve(const std::string& name) const {
    std::vector<std::pair<int, double>> out;
    for (const Point& p : read_points(folder_ / name, "fit", kEpochs)) out.emplace_back(p.epoch, p.value);
    return out;
  }
  TrainingSpec training_{.validate_every = 2, .patience = 4};
  bool poll_ = false;
};

TEST_F(Resume, HasTheSameBitsWhereverItWasInterrupted) {
  const Attempted whole = attempt("whole", 0);
  for (int epoch = 1; epoch < whole.outcome.epochs; ++epoch) {
    const std::string first = "first" + std::to_string(epoch), second = "second" + std::to_string(epoch);
    EXPECT_TRUE(attempt(first, epoch).outcome.cancelled);
    const Attempted continued = attempt(second, 0, first);
    EXPECT_EQ(continued.weights, whole.weights) << epoch;
    EXPECT_EQ(continued.outcome.epochs, whole.outcome.epochs) << epoch;
    EXPECT_EQ(continued.outcome.best_epoch, whole.outcome.best_epoch) << epoch;
    EXPECT_EQ(continued.outcome.stopped_early, whole.outcome.stopped_early) << epoch;
    EXPECT_EQ(continued.epochs_trained, whole.outcome.epochs - epoch) << "it must not begin again";
    EXPECT_EQ(curve(second), curve("whole")) << epoch;
  }
}

TEST_F(Resume, MayBeInterruptedAgainAndAgain) {
  const Attempted whole = attempt("whole", 0);
  attempt("0", 1);
  int last = 0;
  for (int epoch = 2; epoch < whole.outcome.epochs; ++epoch, ++last)
    attempt(std::to_string(last + 1), epoch, std::to_string(last));
  EXPECT_EQ(attempt("end", 0, std::to_string(last)).weights, whole.weights);
  EXPECT_EQ(curve("end"), curve("whole"));
}

TEST_F(Resume, PeriodicCheckpointsServeAfterACrash) {
  training_.checkpoint_every = 3;
  const Attempted whole = attempt("whole", 0);
  // What a crash leaves: the checkpoint of epoch 3k and best weights that may be newer.
  const Attempted continued = attempt("second", 0, "whole");
  EXPECT_EQ(continued.weights, whole.weights);
  EXPECT_LT(continued.epochs_trained, whole.epochs_trained);
}

TEST_F(Resume, AnEpochThatMayHaveBeenCutShortIsNotACheckpoint) {
  poll_ = true;
  training_.checkpoint_every = 3;
  attempt("first", 5);
  EXPECT_EQ(CheckpointStore(folder_ / "first").checkpoint_state().epoch, 3);
  attempt("due", 6);
  EXPECT_EQ(CheckpointStore(folder_ / "due").checkpoint_state().epoch, 3) << "not even where one is due";
  const Attempted whole = attempt("whole", 0);
  EXPECT_EQ(attempt("second", 0, "first").weights, whole.weights);
}

TEST_F(Resume, OnlyTheBestWeightsThatAreNeededStayOnDisk) {
  training_.checkpoint_every = 3;
  training_.patience = 0;
  attempt("whole", 0);
  int best_files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "whole"))
    best_files += entry.path().filename().string().starts_with("best-");
  EXPECT_LE(best_files, 2) << "the checkpoint's and the newest";
}

TEST_F(Resume, ACheckpointIsAdoptedWithItsBestWeightsOrNotAtAll) {
  training_.checkpoint_every = 3;
  attempt("first", 8);
  const int best = CheckpointStore(folder_ / "first").checkpoint_state().best_epoch;
  ASSERT_GT(best, 0);
  const std::string weights = "best-" + std::to_string(best) + ".safetensors";
  CheckpointStore whole(subfolder("whole"));
  EXPECT_TRUE(whole.adopt(folder_ / "first"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "whole" / weights));
  std::filesystem::remove(folder_ / "first" / weights);
  EXPECT_FALSE(CheckpointStore(subfolder("half")).adopt(folder_ / "first"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "half"));
  EXPECT_TRUE(CheckpointStore(subfolder("last")).adopt(folder_ / "first", false)) << "the last weights are kept";
}

TEST_F(Resume, AFolderWithoutACheckpointIsNotTakenUp) {
  EXPECT_FALSE(CheckpointStore(subfolder("new")).adopt(subfolder("empty")));
}

}  // namespace
}  // namespace assay
