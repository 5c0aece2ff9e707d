// PureSVD: the truncated singular value decomposition of the interactions, unseen pairs being zeros (Cremonesi, Koren,
// Turrin, "Performance of recommender algorithms on top-N recommendation tasks", RecSys 2010).

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <tuple>

#include "assay/factors.hpp"
#include "assay/fold_in.hpp"
#include "assay/model.hpp"
#include "assay/plugin.hpp"

#include "truncated_svd.hpp"

namespace pure_svd {
namespace {

using assay::FactorMatrix;
using assay::Index;

class PureSvd final : public assay::Recommender, public assay::Sized {
 public:
  struct Params {
    int factors = 50, power_iterations = 20, oversampling = 46;
    bool use_values = false;
    static constexpr auto fields() {
      using assay::field;
      using P = Params;
      return std::tuple{
          field(&P::factors, "factors", "Singular vectors kept (f in the paper).").in(1, 1024),
          field(&P::power_iterations, "power_iterations", "Products with XᵀX (q in Halko et al.); more are more exact.")
              .in(0, 10000),
          field(&P::oversampling, "oversampling",
                "Directions iterated beside the factors (p in Halko et al.); more converge faster.")
              .in(0, 1024),
          field(&P::use_values, "use_values",
                "Decompose the values (ratings, counts); otherwise each interaction counts 1.")};
    }
  };
  // The iteration begins at a fixed place, and converges: no seed would change the model.
  static constexpr assay::Traits traits{
      .seeded = false, .fold_in = true, .slices = true, .cold_items = false, .any_threads = true};

  explicit PureSvd(Params params) : params_(params) {}

  [[nodiscard]] assay::Need need(const assay::TaskShape& task) const override {
    const std::int64_t factors = kept(task.users, task.items);
    return {.memory = truncated_svd_bytes(task.users, task.items, params_.factors, params_.oversampling) +
                      FactorMatrix::bytes(task.items, factors) + FactorMatrix::saving_bytes(task.items, factors) +
                      assay::ItemPanels::bytes(task.items, factors) + assay::FoldIn::bytes(task, factors),
            .saved = task.items * factors * 4};
  }

  void fit(const assay::TrainingData& data, assay::Run& run) override {
    assay::require_memory(*this, "pure_svd", params_.factors, assay::TaskShape::of(data, run));
    items_ = truncated_svd(run, counted(data.by_user), counted(data.by_item), params_.factors, params_.oversampling,
                           params_.power_iterations, [&](int done, int total) { run.progress(done, total); })
                 .right;
    prepare_scoring();
  }

  /// score(u, ·) = r_u V Vᵀ (eq. 12 of the paper): r_u V are the user's factors, V the items'.
  void score(const assay::Profiles& profiles, assay::Scores out) const override {
    const auto tile = fold_in_.rows(profiles, items_.view(), [&](const assay::Row& profile, std::span<float> factors) {
      const std::int64_t offsets[] = {0, static_cast<std::int64_t>(profile.columns.size())};
      sparse_times_dense(
          assay::serial_executor(),
          counted({1, profiles.known.columns, offsets, profile.columns.data(), profile.values.data(), nullptr}),
          items_.view(), {factors.data(), 1, items_.columns(), items_.columns()});
    });
    panels_.score(tile->rows(), out);
  }

  void save(assay::Writer& writer) const override { items_.save(writer, "items"); }
  void load(assay::Reader& reader) override {
    const auto [users, items] = assay::extents_of(reader);
    items_ = FactorMatrix::load(reader, "items", items, users == assay::kAny ? users : kept(users, items));
    prepare_scoring();
  }

 private:
  /// Factors that data of this size have.
  [[nodiscard]] std::int64_t kept(std::int64_t users, std::int64_t items) const {
    return std::max<std::int64_t>(1, std::min({std::int64_t{params_.factors}, users, items}));
  }
  [[nodiscard]] assay::Interactions counted(const assay::Interactions& x) const {
    return params_.use_values ? x : pattern_of(x);
  }
  void prepare_scoring() {
    panels_.assign(items_.view());
    fold_in_.forget();
  }

  Params params_;
  FactorMatrix items_;  // V
  assay::ItemPanels panels_;
  assay::FoldIn fold_in_;
};

}  // namespace
}  // namespace pure_svd

ASSAY_PLUGIN("pure_svd", "1.0.0",
             assay::component<assay::Recommender, pure_svd::PureSvd>(
                 "pure_svd", "Truncated singular value decomposition of the interactions, unseen pairs being zeros."));
