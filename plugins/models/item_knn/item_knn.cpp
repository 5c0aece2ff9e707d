// ItemKNN: an item is offered to those who took the items most like it (Sarwar et al., "Item-based collaborative
// filtering recommendation algorithms", WWW 2001; Deshpande and Karypis, "Item-based top-N recommendation algorithms",
// TOIS 2004).

#include <algorithm>
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

  explicit ItemKnn(const Params& params) : params_(params) { params_.check(); }

  /// The matrix of lists, its transpose, and the lists of some rows; the weighed data and its transpose, or long
  /// profiles as bits; sums and touched rows of each thread.
  [[nodiscard]] assay::Need need(const assay::TaskShape& task) const override {
    const std::int64_t k = std::min<std::int64_t>(params_.neighbours, task.items);
    const std::int64_t entries = std::min(task.items * k, task.pairs), pair = sizeof(assay::Scored);
    const std::int64_t weighed = params_.weighting() == assay::Weighting::none ? 0 : task.interactions * 16;
    return {.memory = (entries * 2 + assay::rows_at_once(task.items, k) * k) * pair + weighed +
                      params_.most_bits(task.items, task.users, task.interactions) +
                      task.items * (56 + 20 * task.threads) + task.users * 32,
            .saved = entries * pair + task.items * 8};
  }

  void fit(const assay::TrainingData& data, assay::Run& run) override {
    similar_ = nearest_of_each(run, params_, data.by_item, data.by_user).transposed();
  }

  /// score(u, j) = Σ sim(j, i) · x_ui over the items i of the profile that are among the k nearest of j.
  void score(const assay::Profiles& profiles, assay::Scores out) const override {
    sparse_times_sparse(assay::serial_executor(), params_.counted(profiles.known), similar_.view(), out.first_item,
                        {out.data, out.users, out.items, out.stride});
  }

  void save(assay::Writer& writer) const override { similar_.save(writer, "similar"); }
  void load(assay::Reader& reader) override { similar_ = assay::SparseMatrix::load_weights(reader, "similar"); }

 private:
  Params params_;
  assay::SparseMatrix similar_;  // row i, column j: sim(j, i) where i is among the k nearest of j
};

}  // namespace

ASSAY_PLUGIN("item_knn", "1.0.0",
             assay::component<assay::Recommender, ItemKnn>("item_knn", "Items like those that the user took."));
