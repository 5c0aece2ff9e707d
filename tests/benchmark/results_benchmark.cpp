// What recording costs, and how fast questions are answered at 10,000 runs.

#include <benchmark/benchmark.h>
#include <cmath>

#include "assay/random.hpp"

#include "base/hash.hpp"
#include "results/migrations.hpp"
#include "results/queries.hpp"
#include "results/recorder.hpp"
#include "story.hpp"

namespace assay {
namespace {

/// The end of a run as MovieLens 1M gives it: 6,040 users, 21 metrics by user, 100 places.
RunEnded large_end() {
  constexpr int kUsers = 6040, kPlaces = 100;
  RunEnded end;
  end.result_sha256 = "0";
  Random random(1);
  for (Index u = 0; u < kUsers; ++u) end.test.users.push_back(u);
  for (const char* metric : {"precision", "recall", "ndcg", "map", "mrr", "hit_rate", "novelty"})
    for (const int cutoff : {5, 10, 20}) {
      MetricValue value{metric, cutoff, 0.5, {}};
      for (int u = 0; u < kUsers; ++u)
        value.per_user.push_back(static_cast<float>(random.below(static_cast<std::uint64_t>(cutoff))) /
                                 static_cast<float>(cutoff));
      end.test.values.push_back(std::move(value));
    }
  end.test.top_n = kPlaces;
  for (int i = 0; i < kUsers * kPlaces; ++i) {
    end.test.top_items.push_back(static_cast<Index>(random.below(3706)));
    end.test.top_scores.push_back(static_cast<float>(std::exp(-0.01 * (i % kPlaces)) + 0.01 * random.uniform()));
  }
  return end;
}

/// One run from its plan to its end, 200 points among, all threads counted (use --benchmark_counters_tabular).
void record_a_large_run(benchmark::State& state) {
  const story::Folder folder;
  Recorder recorder(folder / "a.db");
  story::Teller teller(recorder);
  teller.start();
  teller.data(0);
  RunEnded end = large_end();
  std::uint64_t seed = 0;
  for (auto _ : state) {
    end.run_uid = teller.plan(0, 0, ++seed);
    teller.begin(end.run_uid);
    RunPoints points{end.run_uid, {}, -1};
    for (int epoch = 0; epoch < 100; ++epoch) {
      points.points.push_back({epoch, PointKind::loss, "generator", 0.1 * epoch, epoch});
      points.points.push_back({epoch, PointKind::loss, "discriminator", 0.2 * epoch, epoch});
    }
    recorder.run_points(points);
    recorder.run_ended(end);
    recorder.flush();
  }
  recorder.close();
  state.counters["bytes_per_run"] =
      static_cast<double>(std::filesystem::file_size(folder / "a.db")) / static_cast<double>(seed);
}
BENCHMARK(record_a_large_run)->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);

/// What the engine's thread pays for the same.
void tell_of_a_large_run(benchmark::State& state) {
  const story::Folder folder;
  Recorder recorder(folder / "a.db");
  story::Teller teller(recorder);
  teller.start();
  teller.data(0);
  RunEnded end = large_end();
  std::uint64_t seed = 0;
  for (auto _ : state) {
    state.PauseTiming();
    recorder.flush();
    end.run_uid = teller.plan(0, 0, ++seed);
    state.ResumeTiming();
    recorder.run_ended(end);
  }
}
BENCHMARK(tell_of_a_large_run)->Unit(benchmark::kMillisecond)->Iterations(30);

/// 10,000 runs in 1,250 experiments, made once. ASSAY_BENCHMARK_DB names the file to keep it.
const std::filesystem::path& many_runs() {
  static const story::Folder folder;
  static const std::filesystem::path file = [] {
    const char* kept = std::getenv("ASSAY_BENCHMARK_DB");
    const std::filesystem::path path = kept ? std::filesystem::path(kept) : folder / "many.db";
    if (std::filesystem::exists(path)) return path;
    Recorder recorder(path);
    for (int i = 0; i < 1250; ++i) story::Teller(recorder, std::to_string(i), 1'700'000'000'000 + 60'000LL * i).whole();
    recorder.close();
    return path;
  }();
  return file;
}

void list_the_newest(benchmark::State& state) {
  const auto& file = many_runs();
  for (auto _ : state) {
    Database database(file, Database::Access::read);
    require_readable(database);
    benchmark::DoNotOptimize(list_runs(database, std::nullopt, state.range(0)));
  }
}
BENCHMARK(list_the_newest)->Arg(50)->Arg(0)->Unit(benchmark::kMillisecond);

void rank_the_latest_experiment(benchmark::State& state) {
  const auto& file = many_runs();
  for (auto _ : state) {
    Database database(file, Database::Access::read);
    benchmark::DoNotOptimize(leaderboard(database, std::nullopt));
  }
}
BENCHMARK(rank_the_latest_experiment)->Unit(benchmark::kMillisecond);

void rank_all_experiments_in_sql(benchmark::State& state) {
  Database database(many_runs(), Database::Access::read);
  for (auto _ : state) benchmark::DoNotOptimize(database.integer("SELECT sum(rank) FROM v_leaderboard"));
}
BENCHMARK(rank_all_experiments_in_sql)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay
