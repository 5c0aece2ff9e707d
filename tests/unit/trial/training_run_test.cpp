// The training loop's rules: validation, early stopping, best weights, divergence, artifacts, randomness.

#include "trial/training_run.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "scratch_folder.hpp"
#include "walker.hpp"

namespace assay {
namespace {

class Training : public ScratchFolder {
 protected:
  /// Trains a Walker; validation gives `curve` value by value.
  TrainingOutcome train(Walker& model, std::vector<double> curve) {
    setup_.seed = 7;
    weights_at_validation_.clear();
    if (!curve.empty())
      setup_.validate = [this, curve, &model, i = std::size_t{0}]() mutable {
        weights_at_validation_.push_back(model.weights);
        return NamedValues{{"ndcg@10", curve.at(i++)}};
      };
    EventLog events(folder_);
    CheckpointStore store(folder_);
    TrainingRun run(model, serial_executor(), events, folder_, store, setup_);
    model.fit({}, run);
    return run.finish();
  }
  std::vector<Point> points(PointKind kind) {
    std::vector<Point> out;
    for (Point& p : read_points(folder_, "refit", 1 << 20))
      if (p.kind == kind) out.push_back(std::move(p));
    return out;
  }
  TrainingSetup setup_;
  std::vector<std::vector<float>> weights_at_validation_;
};

TEST_F(Training, WithoutAValidationPartNothingStopsAndTheLastWeightsStay) {
  Walker model(12);
  const TrainingOutcome outcome = train(model, {});
  EXPECT_EQ(outcome.epochs, 12);
  EXPECT_EQ(outcome.best_epoch, 12);
  EXPECT_FALSE(outcome.stopped_early);
  EXPECT_EQ(points(PointKind::loss).size(), 12u);
  EXPECT_EQ(points(PointKind::loss).back().value, static_cast<double>(model.weights[0]));
}

TEST_F(Training, ValidatesEveryFewEpochsAndAfterTheLast) {
  setup_.training.validate_every = 5;
  Walker model(12);
  train(model, {0.1, 0.2, 0.3});
  const auto validations = points(PointKind::validation);
  ASSERT_EQ(validations.size(), 3u);
  EXPECT_EQ(validations[0].epoch, 5);
  EXPECT_EQ(validations[1].epoch, 10);
  EXPECT_EQ(validations[2].epoch, 12);
}

/// Learns in one go.
class OneShot final : public Recommender {
 public:
  void fit(const TrainingData&, Run&) override { fitted = true; }
  void score(const Profiles&, Scores) const override {}
  void save(Writer&) const override {}
  void load(Reader&) override {}
  bool fitted = false;
};

TEST_F(Training, AModelWithoutEpochsIsValidatedOnceAfterItsFit) {
  OneShot model;
  setup_.validate = [&] { return NamedValues{{"ndcg@10", model.fitted ? 0.5 : 0.0}}; };
  EventLog events(folder_);
  CheckpointStore store(folder_);
  TrainingRun run(model, serial_executor(), events, folder_, store, setup_);
  model.fit({}, run);
  const TrainingOutcome outcome = run.finish();
  const auto validations = points(PointKind::validation);
  ASSERT_EQ(validations.size(), 1u);
  EXPECT_EQ(validations[0].epoch, 0);
  EXPECT_EQ(validations[0].value, 0.5);
  EXPECT_EQ(outcome.best_epoch, 0);
  EXPECT_FALSE(outcome.iterative);
}

TEST_F(Training, StopsAfterPatienceValidationsAndLoadsTheBestWeights) {
  setup_.training.validate_every = 2;
  setup_.training.patience = 3;
  Walker model(100);
  const TrainingOutcome outcome = train(model, {0.1, 0.5, 0.4, 0.5, 0.3, 0.9});
  EXPECT_TRUE(outcome.stopped_early);
  EXPECT_EQ(outcome.epochs, 10) << "the validations at 6, 8 and 10 were no better than the one at 4";
  EXPECT_EQ(outcome.best_epoch, 4) << "the earlier one of equals";
  EXPECT_EQ(model.weights, weights_at_validation_[1]);
}

TEST_F(Training, WhatCannotBeMeasuredStopsNothing) {
  setup_.training.validate_every = 1;
  setup_.training.patience = 2;
  Walker model(5);
  const double unknown = std::nan("");
  const TrainingOutcome outcome = train(model, {unknown, unknown, unknown, unknown, unknown});
  EXPECT_FALSE(outcome.stopped_early);
  EXPECT_EQ(outcome.epochs, 5);
  EXPECT_EQ(outcome.best_epoch, 5) << "the last weights are kept";
}

TEST_F(Training, PatienceZeroNeverStops) {
  setup_.training.validate_every = 1;
  setup_.training.patience = 0;
  Walker model(5);
  const TrainingOutcome outcome = train(model, {0.5, 0.4, 0.3, 0.2, 0.1});
  EXPECT_FALSE(outcome.stopped_early);
  EXPECT_EQ(outcome.best_epoch, 1);
  EXPECT_EQ(model.weights, weights_at_validation_[0]);
}

TEST_F(Training, SmallGainsDoNotCountForPatienceButTheBestIsKept) {
  setup_.training.validate_every = 1;
  setup_.training.patience = 2;
  setup_.training.min_delta = 0.1;
  Walker model(10);
  const TrainingOutcome outcome = train(model, {0.5, 0.55, 0.58, 0.9});
  EXPECT_EQ(outcome.epochs, 3);
  EXPECT_EQ(outcome.best_epoch, 3);
}

TEST_F(Training, AMetricMayBeBetterWhenLower) {
  setup_.training.validate_every = 1;
  setup_.higher_is_better = false;
  Walker model(3);
  EXPECT_EQ(train(model, {0.5, 0.2, 0.9}).best_epoch, 2);
  EXPECT_EQ(model.weights, weights_at_validation_[1]);
}

TEST_F(Training, KeepLastLeavesTheLastWeightsAndWritesNoFiles) {
  setup_.training.validate_every = 1;
  setup_.training.keep_best = false;
  Walker model(3);
  train(model, {0.5, 0.2, 0.1});
  EXPECT_EQ(model.weights, weights_at_validation_[2]);
  for (const auto& entry : std::filesystem::directory_iterator(folder_))
    EXPECT_EQ(entry.path().filename(), "events.ndjson");
}

TEST_F(Training, ALossThatIsNotFiniteEndsTheRunWithItsEpoch) {
  Walker model(10);
  model.inside_epoch = [](assay::Run& run, int epoch) {
    if (epoch == 3) run.loss("generator", std::nan(""));
  };
  const TrainingOutcome outcome = train(model, {});
  EXPECT_TRUE(outcome.diverged);
  EXPECT_EQ(outcome.diverged_epoch, 4);
  EXPECT_EQ(outcome.diverged_series, "generator");
  EXPECT_EQ(model.epochs_trained, 4);
  const auto losses = points(PointKind::loss);
  const auto lost = std::ranges::find(losses, "generator", &Point::series);
  ASSERT_NE(lost, losses.end()) << "the curve shows where it ended";
  EXPECT_TRUE(std::isnan(lost->value));
  EXPECT_EQ(lost->epoch, 4);
}

TEST_F(Training, AMeasureMayBeNaN) {
  Walker model(2);
  model.inside_epoch = [](assay::Run& run, int) { run.measure("instrument", std::nan("")); };
  EXPECT_FALSE(train(model, {}).diverged);
}

TEST_F(Training, ARefitEndsAfterTheBestNumberOfEpochsAndNamesItsSeries) {
  setup_.phase = "refit";
  setup_.refit_epochs = 4;
  Walker model(50);
  EXPECT_EQ(train(model, {}).epochs, 4);
  EXPECT_EQ(points(PointKind::loss).front().series, "refit/walk");
}

TEST_F(Training, BeginTwiceAndNextWithoutBeginAreThePluginsErrors) {
  Walker model(1);
  EventLog events(folder_);
  CheckpointStore store(folder_);
  TrainingRun run(model, serial_executor(), events, folder_, store, setup_);
  EXPECT_THROW(static_cast<void>(run.next()), PluginError);
  static_cast<void>(run.begin(1));
  EXPECT_THROW(static_cast<void>(run.begin(1)), PluginError);
}

TEST_F(Training, ArtifactsAppendAndCannotLeaveTheirFolder) {
  Walker model(2);
  model.inside_epoch = [](assay::Run& run, int epoch) {
    const std::byte byte{static_cast<unsigned char>('a' + epoch)};
    run.artifact("notes.txt", {&byte, 1});
    for (const char* bad : {"", ".", "..", "../x", "a/b", ".hidden", "a b"})
      EXPECT_THROW(run.artifact(bad, {}), PluginError) << bad;
  };
  train(model, {});
  EXPECT_EQ(read_file(folder_ / "artifacts" / "notes.txt"), "ab");
}

TEST(RandomKey, IsTheHashOfSeedIndexAndPurpose) {
  // python3: hashlib.sha256(struct.pack('<QQ', 42, 7) + b'batches').hexdigest()[:16]
  EXPECT_EQ(random_key(42, "batches", 7), 0x69ccb764af2ef470u);
  EXPECT_NE(random_key(42, "batches", 7), random_key(42, "batches", 8));
  EXPECT_NE(random_key(42, "batches", 7), random_key(43, "batches", 7));
}

/// Works in pieces: in one go, or within an epoch. Cancelled in the third.
class Pieces final : public Recommender {
 public:
  Pieces(bool epochs, std::atomic<bool>& cancel) : epochs_(epochs), cancel_(cancel) {}
  void fit(const TrainingData&, Run& run) override {
    if (epochs_) static_cast<void>(run.begin(1));
    for_ranges(run, 10, 1, [&](std::int64_t begin, std::int64_t) {
      ++worked;
      if (begin == 2) cancel_ = true;
    });
    if (epochs_) static_cast<void>(run.next());
  }
  void score(const Profiles&, Scores) const override {}
  void save(Writer&) const override {}
  void load(Reader&) override {}
  int worked = 0;

 private:
  bool epochs_;
  std::atomic<bool>& cancel_;
};

TEST_F(Training, ACancelledFitInOneGoEndsWithThePieceThatIsBeingWorkedOnAndAnEpochIsFinished) {
  for (const bool epochs : {false, true}) {
    std::atomic<bool> cancel{false};
    setup_.cancel = &cancel;
    Pieces model(epochs, cancel);
    EventLog events(folder_);
    CheckpointStore store(folder_);
    TrainingRun run(model, serial_executor(), events, folder_, store, setup_);
    if (epochs)
      model.fit({}, run);
    else
      EXPECT_THROW(model.fit({}, run), Cancelled);
    EXPECT_EQ(model.worked, epochs ? 10 : 3);
  }
}

}  // namespace
}  // namespace assay
