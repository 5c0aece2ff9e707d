// Ranking and metrics of inputs of the size of MovieLens 1M, without the model: score() copies ready numbers.

#include <algorithm>
#include <benchmark/benchmark.h>
#include <cstring>
#include <set>
#include <vector>

#include "assay/linalg.hpp"
#include "assay/random.hpp"

#include "eval/evaluator.hpp"

namespace assay {
namespace {

constexpr Index kUsers = 6040, kItems = 3706;

class ReadyScores final : public Recommender {
 public:
  ReadyScores() : bank_(1 << 20) { Random(1).normal(bank_, 0, 1); }
  void fit(const TrainingData&, Run&) override {}
  void save(Writer&) const override {}
  void load(Reader&) override {}
  void score(const Profiles& profiles, Scores out) const override {
    for (Index r = 0; r < out.users; ++r) {
      const auto seed = static_cast<std::uint64_t>(profiles.user[static_cast<std::size_t>(r)]) * 7919 +
                        static_cast<std::uint64_t>(out.first_item);
      std::memcpy(out.data + r * out.stride, bank_.data() + seed % ((1 << 20) - kItems),
                  static_cast<std::size_t>(out.items) * sizeof(float));
    }
  }

 private:
  std::vector<float> bank_;
};

struct Matrix {
  std::vector<std::int64_t> offsets{0};
  std::vector<Index> columns;
  std::vector<float> values;
  Matrix(std::uint64_t seed, std::uint64_t mean) {
    Random random(seed);
    for (Index u = 0; u < kUsers; ++u) {
      std::set<Index> row;
      for (std::uint64_t i = 1 + random.below(2 * mean); i > 0; --i) {
        const double x = random.uniform();  // popular items are the small ones
        row.insert(static_cast<Index>(x * x * kItems));
      }
      columns.insert(columns.end(), row.begin(), row.end());
      offsets.push_back(static_cast<std::int64_t>(columns.size()));
    }
    values.assign(columns.size(), 1);
  }
  [[nodiscard]] Interactions view() const { return {kUsers, kItems, offsets, columns.data(), values.data(), nullptr}; }
};

/// Arguments: places kept, and 1 for all metrics. "beyond_score" is what the evaluation costs besides the model.
void evaluate_like_ml1m(benchmark::State& state) {
  const ReadyScores model;
  const Matrix train(2, 132), test(3, 33);
  MetricsSpec spec;
  if (state.range(1)) {
    spec.names.clear();
    for (const auto& metric : all_metrics())
      if (metric.name != "intra_list_diversity") spec.names.push_back(metric.name);
  }
  const EvaluationInput input{&model,       train.view(),
                              train.view(), test.view(),
                              train.view(), {kItems, {}},
                              &spec,        static_cast<int>(state.range(0)),
                              true,         {}};
  double beyond = 0;
  for (auto _ : state) {
    const Evaluation result = evaluate(input, serial_executor());
    beyond += result.seconds - result.score_seconds;
    benchmark::DoNotOptimize(result.values.data());
  }
  state.counters["beyond_score"] = benchmark::Counter(beyond, benchmark::Counter::kAvgIterations);
}
/// Arguments: scores, k. One iteration is a row.
void best(benchmark::State& state) {
  std::vector<float> scores(static_cast<std::size_t>(64 * state.range(0)));
  Random(3).normal(scores, 0, 1);
  std::vector<Scored> out(static_cast<std::size_t>(state.range(1)));
  std::size_t row = 0;
  for (auto _ : state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    benchmark::DoNotOptimize(top_k(std::span(scores).subspan(row++ % 64 * size, size), out));
  }
}

BENCHMARK(best)
    ->Args({1653, 20})
    ->Args({3706, 20})
    ->Args({3706, 100})
    ->Args({38048, 100})
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(evaluate_like_ml1m)->Args({0, 0})->Args({100, 0})->Args({100, 1})->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay
