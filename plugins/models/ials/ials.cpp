// iALS: implicit-feedback alternating least squares (Hu, Koren, Volinsky, "Collaborative filtering for implicit
// feedback datasets", ICDM 2008) with the regularization of Rendle, Krichene, Zhang, Koren, "Revisiting the performance
// of iALS on item recommendation benchmarks", RecSys 2022.

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "assay/errors.hpp"
#include "assay/factors.hpp"
#include "assay/fold_in.hpp"
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

  /// Both sides' factors, the items' again for scoring, fingerprints of profiles, two Gram matrices, each thread's
  /// system and row.
  [[nodiscard]] assay::Need need(const assay::TaskShape& task) const override {
    const std::int64_t d = params_.factors, longest = std::min(task.interactions, std::max(task.users, task.items));
    const std::int64_t factors = FactorMatrix::bytes(task.users, d) + FactorMatrix::bytes(task.items, d);
    const std::int64_t serving = assay::ItemPanels::bytes(task.items, d) + assay::FoldIn::bytes(task, d) +
                                 FactorMatrix::saving_bytes(std::max(task.users, task.items), d);
    const std::int64_t dense = (task.users + task.items) * d * 4;  // as they are written
    return {.memory = factors + serving + 2 * FactorMatrix::bytes(d, d) +
                      task.threads * LeastSquares::scratch_bytes(params_.factors, longest),
            .saved = dense + task.users * 8};
  }

  void fit(const assay::TrainingData& data, assay::Run& run) override {
    refuse_bad_values(data.by_user);
    const assay::TaskShape task{data.by_user.rows, data.by_item.rows, data.by_user.size(), run.threads()};
    assay::require_memory(need(task).memory, "ials: " + std::to_string(params_.factors) + " factors of " +
                                                 std::to_string(task.users) + " users and " +
                                                 std::to_string(task.items) + " items");
    folding_.reset();
    users_ = drawn(run, "users", data.by_user.rows);
    items_ = drawn(run, "items", data.by_item.rows);
    fold_in_.remember(data.by_user);
    for (int epoch = run.begin(params_.epochs); epoch < params_.epochs; ++epoch) {
      // The items first: then the users' factors, which come last, are what fold-in makes of their profiles.
      LeastSquares(params_, run, std::as_const(users_).view()).solve(run, data.by_item, items_);
      folding_.emplace(params_, run, std::as_const(items_).view());
      const double users_part = folding_->solve(run, data.by_user, users_);
      run.loss("loss", users_part + items_penalty(data.by_item));
      prepare_scoring();
      if (!run.next()) break;
    }
  }

  void score(const assay::Profiles& profiles, assay::Scores out) const override {
    const auto tile = fold_in_.rows(profiles, users_.view(), [&](const assay::Row& profile, std::span<float> w) {
      refuse_bad_values(profile);
      folding_->fold_in(profile, w);
    });
    panels_.score(tile->rows(), out);
  }

  void save(assay::Writer& writer) const override {
    users_.save(writer, "users");
    items_.save(writer, "items");
    fold_in_.save(writer, "profiles");
  }
  void load(assay::Reader& reader) override {
    users_ = FactorMatrix::load(reader, "users");
    items_ = FactorMatrix::load(reader, "items");
    fold_in_.load(reader, "profiles");
    folding_.emplace(params_, assay::serial_executor(), std::as_const(items_).view());
    prepare_scoring();
  }

  // The factors are the whole state: an epoch begins where the last one left them.
  void save_training(assay::Writer&) const override {}
  void load_training(assay::Reader&) override {}

 private:
  /// N(0, σ/√d), in chunks of fixed size (Rendle et al. 2022, section 4.3).
  [[nodiscard]] FactorMatrix drawn(assay::Run& run, const char* purpose, std::int64_t rows) const {
    constexpr std::int64_t kChunk = 1024;
    FactorMatrix x(rows, params_.factors);
    const auto deviation = static_cast<float>(params_.stdev / std::sqrt(params_.factors));
    assay::for_ranges(run, rows, kChunk, [&](std::int64_t begin, std::int64_t end) {
      assay::Random random = run.random(purpose, static_cast<std::uint64_t>(begin / kChunk));
      for (std::int64_t i = begin; i < end; ++i) random.normal(x.row(i), 0, deviation);
    });
    return x;
  }

  /// The part of the loss that the users' least squares do not see: Σ_i λ_i |h_i|².
  [[nodiscard]] double items_penalty(const assay::Interactions& by_item) const {
    double sum = 0;
    for (Index i = 0; i < by_item.rows; ++i) {
      double square = 0;
      for (const float h : items_.row(i)) square += double{h} * double{h};
      const double frequency =
          static_cast<double>(by_item[i].columns.size()) + params_.alpha0 * static_cast<double>(by_item.columns);
      if (square > 0) sum += params_.lambda * std::pow(frequency, params_.nu) * square;
    }
    return sum;
  }

  void prepare_scoring() {
    panels_.assign(items_.view());
    fold_in_.forget();
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
  FactorMatrix users_, items_;
  assay::ItemPanels panels_;
  std::optional<LeastSquares> folding_;  // for profiles, by items_
  assay::FoldIn fold_in_;
};

}  // namespace
}  // namespace ials

ASSAY_PLUGIN("ials", "1.0.0",
             assay::component<assay::Recommender, ials::Ials>(
                 "ials", "Matrix factorization of implicit feedback by alternating least squares (iALS, iALS++)."));
