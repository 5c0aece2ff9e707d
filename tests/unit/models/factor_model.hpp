// What every factorization must keep: resumed it ends as if it had not been interrupted, and data without a lesson do
// no harm.
#pragma once
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "assay/sparse.hpp"

#include "collaborative.hpp"
#include "plugin/conformance/memory_file.hpp"
#include "plugin/conformance/watched_run.hpp"

namespace assay::test {

/// A matrix from lists of (item, value) of each user.
inline Sparse sparse_of(Index items, const std::vector<std::vector<std::pair<Index, float>>>& users) {
  Sparse x{static_cast<Index>(users.size()), items, {0}, {}, {}};
  for (const auto& user : users) {
    for (const auto& [item, value] : user) {
      x.column.push_back(item);
      x.value.push_back(value);
    }
    x.offsets.push_back(static_cast<std::int64_t>(x.column.size()));
  }
  return x;
}

/// A Run that remembers the losses of each epoch.
class LossRun final : public Run {
 public:
  std::vector<double> losses;
  int begin(int) override { return 0; }
  void loss(std::string_view, double value) override { losses.push_back(value); }
  bool next() override { return true; }
  int threads() const noexcept override { return 1; }
  void parallel(std::int64_t n, void (*body)(void*, std::int64_t), void* c) override { base_.parallel(n, body, c); }
  void progress(std::int64_t, std::int64_t) override {}
  bool cancelled() const noexcept override { return false; }
  void measure(std::string_view, double) override {}
  Random random(std::string_view purpose, std::uint64_t index) const override { return base_.random(purpose, index); }
  const Reader* input(std::string_view) const override { return nullptr; }
  void artifact(std::string_view, std::span<const std::byte>) override {}
  Group& group() override { return base_.group(); }

 private:
  test::OneShotRun base_;
};

class FactorModel : public Collaborative {
 protected:
  /// A dense float64 matrix, row-major.
  using Dense = std::vector<double>;

  /// What a model draws for `rows` rows of `factors`, as OneShotRun gives it.
  static Dense drawn(const char* purpose, Index rows, std::size_t factors, double deviation) {
    std::vector<float> row(factors);
    Dense out;
    Random random = OneShotRun().random(purpose, 0);
    for (Index i = 0; i < rows; ++i) {
      random.normal(row, 0, static_cast<float>(deviation));
      out.insert(out.end(), row.begin(), row.end());
    }
    return out;
  }

  /// Solves a·x = b by Gaussian elimination.
  static Dense solved(Dense a, Dense b) {
    const std::size_t n = b.size();
    for (std::size_t p = 0; p < n; ++p)
      for (std::size_t i = 0; i < n; ++i) {
        if (i == p) continue;
        const double f = a[i * n + p] / a[p * n + p];
        for (std::size_t j = p; j < n; ++j) a[i * n + j] -= f * a[p * n + j];
        b[i] -= f * b[p];
      }
    for (std::size_t i = 0; i < n; ++i) b[i] /= a[i * n + i];
    return b;
  }

  /// users · itemsᵀ.
  static Dense products(const Dense& users, const Dense& items, std::size_t factors) {
    Dense out;
    for (std::size_t u = 0; u < users.size() / factors; ++u)
      for (std::size_t i = 0; i < items.size() / factors; ++i) {
        double sum = 0;
        for (std::size_t k = 0; k < factors; ++k) sum += users[u * factors + k] * items[i * factors + k];
        out.push_back(sum);
      }
    return out;
  }

  void expect_resumes(const std::string& name, const std::string& params) {
    constexpr int kEpochs = 5;
    const auto train = [&](Recommender& model, const conformance::RunOptions& options) {
      conformance::WatchedRun run(options);
      model.fit(data_, run);
    };
    const auto whole = make_model(name, params);
    train(*whole, {.stop_after = kEpochs});
    for (const int epoch : {1, 2, 4}) {
      conformance::MemoryFile weights, state;
      const auto first = make_model(name, params), second = make_model(name, params);
      const auto save = [&] {
        weights = state = conformance::MemoryFile();
        first->save(weights);
        dynamic_cast<const Resumable&>(*first).save_training(state);
      };
      const auto restore = [&] {
        second->load(weights);
        dynamic_cast<Resumable&>(*second).load_training(state);
      };
      train(*first, {.stop_after = epoch, .validate = save});
      train(*second, {.stop_after = kEpochs, .first_epoch = epoch, .restore = restore});
      EXPECT_EQ(score_all(*second, x_.view()), score_all(*whole, x_.view())) << name << " from epoch " << epoch;
    }
  }

  /// Every score is a number, for users of the data and for strangers with their profiles.
  static void expect_numbers(const std::string& name, const std::string& params, const Sparse& x) {
    const SparseMatrix t = SparseMatrix(x.view()).transposed();  // keeps entries of zero
    const TrainingData data{x.view(), t.view(), {x.rows, {}}, {x.columns, {}}};
    const auto model = make_model(name, params);
    OneShotRun run;
    model->fit(data, run);
    for (const bool strangers : {false, true}) {
      std::vector<Index> users(static_cast<std::size_t>(x.rows), kUnknown);
      if (!strangers) std::iota(users.begin(), users.end(), 0);
      for (const float score : score_all(*model, x.view(), users))
        ASSERT_TRUE(std::isfinite(score)) << name << " " << params << (strangers ? ", strangers" : "");
    }
  }

  void expect_survives_impossible_data(const std::string& name, const std::string& params) {
    expect_numbers(name, params, sparse_of(4, {{{0, 1.f}, {2, 1.f}}, {{2, 1.f}}}));  // items that nobody took
    expect_numbers(name, params, sparse_of(5, {{{1, 1.f}, {3, 2.f}}}));              // one user
    expect_numbers(name, params, sparse_of(1, {{{0, 1.f}}, {{0, 3.f}}, {}}));        // one item
    expect_numbers(name, params,
                   sparse_of(3, {{{0, 1.f}, {1, 1.f}, {2, 1.f}},  // all is equal
                                 {{0, 1.f}, {1, 1.f}, {2, 1.f}}}));
    expect_numbers(name, params, sparse_of(3, {{{0, 0.f}, {1, 0.f}}, {{1, 0.f}, {2, 0.f}}}));  // ratings of zero
    expect_numbers(name, params, sparse_of(3, {{}, {}}));                                      // nothing at all
  }

  /// One interaction in a catalogue of 300,000 items.
  static void expect_survives_a_huge_catalogue(const std::string& name, const std::string& params) {
    constexpr Index kHuge = 300'000;
    const Sparse x = sparse_of(kHuge, {{{kHuge - 1, 1.f}}, {}});
    Sparse t{kHuge, 2, std::vector<std::int64_t>(kHuge, 0), {0}, {1.f}};
    t.offsets.push_back(1);
    const TrainingData data{x.view(), t.view(), {2, {}}, {kHuge, {}}};
    const auto model = make_model(name, params);
    OneShotRun run;
    model->fit(data, run);
    for (const float score : score_all(*model, x.view())) ASSERT_TRUE(std::isfinite(score)) << name << " " << params;
  }
};

}  // namespace assay::test
