// ItemKNN: an item is offered to those who took the items most like it (Sarwar et al., "Item-based collaborative
// filtering recommendation algorithms", WWW 2001; Deshpande and Karypis, "Item-based top-N recommendation algorithms",
// TOIS 2004).

#include <algorithm>
#include <numeric>
#include <vector>

#include "assay/model.hpp"
#include "assay/neighbours.hpp"
#include "assay/plugin.hpp"
#include "assay/sparse.hpp"

namespace {

using assay::Index;

class ItemKnn final : public assay::Recommender, public assay::Sized {
 public:
  using Params = assay::NeighbourParams;
  static constexpr assay::Traits traits{
      .seeded = false, .fold_in = true, .slices = false, .cold_items = false, .any_threads = true};

  explicit ItemKnn(const Params& params) : params_(params) {}

  /// The lists, their matrix (which grows by doubling), its transpose; sums and touched rows of each thread.
  [[nodiscard]] assay::Need need(const assay::TaskShape& task) const override {
    const std::int64_t entries = task.items * std::min<std::int64_t>(params_.neighbours, task.items);
    const std::int64_t pair = sizeof(assay::Scored);
    return {.memory = entries * pair * 4 + task.items * (40 + 12 * task.threads),
            .saved = entries * pair + task.items * 8};
  }

  void fit(const assay::TrainingData& data, assay::Run& run) override {
    const auto by_item = counted(data.by_item);
    std::vector<double> squares(static_cast<std::size_t>(by_item.rows));
    squared_norms(by_item, squares);
    similar_ = nearest_of_each(run, by_item, counted(data.by_user), squares, params_.measure(), params_.neighbours)
                   .transposed();
  }

  /// score(u, j) = Σ sim(j, i) · x_ui over the items i of the profile that are among the k nearest of j.
  void score(const assay::Profiles& profiles, assay::Scores out) const override {
    sparse_times_sparse(assay::serial_executor(), counted(profiles.known), similar_.view(), out.first_item,
                        {out.data, out.users, out.items, out.stride});
  }

  void save(assay::Writer& writer) const override { similar_.save(writer, "similar"); }
  void load(assay::Reader& reader) override { similar_ = assay::SparseMatrix::load(reader, "similar"); }

 private:
  [[nodiscard]] assay::Interactions counted(const assay::Interactions& x) const {
    return params_.use_values ? x : pattern_of(x);
  }

  Params params_;
  assay::SparseMatrix similar_;  // row i, column j: sim(j, i) where i is among the k nearest of j
};

}  // namespace

ASSAY_PLUGIN("item_knn", "1.0.0",
             assay::component<assay::Recommender, ItemKnn>("item_knn", "Items like those that the user took."));
