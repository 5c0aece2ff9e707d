// Fit, and score + rank, of the closed-form and neighbourhood models on MovieLens 1M: the real one where $ASSAY_DATA
// has it, else random data of its shape. CPU time of the whole process. peer_models.py is what a user would run
// instead.

#include <algorithm>
#include <benchmark/benchmark.h>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "assay/linalg.hpp"
#include "assay/random.hpp"
#include "assay/sparse.hpp"

#include "eval/evaluator.hpp"
#include "trained.hpp"

namespace assay {
namespace {

using Pairs = std::vector<std::pair<Index, Index>>;

Pairs read_movielens(const std::string& file) {
  Pairs pairs;
  FILE* pipe = popen(("gzip -dc '" + file + "'").c_str(), "r");
  int user = 0, item = 0, rating = 0;
  while (pipe && std::fscanf(pipe, "%d::%d::%d\n", &user, &item, &rating) == 3) pairs.emplace_back(user, item);
  if (pipe) pclose(pipe);
  std::vector<Index> items;
  for (const auto& pair : pairs) items.push_back(pair.second);
  std::ranges::sort(items);
  items.erase(std::unique(items.begin(), items.end()), items.end());
  for (auto& [u, i] : pairs) {
    --u;
    i = static_cast<Index>(std::ranges::lower_bound(items, i) - items.begin());
  }
  return pairs;
}

/// 6,040 users with log-normal activity, 3,706 items with exponentially falling popularity, about a million pairs.
Pairs invent_movielens() {
  Pairs pairs;
  Random random(1);
  for (Index user = 0; user < 6040; ++user) {
    const double activity = std::min(1500.0, 96 * std::exp(1.05 * random.normal())) / 3706;
    for (Index item = 0; item < 3706; ++item)
      if (random.uniform() < activity * 5 * std::exp(-5.0 * item / 3706)) pairs.emplace_back(user, item);
  }
  return pairs;
}

SparseMatrix matrix(Pairs pairs) {
  SparseMatrix x;
  x.rows = 6040;
  x.columns = 3706;
  std::ranges::sort(pairs);
  x.offsets.assign(6041, 0);
  for (const auto& [user, item] : pairs) {
    ++x.offsets[static_cast<std::size_t>(user) + 1];
    x.column.push_back(item);
  }
  std::partial_sum(x.offsets.begin(), x.offsets.end(), x.offsets.begin());
  x.value.assign(x.column.size(), 1);
  return x;
}

/// All interactions, and a random fifth of them apart from the rest.
struct Data {
  SparseMatrix all, all_by_item, train, train_by_item, test;
  std::string source;
};

const Data& data() {
  static const Data made = [] {
    Pairs pairs, train, test;
    std::string source = "invented";
    std::istringstream folders(std::getenv("ASSAY_DATA") ? std::getenv("ASSAY_DATA") : "");
    for (std::string folder; std::getline(folders, folder, ':');)
      if (const std::string file = folder + "/ml-1m/ratings_no_timestamp.dat.gz"; std::filesystem::exists(file)) {
        pairs = read_movielens(file);
        source = "ml-1m";
      }
    if (pairs.empty()) pairs = invent_movielens();
    Random random(2);
    for (const auto& pair : pairs) (random.below(5) ? train : test).push_back(pair);
    Data d{matrix(pairs), {}, matrix(train), {}, matrix(test), source};
    d.all_by_item = d.all.transposed();
    d.train_by_item = d.train.transposed();
    return d;
  }();
  return made;
}

void describe(benchmark::State& state) {
  state.SetLabel(data().source + ", " + std::to_string(data().all.column.size()) + " interactions");
}

void fit(benchmark::State& state, const char* name, const char* params) {
  const Data& d = data();
  test::OneShotRun run;
  for (auto _ : state) {
    const auto model = test::make_model(name, params);
    model->fit({d.all.view(), d.all_by_item.view(), {6040, {}}, {3706, {}}}, run);
  }
  describe(state);
}

void rank(benchmark::State& state, const char* name, const char* params) {
  const Data& d = data();
  test::OneShotRun run;
  const auto model = test::make_model(name, params);
  model->fit({d.train.view(), d.train_by_item.view(), {6040, {}}, {3706, {}}}, run);
  const MetricsSpec metrics{{"precision", "recall", "ndcg"}, {20}, "ndcg@20"};
  EvaluationInput input{};
  input.model = model.get();
  input.profiles = input.excluded = input.train = d.train.view();
  input.relevant = d.test.view();
  input.items = {3706, {}};
  input.metrics = &metrics;
  input.slices = test::traits_of(name).slices;
  double score = 0, ndcg = 0;
  for (auto _ : state) {
    const Evaluation result = evaluate(input, run);
    score += result.score_seconds;
    ndcg = result.at("ndcg@20");
  }
  state.counters["score_s"] = benchmark::Counter(score, benchmark::Counter::kAvgIterations);
  state.counters["ndcg@20"] = ndcg;
  describe(state);
}

void inverse(benchmark::State& state) {
  const std::int64_t n = 3706, stride = padded_stride(n);
  std::vector<float> gram(static_cast<std::size_t>(n * stride)), a;
  gram_lower(serial_executor(), pattern_of(data().all_by_item.view()), pattern_of(data().all.view()),
             {gram.data(), n, n, stride});
  for (std::int64_t i = 0; i < n; ++i) gram[static_cast<std::size_t>(i * stride + i)] += 300;
  for (auto _ : state) {
    state.PauseTiming();
    a = gram;
    state.ResumeTiming();
    invert_spd(serial_executor(), {a.data(), n, n, stride});
  }
  describe(state);
}

void gram(benchmark::State& state) {
  const std::int64_t n = 3706, stride = padded_stride(n);
  std::vector<float> out(static_cast<std::size_t>(n * stride));
  for (auto _ : state)
    gram_lower(serial_executor(), pattern_of(data().all_by_item.view()), pattern_of(data().all.view()),
               {out.data(), n, n, stride});
  describe(state);
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

const auto kSettings = [](benchmark::internal::Benchmark* b) {
  b->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->MinTime(3);
};
BENCHMARK_CAPTURE(fit, ease, "ease", "{}")->Apply(kSettings);
BENCHMARK_CAPTURE(fit, item_knn_100, "item_knn", "{}")->Apply(kSettings);
BENCHMARK_CAPTURE(fit, user_knn, "user_knn", "{}")->Apply(kSettings);
BENCHMARK_CAPTURE(fit, p3alpha, "p3alpha", "{}")->Apply(kSettings);
BENCHMARK_CAPTURE(fit, rp3beta, "rp3beta", "{}")->Apply(kSettings);
BENCHMARK_CAPTURE(fit, bpr_mf_epoch_64, "bpr_mf", R"({"epochs": 1, "factors": 64})")->Apply(kSettings);
BENCHMARK_CAPTURE(fit, warp_mf_epoch_64, "warp_mf", R"({"epochs": 1, "factors": 64})")->Apply(kSettings);
BENCHMARK_CAPTURE(fit, funk_svd_epoch_100, "funk_svd", R"({"epochs": 1, "factors": 100})")->Apply(kSettings);
BENCHMARK_CAPTURE(fit, svdpp_epoch_100, "svdpp", R"({"epochs": 1, "factors": 100})")->Apply(kSettings);
BENCHMARK_CAPTURE(fit, slope_one, "slope_one", "{}")->Apply(kSettings);
BENCHMARK_CAPTURE(rank, ease, "ease", "{}")->Apply(kSettings);
BENCHMARK_CAPTURE(rank, item_knn_100, "item_knn", "{}")->Apply(kSettings);
BENCHMARK_CAPTURE(rank, user_knn_100, "user_knn", "{}")->Apply(kSettings);
BENCHMARK_CAPTURE(rank, rp3beta, "rp3beta", "{}")->Apply(kSettings);
BENCHMARK_CAPTURE(rank, popularity, "popularity", "{}")->Apply(kSettings);
BENCHMARK(inverse)->Apply(kSettings);
BENCHMARK(gram)->Apply(kSettings);
BENCHMARK(best)
    ->Args({1653, 20})
    ->Args({3706, 20})
    ->Args({3706, 100})
    ->Args({38048, 100})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace assay
