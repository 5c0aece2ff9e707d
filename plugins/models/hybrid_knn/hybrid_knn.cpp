// HybridKNN: items are alike by who took them and by what they are (a weighted hybrid in the sense of Burke, "Hybrid
// recommender systems: survey and experiments", UMUAI 2002).

#include <algorithm>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "assay/linalg.hpp"
#include "assay/model.hpp"
#include "assay/neighbours.hpp"
#include "assay/plugin.hpp"
#include "assay/sparse.hpp"

#include "terms.hpp"

namespace {

using assay::Index;
using assay::SparseMatrix;

/// (1 − w)·a + w·b, the k largest of each row, above 0 only, ties by smaller index.
SparseMatrix blend(const assay::Run& run, const SparseMatrix& a, const SparseMatrix& b, double w, int k) {
  SparseMatrix out;
  out.columns = a.columns;
  const std::size_t most =
      std::min(a.column.size() + b.column.size(),
               static_cast<std::size_t>(a.rows) * static_cast<std::size_t>(std::min(k, a.columns)));
  out.column.reserve(most);
  out.value.reserve(most);
  std::vector<Index> columns;
  std::vector<float> values;
  std::vector<assay::Scored> best(static_cast<std::size_t>(std::min(k, a.columns)));
  for (std::size_t row = 0; row < static_cast<std::size_t>(a.rows); ++row) {
    if (row % 1024 == 0 && run.cancelled()) throw assay::Cancelled();
    auto i = static_cast<std::size_t>(a.offsets[row]), j = static_cast<std::size_t>(b.offsets[row]);
    const auto last_a = static_cast<std::size_t>(a.offsets[row + 1]),
               last_b = static_cast<std::size_t>(b.offsets[row + 1]);
    columns.clear();
    values.clear();
    while (i < last_a || j < last_b) {
      const Index of_a = i < last_a ? a.column[i] : std::numeric_limits<Index>::max(),
                  of_b = j < last_b ? b.column[j] : std::numeric_limits<Index>::max();
      const double sum = (of_a <= of_b ? (1 - w) * a.value[i] : 0) + (of_b <= of_a ? w * b.value[j] : 0);
      columns.push_back(std::min(of_a, of_b));
      values.push_back(sum > 0 ? static_cast<float>(sum) : -std::numeric_limits<float>::infinity());
      i += of_a <= of_b;
      j += of_b <= of_a;
    }
    const auto found = static_cast<Index>(top_k(values, best));
    for (auto& place : std::span(best).first(static_cast<std::size_t>(found)))
      place.index = columns[static_cast<std::size_t>(place.index)];
    out.append_lists(best, std::span(&found, 1));
  }
  return out;
}

class HybridKnn final : public assay::Recommender, public assay::Sized {
 public:
  struct Params {
    int neighbours = 100;
    double weight = 0.2;
    std::string similarity = "cosine";
    double shrink = 0, alpha = 0.5, beta = 0.5;
    std::string feature_weighting = "none";
    std::vector<std::string> columns;
    std::string content_weighting = "tf_idf";
    double content_shrink = 0;
    bool normalise = false, use_values = false;
    static constexpr auto fields() {
      return std::tuple{
          assay::field(&Params::neighbours, "neighbours", "Neighbours kept, on either side and of the blend.")
              .in(1, 1000000),
          assay::field(&Params::weight, "weight", "Share of the content; 0 is item_knn, 1 is content_knn.").in(0, 1),
          assay::field(&Params::similarity, "similarity", "How likeness by interactions is measured.")
              .one_of("cosine", "asymmetric_cosine", "jaccard", "dice", "tversky", "euclidean", "adjusted_cosine",
                      "pearson"),
          assay::field(&Params::shrink, "shrink", "Added to the denominator of the likeness by interactions.")
              .at_least(0),
          assay::field(&Params::alpha, "alpha",
                       "Weight of the one that is scored, in asymmetric_cosine (0 to 1) and tversky.")
              .at_least(0),
          assay::field(&Params::beta, "beta", "Weight of the neighbour, in tversky.").at_least(0),
          assay::field(&Params::feature_weighting, "feature_weighting", "How interactions are weighed.")
              .one_of("none", "tf_idf", "bm25"),
          assay::field(&Params::columns, "columns",
                       "Attributes of items to compare, of tags or text; none: all that there are."),
          assay::field(&Params::content_weighting, "content_weighting", "How tags and words are weighed.")
              .one_of("none", "tf_idf", "bm25"),
          assay::field(&Params::content_shrink, "content_shrink",
                       "Added to the denominator of the likeness by content.")
              .at_least(0),
          assay::field(&Params::normalise, "normalise",
                       "Divide a score by the sum of the similarities of all neighbours that it may come from."),
          assay::field(&Params::use_values, "use_values",
                       "Weigh interactions by their values (ratings, counts); otherwise each counts 1.")};
    }
    [[nodiscard]] assay::NeighbourParams collaborative() const {
      return {neighbours, similarity, shrink, alpha, beta, use_values, feature_weighting, false};
    }
  };
  static constexpr assay::Traits traits{
      .seeded = false, .fold_in = true, .slices = false, .cold_items = true, .any_threads = true};

  explicit HybridKnn(Params params) : params_(std::move(params)) { params_.collaborative().check(); }

  [[nodiscard]] assay::Need need(const assay::TaskShape& task) const override {
    const std::int64_t k = std::min<std::int64_t>(params_.neighbours, task.items), pair = sizeof(assay::Scored);
    const std::int64_t entries = task.items * k, weighed = params_.feature_weighting == "none" ? 0 : 16;
    return {.memory = (entries * 4 + assay::rows_at_once(task.items, k) * k) * pair + terms::memory(task.items) +
                      weighed * task.interactions +
                      params_.collaborative().most_bits(task.items, task.users, task.interactions) +
                      task.items * (80 + 20 * task.threads) + task.users * 32,
            .saved = entries * pair + task.items * 8};
  }

  void fit(const assay::TrainingData& data, assay::Run& run) override {
    const auto described = terms::of_items(run, data.items, params_.columns, "hybrid_knn");
    const auto by_content =
        terms::nearest(run, described, params_.neighbours, params_.content_weighting, params_.content_shrink);
    const auto by_takers = nearest_of_each(run, params_.collaborative(), data.by_item, data.by_user);
    auto both = blend(run, by_takers, by_content, params_.weight, params_.neighbours);
    if (params_.normalise) both.normalise_rows();
    similar_ = both.transposed();
  }

  /// score(u, j) = Σ sim(j, i) · x_ui over the items i of the profile that are among the k nearest of j.
  void score(const assay::Profiles& profiles, assay::Scores out) const override {
    sparse_times_sparse(assay::serial_executor(), params_.use_values ? profiles.known : pattern_of(profiles.known),
                        similar_.view(), out.first_item, {out.data, out.users, out.items, out.stride});
  }

  void save(assay::Writer& writer) const override { similar_.save(writer, "similar"); }
  void load(assay::Reader& reader) override { similar_ = SparseMatrix::load_weights(reader, "similar"); }

 private:
  Params params_;
  SparseMatrix similar_;  // row i, column j: the blend of (j, i) where i is among the k nearest of j
};

}  // namespace

ASSAY_PLUGIN("hybrid_knn", "1.0.0",
             assay::component<assay::Recommender, HybridKnn>(
                 "hybrid_knn", "Items like the user's by who took them and by what they are."));
