// NMF: nonnegative factors of users and items (Lee, Seung, "Algorithms for non-negative matrix factorization", NIPS
// 2000), by multiplicative updates or coordinate descent.

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "assay/errors.hpp"
#include "assay/factor_model.hpp"
#include "assay/factors.hpp"
#include "assay/model.hpp"
#include "assay/plugin.hpp"

#include "nonnegative.hpp"
#include "params.hpp"

namespace nmf {
namespace {

using assay::FactorMatrix;
using assay::Index;

/// Σ of all entries, and of their squares.
struct Sums {
  double first = 0, second = 0;
};
Sums sums_of(const FactorMatrix& x) {
  Sums sums;
  for (std::int64_t i = 0; i < x.rows(); ++i)
    for (const float value : x.row(i)) {
      sums.first += value;
      sums.second += double{value} * double{value};
    }
  return sums;
}

/// Σ_ij a_ij · b_ij.
double inner(const FactorMatrix& a, const FactorMatrix& b) {
  double sum = 0;
  for (std::int64_t i = 0; i < a.rows(); ++i)
    for (std::size_t j = 0; j < a.row(i).size(); ++j) sum += double{a.row(i)[j]} * double{b.row(i)[j]};
  return sum;
}

class Nmf final : public assay::Recommender, public assay::Resumable, public assay::Sized {
 public:
  using Params = nmf::Params;
  static constexpr assay::Traits traits{
      .seeded = true, .fold_in = true, .slices = true, .cold_items = false, .any_threads = true};

  explicit Nmf(Params params) : params_(std::move(params)) {}

  /// The factors, three Gram matrices, each thread's products.
  [[nodiscard]] assay::Need need(const assay::TaskShape& task) const override {
    const std::int64_t d = params_.factors;
    assay::Need need = assay::FactorModel::need(task, d);
    need.memory += 3 * FactorMatrix::bytes(d, d) + task.threads * FactorMatrix::bytes(66, d);
    return need;
  }

  void fit(const assay::TrainingData& data, assay::Run& run) override {
    const assay::Interactions by_user = counted(data.by_user), by_item = counted(data.by_item);
    refuse_bad_values(by_user);
    assay::require_memory(*this, "nmf", params_.factors, assay::TaskShape::of(data, run));
    folding_.reset();
    const Totals totals(by_user);
    const double pairs = static_cast<double>(by_user.rows) * static_cast<double>(by_item.rows);
    const double size = std::sqrt(totals.sum / std::max(1.0, pairs) / params_.factors);
    model_.begin(drawn(run, "users", by_user.rows, size), drawn(run, "items", by_item.rows, size), data.by_user);
    for (int epoch = run.begin(params_.epochs); epoch < params_.epochs; ++epoch) {
      Nonnegative(params_, run, std::as_const(model_.users).view()).update(run, by_item, model_.items);
      folding_.emplace(params_, run, std::as_const(model_.items).view());
      const double fitted = folding_->update(run, by_user, model_.users);
      run.loss("loss", loss(run, totals.squares, fitted));
      model_.settle();
      if (!run.next()) break;
    }
  }

  void score(const assay::Profiles& profiles, assay::Scores out) const override {
    model_.score(profiles, out, [&](const assay::Row& row, std::span<float> w) {
      const std::int64_t offsets[] = {0, static_cast<std::int64_t>(row.columns.size())};
      const assay::Interactions profile =
          counted({1, profiles.known.columns, offsets, row.columns.data(), row.values.data(), nullptr});
      refuse_bad_values(profile);
      folding_->fold_in(profile, w);
    });
  }

  void save(assay::Writer& writer) const override { model_.save(writer); }
  void load(assay::Reader& reader) override {
    model_.load(reader, params_.factors);
    folding_.emplace(params_, assay::serial_executor(), std::as_const(model_.items).view());
    model_.settle();
  }

  // The factors are the whole state: an epoch begins where the last one left them.
  void save_training(assay::Writer&) const override {}
  void load_training(assay::Reader&) override {}

 private:
  struct Totals {
    explicit Totals(const assay::Interactions& x) {
      for (auto e = x.offsets.front(); e < x.offsets.back(); ++e) {
        const double value = x.value ? double{x.value[e]} : 1;
        sum += value;
        squares += value * value;
      }
    }
    double sum = 0, squares = 0;
  };

  [[nodiscard]] assay::Interactions counted(const assay::Interactions& x) const {
    return params_.use_values ? x : pattern_of(x);
  }

  /// |N(0, 1)| times `size`, so that the products of two rows are about the data's mean.
  [[nodiscard]] FactorMatrix drawn(assay::Run& run, const char* purpose, std::int64_t rows, double size) const {
    FactorMatrix x = normal_factors(run, purpose, rows, params_.factors, size);
    for (std::int64_t i = 0; i < rows; ++i)
      for (float& value : x.row(i)) value = std::abs(value);
    return x;
  }

  /// ½ |X − W Hᵀ|² = ½ |X|² − <W, XH> + ½ <WᵀW, HᵀH>, and the penalties.
  [[nodiscard]] double loss(assay::Run& run, double squares, double fitted) const {
    const Nonnegative of_users(params_, run, model_.users.view());
    const Sums w = sums_of(model_.users), h = sums_of(model_.items);
    return (squares + inner(of_users.gram(), folding_->gram())) / 2 - fitted + params_.l1 * (w.first + h.first) +
           params_.l2 * (w.second + h.second) / 2;
  }

  static void refuse_bad_values(const assay::Interactions& x) {
    if (!x.value) return;
    for (auto e = x.offsets.front(); e < x.offsets.back(); ++e)
      if (!(x.value[e] >= 0))
        throw assay::DataError("nmf: a value is " + std::to_string(x.value[e]) +
                               ", and factors that are not negative cannot make it. Values from 0 on, or use_values: "
                               "false, would do.");
  }

  Params params_;
  assay::FactorModel model_;            // users: W, items: H
  std::optional<Nonnegative> folding_;  // for profiles, by the items' factors
};

}  // namespace
}  // namespace nmf

ASSAY_PLUGIN("nmf", "1.0.0",
             assay::component<assay::Recommender, nmf::Nmf>(
                 "nmf", "Nonnegative matrix factorization, by coordinate descent or multiplicative updates."));
