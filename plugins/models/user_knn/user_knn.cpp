// UserKNN: a user is offered what those most like him took (Herlocker, Konstan, Borchers, Riedl, "An algorithmic
// framework for performing collaborative filtering", SIGIR 1999; for rankings: Cremonesi, Koren, Turrin, RecSys 2010).

#include <algorithm>
#include <vector>

#include "assay/model.hpp"
#include "assay/neighbours.hpp"
#include "assay/plugin.hpp"
#include "assay/sparse.hpp"

namespace {

using assay::Index;

class UserKnn final : public assay::Recommender, public assay::Sized {
 public:
  using Params = assay::NeighbourParams;
  static constexpr assay::Traits traits{
      .seeded = false, .fold_in = true, .slices = false, .cold_items = false, .any_threads = true};

  explicit UserKnn(const Params& params) : params_(params) { params_.check(); }

  /// Two copies of the data, a third while it is weighed, popular items as bits; sums and touched rows of each thread,
  /// for users and for items, and a tile's neighbours.
  [[nodiscard]] assay::Need need(const assay::TaskShape& task) const override {
    const bool weighed = params_.weighting() != assay::Weighting::none;
    const std::int64_t copy = task.interactions * (params_.use_values ? 8 : 4);
    const std::int64_t tile = 64 * std::min<std::int64_t>(params_.neighbours, task.users) * 24 + (weighed ? 64 * 8 : 0);
    return {.memory = 2 * copy + (weighed ? task.interactions * 12 : 0) +
                      params_.most_bits(task.users, task.items, task.interactions) + 40 * (task.users + task.items) +
                      task.threads * (20 * (task.users + task.items) + tile),
            .saved = copy + task.users * 8};
  }

  /// Keeps the training data: neighbours are searched for the profile that is to be served, known or not.
  void fit(const assay::TrainingData& data, assay::Run& run) override {
    by_user_ = assay::SparseMatrix(params_.counted(data.by_user));
    prepare();
    run.progress(1, 1);
  }

  /// score(u, j) = Σ sim(u, v) · x_vj over the k users v most like u, himself left out.
  void score(const assay::Profiles& profiles, assay::Scores out) const override {
    const auto users = static_cast<std::size_t>(out.users);
    std::vector<assay::Scored> nearest(users * static_cast<std::size_t>(std::min(params_.neighbours, by_user_.rows)));
    std::vector<Index> found(users);
    const assay::Interactions known = params_.counted(profiles.known);
    const bool plain = params_.weighting() == assay::Weighting::none;
    const assay::SparseMatrix weighed = plain ? assay::SparseMatrix() : weigher_.weighed(known);
    params_.with_measure([&](const auto& measure) {
      const assay::Interactions by_item = by_item_.view();
      nearest_rows(assay::serial_executor(), plain ? known : weighed.view(), {by_item, squares_, popular_.view()},
                   measure, profiles.user, nearest, found);
    });
    auto alike = assay::SparseMatrix::from_lists(nearest, found, by_user_.rows);
    if (params_.normalise) alike.normalise_rows();
    sparse_times_sparse(assay::serial_executor(), alike.view(), by_user_.view(), out.first_item,
                        {out.data, out.users, out.items, out.stride});
  }

  void save(assay::Writer& writer) const override { by_user_.save(writer, "train"); }
  void load(assay::Reader& reader) override {
    const auto [users, items] = assay::extents_of(reader);
    by_user_ = assay::SparseMatrix::load(reader, "train", users, items);
    const std::int64_t values = params_.use_values ? std::ssize(by_user_.column) : 0;
    static_cast<void>(assay::stored_list<float>(reader, "train.value", values));
    prepare();
  }

 private:
  /// All that follows from the training data.
  void prepare() {
    squares_.resize(static_cast<std::size_t>(by_user_.rows));
    weigher_ = assay::Weigher(params_.weighting(), by_user_.view());
    if (params_.weighting() == assay::Weighting::none) {
      squared_norms(by_user_.view(), squares_);
      by_item_ = by_user_.transposed();
      popular_ = assay::BitRows(by_item_.view());
      return;
    }
    const assay::SparseMatrix weighed = weigher_.weighed(by_user_.view());
    params_.check(weighed);
    squared_norms(weighed.view(), squares_);
    by_item_ = weighed.transposed();
  }

  Params params_;
  assay::SparseMatrix by_user_;  // the training data
  assay::SparseMatrix by_item_;  // its transpose, weighed for the search
  assay::BitRows popular_;       // its long rows, where nothing is weighed
  assay::Weigher weigher_;
  std::vector<double> squares_;  // |x_v|² of the weighed rows
};

}  // namespace

ASSAY_PLUGIN("user_knn", "1.0.0",
             assay::component<assay::Recommender, UserKnn>("user_knn", "What the users most like this one took."));
