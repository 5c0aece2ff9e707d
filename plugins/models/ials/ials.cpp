// iALS: implicit-feedback alternating least squares (Hu, Koren, Volinsky, "Collaborative filtering for implicit
// feedback datasets", ICDM 2008) with the regularization of Rendle, Krichene, Zhang, Koren, "Revisiting the performance
// of iALS on item recommendation benchmarks", RecSys 2022.

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

#include "least_squares.hpp"
#include "params.hpp"

namespace ials {
namespace {

using assay::FactorMatrix;
using assay::Index;

class Ials final : public assay::Recommender, public assay::Resumable, public assay::Sized {
 public:
  using Params = ials::Params;
  static constexpr assay::Traits traits{
      .seeded = true, .fold_in = true, .slices = true, .cold_items = false, .any_threads = true};

  explicit Ials(Params params) : params_(std::move(params)) {}

  /// The factors, two Gram matrices, each thread's system and row.
  [[nodiscard]] assay::Need need(const assay::TaskShape& task) const override {
    const std::int64_t d = params_.factors, longest = std::min(task.interactions, std::max(task.users, task.items));
    assay::Need need = assay::FactorModel::need(task, d);
    need.memory += 2 * FactorMatrix::bytes(d, d) + task.threads * LeastSquares::scratch_bytes(params_.factors, longest);
    return need;
  }

  void fit(const assay::TrainingData& data, assay::Run& run) override {
    refuse_bad_values(data.by_user);
    assay::require_memory(*this, "ials", params_.factors, assay::TaskShape::of(data, run));
    folding_.reset();
    const double deviation = params_.stdev / std::sqrt(params_.factors);  // Rendle et al. 2022, section 4.3
    model_.begin(normal_factors(run, "users", data.by_user.rows, params_.factors, deviation),
                 normal_factors(run, "items", data.by_item.rows, params_.factors, deviation), data.by_user);
    for (int epoch = run.begin(params_.epochs); epoch < params_.epochs; ++epoch) {
      // The items first: then the users' factors, which come last, are what fold-in makes of their profiles.
      LeastSquares(params_, run, std::as_const(model_.users).view()).solve(run, data.by_item, model_.items);
      folding_.emplace(params_, run, std::as_const(model_.items).view());
      const double users_part = folding_->solve(run, data.by_user, model_.users);
      run.loss("loss", users_part + items_penalty(data.by_item));
      model_.settle();
      if (!run.next()) break;
    }
  }

  void score(const assay::Profiles& profiles, assay::Scores out) const override {
    model_.score(profiles, out, [&](const assay::Row& profile, std::span<float> w) {
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
  /// The part of the loss that the users' least squares do not see: Σ_i λ_i |h_i|².
  [[nodiscard]] double items_penalty(const assay::Interactions& by_item) const {
    double sum = 0;
    for (Index i = 0; i < by_item.rows; ++i) {
      double square = 0;
      for (const float h : model_.items.row(i)) square += double{h} * double{h};
      const double frequency =
          static_cast<double>(by_item[i].columns.size()) + params_.alpha0 * static_cast<double>(by_item.columns);
      if (square > 0) sum += params_.lambda * std::pow(frequency, params_.nu) * square;
    }
    return sum;
  }

  void refuse_bad_values(const assay::Interactions& data) const {
    if (params_.confidence == "one") return;
    for (Index u = 0; u < data.rows; ++u) refuse_bad_values(data[u]);
  }
  void refuse_bad_values(const assay::Row& row) const {
    if (params_.confidence == "one") return;
    for (const float value : row.values)
      if (!(value >= 0))
        throw assay::DataError("ials: with confidence \"" + params_.confidence + "\" values are weights, and one is " +
                               std::to_string(value) +
                               ". Values from 0 on, or confidence \"one\", which does not look at them, would do.");
  }

  Params params_;
  assay::FactorModel model_;
  std::optional<LeastSquares> folding_;  // for profiles, by the items' factors
};

}  // namespace
}  // namespace ials

ASSAY_PLUGIN("ials", "1.0.0",
             assay::component<assay::Recommender, ials::Ials>(
                 "ials", "Matrix factorization of implicit feedback by alternating least squares (iALS, iALS++)."));
