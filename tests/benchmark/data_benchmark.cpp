// Preparing data: the sink, sorting, filter, split, cache file and opening it. Rows are made up and handed over in
// batches as a reader does; no parsing is measured. ASSAY_BENCHMARK_ROWS sets the size (default 1,000,000).

#include <benchmark/benchmark.h>
#include <cstdlib>
#include <filesystem>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

#include "assay/random.hpp"

#include "data/content.hpp"
#include "data/filter.hpp"
#include "data/gather.hpp"
#include "data/hash64.hpp"
#include "data/prepared.hpp"
#include "data/split.hpp"

namespace assay {
namespace {

constexpr std::size_t kBatch = 16384;

std::int64_t rows() {
  const char* text = std::getenv("ASSAY_BENCHMARK_ROWS");
  return text ? std::atoll(text) : 1'000'000;
}

struct Batch {
  std::vector<std::int64_t> users, items, times;
  std::vector<float> values;
  std::vector<std::string> user_texts, item_texts;
};

/// 165 interactions a user, items by a skewed law, as in MovieLens. `grouped`: rows come user by user.
template <class Take>
void make(std::int64_t count, bool grouped, bool texts, Take&& take) {
  Random random(1);
  const std::uint64_t users = static_cast<std::uint64_t>(count) / 165 + 1, items = users / 3 + 100;
  Batch b;
  for (std::int64_t row = 0; row < count;) {
    b = {};
    for (std::size_t i = 0; i < kBatch && row < count; ++i, ++row) {
      b.users.push_back(
          static_cast<std::int64_t>(grouped ? static_cast<std::uint64_t>(row) / 165 : random.below(users)));
      b.items.push_back(static_cast<std::int64_t>(random.below(random.below(items) + 1)));
      b.values.push_back(static_cast<float>(random.below(10) + 1) / 2);
      b.times.push_back(1'000'000'000'000 + static_cast<std::int64_t>(random.below(1'000'000'000)));
      if (!texts) continue;
      b.user_texts.push_back("A" + std::to_string(b.users.back() * 7919 + 100'000'000));
      b.item_texts.push_back("B00" + std::to_string(b.items.back() * 104'729 + 10'000'000));
    }
    take(b, texts);
  }
}

/// Batches are made before the clock runs.
std::vector<Batch> batches(std::int64_t count, bool grouped, bool texts) {
  std::vector<Batch> out;
  make(count, grouped, texts, [&](const Batch& b, bool) { out.push_back(b); });
  return out;
}

void hand_over(const Batch& b, bool texts, DatasetSink& sink) {
  const std::vector<std::string_view> users(b.user_texts.begin(), b.user_texts.end()),
      items(b.item_texts.begin(), b.item_texts.end());
  if (texts)
    sink.interactions({Part::all, {{}, users}, {{}, items}, b.values, b.times, {}});
  else
    sink.interactions({Part::all, {b.users, {}}, {b.items, {}}, b.values, b.times, {}});
}

void per_row(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * rows());
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  state.counters["peak_MiB"] = static_cast<double>(usage.ru_maxrss) / 1024;
}

void Sink(benchmark::State& state) {
  const bool texts = state.range(0) != 0;
  const auto all = batches(rows(), false, texts);
  for (auto _ : state) {
    Gatherer gatherer(false, {});
    for (const auto& b : all) hand_over(b, texts, gatherer);
    benchmark::DoNotOptimize(gatherer.take());
  }
  per_row(state);
}

void Arrange(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    Gatherer gatherer(false, {});
    make(rows(), state.range(0) != 0, false, [&](const Batch& b, bool t) { hand_over(b, t, gatherer); });
    auto gathered = gatherer.take();
    state.ResumeTiming();
    benchmark::DoNotOptimize(arrange(std::move(gathered)));
  }
  per_row(state);
}

Content sample() {
  Gatherer gatherer(false, {});
  make(rows(), true, false, [&](const Batch& b, bool t) { hand_over(b, t, gatherer); });
  return arrange(gatherer.take());
}

void Fingerprint(benchmark::State& state) {
  const Content c = sample();
  for (auto _ : state) benchmark::DoNotOptimize(fingerprint(c.users.view(), c.items.view(), c.log.view(), {}));
  per_row(state);
}

void Filter(benchmark::State& state) {
  const Content c = sample();
  FilterSpec filter;
  filter.user_core = filter.item_core = static_cast<int>(state.range(0));
  for (auto _ : state)
    benchmark::DoNotOptimize(apply_filter(c.log.view(), c.users.view(), c.items.view(), filter, false));
  per_row(state);
}

void Split(benchmark::State& state) {
  const Content c = sample();
  const auto filtered = apply_filter(c.log.view(), c.users.view(), c.items.view(), {}, false);
  SplitSpec split;
  split.validation = .1;
  split.strategy = static_cast<SplitStrategy>(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(assign_parts(filtered.log, split));
  per_row(state);
}

/// Everything, cold (range 0), with a new split of known content (1), from the cache (2), and opening alone (3).
void Prepare(benchmark::State& state) {
  const auto folder = std::filesystem::temp_directory_path() / ("assay-bench-" + std::to_string(::getpid()));
  DatasetSpec dataset;
  SplitSpec split;
  split.validation = .1;
  const auto all = batches(rows(), true, false);
  const auto run = [&] {
    return prepare(dataset, {}, split, folder, [&](DatasetSink& sink) {
      for (const auto& b : all) hand_over(b, false, sink);
    });
  };
  const auto info = run();
  for (auto _ : state) {
    if (state.range(0) == 0) {
      state.PauseTiming();
      std::filesystem::remove_all(folder);
      state.ResumeTiming();
    }
    if (state.range(0) == 1) ++split.seed;
    if (state.range(0) < 3)
      benchmark::DoNotOptimize(run());
    else
      benchmark::DoNotOptimize(PreparedTask::open(info.file));
  }
  per_row(state);
  std::filesystem::remove_all(folder);
}

void Hash64(benchmark::State& state) {
  const std::vector<std::byte> bytes(1 << 22);
  for (auto _ : state) benchmark::DoNotOptimize(hash64(bytes));
  state.SetBytesProcessed(state.iterations() * (1 << 22));
}

BENCHMARK(Sink)->ArgName("texts")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(Arrange)->ArgName("grouped")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(Fingerprint)->Unit(benchmark::kMillisecond);
BENCHMARK(Filter)->ArgName("core")->Arg(0)->Arg(10)->Unit(benchmark::kMillisecond);
BENCHMARK(Split)->ArgName("strategy")->DenseRange(1, 4)->Unit(benchmark::kMillisecond);
BENCHMARK(Prepare)->ArgName("from")->DenseRange(0, 3)->Unit(benchmark::kMillisecond);
BENCHMARK(Hash64);

}  // namespace
}  // namespace assay
