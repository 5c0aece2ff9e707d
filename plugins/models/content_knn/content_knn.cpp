// ContentKNN: an item is offered to those who took items with the same tags and words (Lops, de Gemmis, Semeraro,
// "Content-based recommender systems: state of the art and trends", Recommender Systems Handbook 2011).

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "assay/model.hpp"
#include "assay/neighbours.hpp"
#include "assay/plugin.hpp"
#include "assay/sparse.hpp"

#include "terms.hpp"

namespace {

class ContentKnn final : public assay::Recommender, public assay::Sized {
 public:
  struct Params {
    int neighbours = 100;
    std::vector<std::string> columns;
    std::string feature_weighting = "tf_idf";
    double shrink = 0;
    bool normalise = false, use_values = false;
    static constexpr auto fields() {
      return std::tuple{
          assay::field(&Params::neighbours, "neighbours", "Neighbours kept.").in(1, 1000000),
          assay::field(&Params::columns, "columns",
                       "Attributes of items to compare, of tags or text; none: all that there are."),
          assay::field(&Params::feature_weighting, "feature_weighting", "How tags and words are weighed.")
              .one_of("none", "tf_idf", "bm25"),
          assay::field(&Params::shrink, "shrink", "Added to the denominator: damps similarities that rest on little.")
              .at_least(0),
          assay::field(&Params::normalise, "normalise",
                       "Divide a score by the sum of the similarities of all neighbours that it may come from."),
          assay::field(&Params::use_values, "use_values",
                       "Weigh interactions by their values (ratings, counts); otherwise each counts 1.")};
    }
  };
  static constexpr assay::Traits traits{
      .seeded = false, .fold_in = true, .slices = false, .cold_items = true, .any_threads = true};

  explicit ContentKnn(Params params) : params_(std::move(params)) {}

  [[nodiscard]] assay::Need need(const assay::TaskShape& task) const override {
    const std::int64_t k = std::min<std::int64_t>(params_.neighbours, task.items), pair = sizeof(assay::Scored);
    const std::int64_t entries = task.items * k;
    return {.memory = (entries * 2 + assay::rows_at_once(task.items, k) * k) * pair + terms::memory(task.items) +
                      task.items * (56 + 20 * task.threads),
            .saved = entries * pair + task.items * 8};
  }

  void fit(const assay::TrainingData& data, assay::Run& run) override {
    const auto described = terms::of_items(run, data.items, params_.columns, "content_knn");
    similar_ = terms::nearest(run, described, params_.neighbours, params_.feature_weighting, params_.shrink);
    if (params_.normalise) similar_.normalise_rows();
    similar_ = similar_.transposed();
  }

  /// score(u, j) = Σ sim(j, i) · x_ui over the items i of the profile that are among the k nearest of j.
  void score(const assay::Profiles& profiles, assay::Scores out) const override {
    sparse_times_sparse(assay::serial_executor(), params_.use_values ? profiles.known : pattern_of(profiles.known),
                        similar_.view(), out.first_item, {out.data, out.users, out.items, out.stride});
  }

  void save(assay::Writer& writer) const override { similar_.save(writer, "similar"); }
  void load(assay::Reader& reader) override { similar_ = assay::SparseMatrix::load_weights(reader, "similar"); }

 private:
  Params params_;
  assay::SparseMatrix similar_;  // row i, column j: sim(j, i) where i is among the k nearest of j
};

}  // namespace

ASSAY_PLUGIN("content_knn", "1.0.0",
             assay::component<assay::Recommender, ContentKnn>(
                 "content_knn", "Items with the tags and words of those that the user took."));
