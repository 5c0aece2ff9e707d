// Rules on training: cancelled, interrupted and resumed, repeated many times.

#include <algorithm>
#include <malloc.h>

#include "assay/errors.hpp"
#include "assay/random.hpp"

#include "base/pool.hpp"
#include "base/task_reader.hpp"
#include "plugin/conformance/bench.hpp"
#include "plugin/conformance/listed_data.hpp"

namespace assay::conformance {
namespace {

/// Trains `epochs` epochs and saves at the end of each, within next(): what is left is the last checkpoint.
void interrupted(const Bench& bench, int epochs, MemoryFile& weights, MemoryFile& state) {
  const auto model = bench.make_model();
  const auto checkpoint = [&] {
    weights = state = MemoryFile();
    static_cast<const Recommender&>(*model).save(weights);
    dynamic_cast<const Resumable&>(*model).save_training(state);
  };
  WatchedRun run({.seed = Bench::kSeed, .stop_after = epochs, .validate = checkpoint});
  model->fit(bench.shop().data(), run);
}

[[nodiscard, maybe_unused]] std::size_t allocated() {  // unused where a sanitizer owns the heap
  const auto heap = ::mallinfo2();
  return heap.uordblks + heap.hblkhd;
}

/// 700 users, 300 items, few of them popular.
ListedData crowd() {
  constexpr Index kUsers = 700, kItems = 300;
  Random random(20'241'123);
  ListedData::Lists profiles(kUsers);
  for (auto& profile : profiles)
    for (Index item = 0; item < kItems; ++item)
      if (random.uniform() < 0.02 + 0.5 / (1 + item)) profile.push_back(item);
  return {kItems, profiles};
}

}  // namespace

void must_ignore_threads(const Bench& bench) {
  const ListedData data = crowd();
  const Shop::Tile tile = data.tile(false, false);
  Profiles profiles = tile.profiles();
  profiles.known.columns = data.items();
  ScoreMatrix serial;
  for (const int n : {1, 2, 3, 4}) {
    ThreadPool pool(n);
    WatchedRun run({.seed = Bench::kSeed, .stop_after = 2, .executor = &pool});
    const auto model = bench.make_model();
    try {
      model->fit(data.data(), run);
    } catch (const DataError&) {
      return;  // it needs ratings or times
    }
    ScoreMatrix scores = checked_scores(*model, profiles, 0, data.items());
    if (n == 1)
      serial = std::move(scores);
    else
      require_equal(serial, scores, "between 1 and " + std::to_string(n) + " threads on 700 users and 300 items");
  }
}

void must_cancel(const Bench& bench, const WatchedRun& base) {
  if (!base.repeated_outside().empty())
    throw Broken{"the loss \"" + base.repeated_outside() +
                 "\" was reported more than once outside of an epoch: a loop of the model's own cannot be stopped"};
  Random random(Bench::kSeed);
  const auto any = [&] {
    return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(base.calls()) + 1));
  };
  for (const std::int64_t calls : {std::int64_t{0}, any(), any(), any()}) {
    WatchedRun run({.seed = Bench::kSeed, .cancel_after = calls});
    const std::string when = " when it was cancelled after " + std::to_string(calls) + " calls of its Run";
    try {
      static_cast<void>(bench.train(run));
    } catch (const Cancelled&) {
      // The other way to leave.
    } catch (const std::exception& e) {
      throw Broken{"fit() threw something else than assay::Cancelled" + when + ": " + e.what()};
    }
    if (!run.bad_loop().empty()) throw Broken{run.bad_loop() + when};
  }
}

void must_resume(const Bench& bench) {
  constexpr int kEpochs = 7;
  WatchedRun whole({.seed = Bench::kSeed, .stop_after = kEpochs});
  const auto reference = bench.train(whole);
  if (whole.epochs_done() < 2) throw Skipped{"its default is a single epoch"};
  const ScoreMatrix expected = score_all(*reference, bench.shop());
  Random random(Bench::kSeed);
  const auto last = static_cast<std::uint64_t>(whole.epochs_done() - 1);
  const int first = 1 + static_cast<int>(random.below(last)), second = 1 + static_cast<int>(random.below(last));
  for (const int epoch : {first, second}) {
    MemoryFile weights, state;
    interrupted(bench, epoch, weights, state);
    const auto model = bench.make_model();
    const auto restore = [&] {  // as an experiment does it: within begin()
      TaskReader model_reader(weights, {Shop::kUsers, Shop::kItems}),
          training_reader(state, {Shop::kUsers, Shop::kItems});
      model->load(model_reader);
      dynamic_cast<Resumable&>(*model).load_training(training_reader);
    };
    WatchedRun rest({.seed = Bench::kSeed, .stop_after = kEpochs, .first_epoch = epoch, .restore = restore});
    model->fit(bench.shop().data(), rest);
    require_equal(expected, score_all(*model, bench.shop()), "after resuming from epoch " + std::to_string(epoch));
  }
}

void must_not_grow(const Bench& bench) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  static_cast<void>(bench);
  throw Skipped{"a sanitizer's allocator does not tell what is allocated"};
#else
  constexpr int kWarm = 4, kWatched = 6;  // caches fill in the first ones
  std::size_t last = 0, begin = 0;
  for (int i = 0; i < kWarm + kWatched; ++i) {
    static_cast<void>(bench.train_and_score({.seed = Bench::kSeed}));
    const std::size_t now = allocated();
    if (i >= kWarm && now <= last) return;
    if (i == kWarm - 1) begin = now;
    last = now;
  }
  throw Broken{"each of " + std::to_string(kWatched) + " fits left more memory allocated than the one before, " +
               std::to_string((last - begin) / kWatched) + " bytes on average"};
#endif
}

}  // namespace assay::conformance
