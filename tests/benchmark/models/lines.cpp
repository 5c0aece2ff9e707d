// The speed lines, and how each is measured.

#include "lines.hpp"

#include <algorithm>
#include <stdexcept>

#include "assay/linalg.hpp"

#include "base/pool.hpp"
#include "data.hpp"
#include "eval/evaluator.hpp"
#include "plugin/conformance/watched_run.hpp"
#include "trained.hpp"

namespace assay::bench {
namespace {

constexpr double kEnough = 4;  // seconds of CPU after which a work is not repeated

/// Repeats `work` (at most five times) and keeps the fastest; the peak is that of all.
template <class F>
Measured best_of(F&& work) {
  Measured best;
  const std::int64_t held = begin_memory();
  const Watch whole;
  for (int i = 0; i < 5 && (i == 0 || whole.cpu() < kEnough); ++i) {
    const Watch watch;
    work();
    if (i == 0 || watch.cpu() < best.cpu) {
      best.cpu = watch.cpu();
      best.wall = watch.wall();
    }
  }
  best.bytes = peak_beyond(held);
  return best;
}

TrainingData training(const SparseMatrix& by_user, const SparseMatrix& by_item) {
  return {by_user.view(), by_item.view(), {by_user.rows, {}}, {by_user.columns, {}}};
}

Measured fit(const Line& line, const SparseMatrix& x, ThreadPool& pool) {
  const SparseMatrix by_item = x.transposed();
  return best_of([&] {
    conformance::WatchedRun run({.stop_after = 1 << 30, .executor = &pool});
    test::make_model(line.model, line.params)->fit(training(x, by_item), run);
  });
}

Measured epoch(const Line& line, const SparseMatrix& x, ThreadPool& pool) {
  const SparseMatrix by_item = x.transposed();
  Measured best;
  Watch watch;
  int epochs = 0;
  const auto tell = [&] {
    if (epochs++ == 0 || watch.cpu() < best.cpu) {
      best.cpu = watch.cpu();
      best.wall = watch.wall();
    }
    watch = Watch();
  };
  const std::int64_t held = begin_memory();
  conformance::WatchedRun run({.stop_after = 3, .validate = tell, .executor = &pool});
  test::make_model(line.model, line.params)->fit(training(x, by_item), run);
  best.bytes = peak_beyond(held);
  return best;
}

Measured rank(const Line& line, const SparseMatrix& x, ThreadPool& pool) {
  const Split parts = split(x);
  const auto model = test::make_model(line.model, line.params);
  conformance::WatchedRun run({.stop_after = 2, .executor = &pool});
  model->fit(training(parts.train, parts.train_by_item), run);
  const MetricsSpec metrics{{"precision", "recall", "ndcg"}, {20}, "ndcg@20"};
  EvaluationInput input{};
  input.model = model.get();
  input.profiles = input.excluded = input.train = parts.train.view();
  input.relevant = parts.test.view();
  input.items = {x.columns, {}};
  input.metrics = &metrics;
  input.slices = test::traits_of(line.model).slices;
  return best_of([&] { static_cast<void>(evaluate(input, pool)); });
}

Measured inverse(const SparseMatrix& x, ThreadPool& pool) {
  const SparseMatrix by_item = x.transposed();
  const std::int64_t n = x.columns, stride = padded_stride(n);
  const std::int64_t held = begin_memory();
  std::vector<float> a(static_cast<std::size_t>(n * stride));
  Measured best;
  const Watch whole;
  for (int i = 0; i < 3 && (i == 0 || whole.cpu() < kEnough); ++i) {
    gram_lower(pool, pattern_of(by_item.view()), pattern_of(x.view()), {a.data(), n, n, stride});
    for (std::int64_t j = 0; j < n; ++j) a[static_cast<std::size_t>(j * stride + j)] += 300;
    const Watch watch;
    invert_spd(pool, {a.data(), n, n, stride});
    if (i == 0 || watch.cpu() < best.cpu) {
      best.cpu = watch.cpu();
      best.wall = watch.wall();
    }
  }
  best.bytes = peak_beyond(held);
  return best;
}

Measured sgemm(ThreadPool& pool) {
  const std::int64_t n = 4096, stride = padded_stride(n);
  const std::vector<float> a(static_cast<std::size_t>(n * stride), 0.5f), b = a;
  std::vector<float> c(a.size());
  return best_of([&] {
    gemm(pool, false, false, 1, {a.data(), n, n, stride}, {b.data(), n, n, stride}, 0, {c.data(), n, n, stride});
  });
}

}  // namespace

const std::vector<Line>& lines() {
  static const std::vector<Line> all = {
      {"SGEMM 4096", "", Work::sgemm, "", "", 0, "sgemm"},
      {"iALS epoch d=64", "ml-1m", Work::epoch, "ials", R"({"factors": 64})", 0.3, "ials64"},
      {"iALS epoch d=128", "ml-1m", Work::epoch, "ials", R"({"factors": 128})", 0.8, "ials128"},
      {"iALS epoch d=256", "ml-1m", Work::epoch, "ials", R"({"factors": 256})", 3.3, "ials256"},
      {"iALS epoch d=256, cg", "ml-1m", Work::epoch, "ials", R"({"factors": 256, "solver": "cg"})", 0.9, "ials256"},
      {"iALS epoch d=256, block", "ml-1m", Work::epoch, "ials", R"({"factors": 256, "solver": "block"})", 0.9,
       "ials256"},
      {"iALS epoch d=64", "big", Work::epoch, "ials", R"({"factors": 64})", 4.8, ""},
      {"ItemKNN cosine, 100", "ml-1m", Work::fit, "item_knn", R"({"neighbours": 100})", 0.45, "item_knn"},
      {"ItemKNN cosine, 100", "big", Work::fit, "item_knn", R"({"neighbours": 100})", 7, ""},
      {"RP3beta, 100", "ml-1m", Work::fit, "rp3beta", R"({"neighbours": 100})", 0.45, "rp3beta"},
      {"RP3beta, 100", "big", Work::fit, "rp3beta", R"({"neighbours": 100})", 7, ""},
      {"top 20, UserKNN", "ml-1m", Work::rank, "user_knn", R"({"neighbours": 100})", 0.45, ""},
      {"EASE, factorization", "ml-1m", Work::inverse, "ease", "", 0.75, "potri"},
      {"EASE", "ml-1m", Work::fit, "ease", "{}", 1.0, "ease"},
      {"EASE, factorization", "big", Work::inverse, "ease", "", 0, "", true},
      {"EASE", "big", Work::fit, "ease", "{}", 0, "", true},
      {"BPR-MF epoch d=64", "ml-1m", Work::epoch, "bpr_mf", R"({"factors": 64})", 0.3, "bpr"},
      {"WARP-MF epoch d=64", "ml-1m", Work::epoch, "warp_mf", R"({"factors": 64})", 0, ""},
      {"Funk SVD epoch d=100", "ml-1m", Work::epoch, "funk_svd", R"({"factors": 100})", 0, ""},
      {"SVD++ epoch d=100", "ml-1m", Work::epoch, "svdpp", R"({"factors": 100})", 0, ""},
      {"Slope One", "ml-1m", Work::fit, "slope_one", "{}", 0, ""},
      {"SLIM, elastic net", "ml-1m", Work::fit, "slim", "{}", 60, "slim"},
      {"SLIM-BPR epoch", "ml-1m", Work::epoch, "slim_bpr", "{}", 0, ""},
      {"PureSVD, 50 factors", "ml-1m", Work::fit, "pure_svd", R"({"factors": 50})", 0.5, "pure_svd"},
      {"NMF epoch, cd", "ml-1m", Work::epoch, "nmf", R"({"factors": 64})", 0, ""},
      {"top 20, factors d=64", "ml-1m", Work::rank, "ials", R"({"factors": 64})", 0.07, "rank"},
      {"top 20, factors d=64", "big", Work::rank, "ials", R"({"factors": 64, "solver": "cg"})", 7, "rank"},
      {"top 20, EASE", "ml-1m", Work::rank, "ease", "{}", 0, "rank_ease"},
      {"top 20, ItemKNN", "ml-1m", Work::rank, "item_knn", R"({"neighbours": 100})", 0, ""},
      {"top 20, popularity", "ml-1m", Work::rank, "popularity", "{}", 0, ""}};
  return all;
}

bool is_built(const std::string& model) {
  return model.empty() || std::filesystem::exists(std::string(ASSAY_BINARY_DIR) + "/plugins/" + model + ".so");
}

Measured measure(const Line& line, const std::filesystem::path& folder, int threads) {
  ThreadPool pool(threads);
  if (line.work == Work::sgemm) return sgemm(pool);
  const SparseMatrix x = read(folder, line.data);
  switch (line.work) {
    case Work::fit:
      return fit(line, x, pool);
    case Work::epoch:
      return epoch(line, x, pool);
    case Work::rank:
      return rank(line, x, pool);
    default:
      return inverse(x, pool);
  }
}

}  // namespace assay::bench
