// SLIM: each item is a sparse linear combination of the others, learnt as an elastic net (Ning and Karypis, "SLIM:
// Sparse linear methods for top-N recommender systems", ICDM 2011).

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

#include "assay/model.hpp"
#include "assay/plugin.hpp"
#include "assay/sparse.hpp"

#include "elastic_net.hpp"
#include "gram_rows.hpp"
#include "pool.hpp"

namespace slim {
namespace {

class Slim final : public assay::Recommender, public assay::Sized {
 public:
  struct Params {
    double l1 = 1, l2 = 100;
    bool positive = true;
    int neighbours = 500;
    double tolerance = 1e-4;
    int iterations = 1000;
    bool use_values = false;
    int gram_memory = 1024;
    static constexpr auto fields() {
      using assay::field;
      return std::tuple{
          field(&Params::l1, "l1", "λ: the more, the fewer weights.").at_least(0),
          field(&Params::l2, "l2", "β: the more, the smaller weights.").at_least(0),
          field(&Params::positive, "positive", "Only weights of at least 0, as in the paper."),
          field(&Params::neighbours, "neighbours", "Most weights kept per item: the largest in magnitude.")
              .in(1, 1000000),
          field(&Params::tolerance, "tolerance",
                "An item is done when no optimality condition is violated by more than this share of its interactions.")
              .in(1e-6, 1),
          field(&Params::iterations, "iterations", "Most sweeps of coordinate descent per item.").in(1, 1000000),
          field(&Params::use_values, "use_values",
                "Weigh interactions by their values (ratings, counts); otherwise each counts 1."),
          field(&Params::gram_memory, "gram_memory",
                "Most MiB of co-occurrence counts that are kept in training; the rest is counted anew. Changes time "
                "only.")
              .in(0, 1048576)};
    }
  };
  static constexpr assay::Traits traits{
      .seeded = false, .fold_in = true, .slices = false, .cold_items = false, .any_threads = true};

  explicit Slim(const Params& params) : params_(params) {}

  /// Weights by target (growing by doubling) and their transpose; Gram rows that are kept, whole at worst; each
  /// thread's scratch, and the rows that it keeps for a while where not all are kept.
  [[nodiscard]] assay::Need need(const assay::TaskShape& task) const override {
    const std::int64_t entries =
        std::min(task.items * std::min<std::int64_t>(params_.neighbours, task.items), task.pairs) * 8;
    const std::int64_t gram = GramRows::most_bytes(task), kept = std::min(gram_bytes(), gram);
    const std::int64_t recent = std::min(gram - kept, GramScratch::kRoom);
    const std::int64_t block = std::min({64 * task.items * 4, std::max(task.items * 4, kept), gram});
    const std::int64_t set = std::min<std::int64_t>({task.items, task.pairs, Problem::kLargestSet});
    return {.memory = 3 * entries + kept + block + task.items * 48 +
                      task.threads * (task.items * 64 + set * set * 4 + recent),
            .saved = entries + task.items * 8};
  }

  void fit(const assay::TrainingData& data, assay::Run& run) override {
    GramRows gram(counted(data.by_item), counted(data.by_user));
    gram.keep(run, gram_bytes());
    assay::SparseMatrix by_target;  // row j: the weights of item j's prediction
    by_target.columns = gram.items();
    Pool<ElasticNet> solvers;
    std::vector<std::vector<assay::Scored>> weights;
    std::int64_t unconverged = 0;
    for (Index first = 0; first < gram.items(); first += kTogether) {
      weights.assign(static_cast<std::size_t>(std::min(kTogether, gram.items() - first)), {});
      std::vector<char> stopped(weights.size());
      assay::for_ranges(run, static_cast<std::int64_t>(weights.size()), kItems,
                        [&](std::int64_t begin, std::int64_t end) {
                          const auto solver = solvers.borrow();
                          for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
                            const Index item = first + static_cast<Index>(i);
                            if (gram.count(item) == 0) continue;
                            const auto& result = solver->solve(gram, problem(), item, run);
                            weights[i] = largest(result.weights);
                            stopped[i] = !result.converged;
                          }
                        });
      unconverged += std::ranges::count(stopped, char{1});
      for (const auto& list : weights) append(by_target, list);
      run.progress(first + static_cast<Index>(weights.size()), gram.items());
    }
    run.measure("items_not_converged", static_cast<double>(unconverged));
    weights_ = by_target.transposed();
  }

  /// ã_u = a_u·W (eq. 3)
  void score(const assay::Profiles& profiles, assay::Scores out) const override {
    sparse_times_sparse(assay::serial_executor(), counted(profiles.known), weights_.view(), out.first_item,
                        {out.data, out.users, out.items, out.stride});
  }

  void save(assay::Writer& writer) const override { weights_.save(writer, "weights"); }
  void load(assay::Reader& reader) override { weights_ = assay::SparseMatrix::load_weights(reader, "weights"); }

 private:
  static constexpr Index kTogether = 256;    // items between two words on progress
  static constexpr std::int64_t kItems = 4;  // of a piece of parallel work

  [[nodiscard]] assay::Interactions counted(const assay::Interactions& x) const {
    return params_.use_values ? x : pattern_of(x);
  }
  [[nodiscard]] std::int64_t gram_bytes() const { return std::int64_t{params_.gram_memory} << 20; }
  [[nodiscard]] Problem problem() const {
    return {params_.l1, params_.l2, params_.positive, params_.tolerance, params_.iterations};
  }

  /// The k largest in magnitude, ties by smaller index; in the order of the items.
  [[nodiscard]] std::vector<assay::Scored> largest(std::vector<assay::Scored> all) const {
    const auto k = std::min(static_cast<std::size_t>(params_.neighbours), all.size());
    const auto larger = [](const assay::Scored& a, const assay::Scored& b) {
      const float x = std::abs(a.score), y = std::abs(b.score);
      return x != y ? x > y : a.index < b.index;
    };
    std::ranges::nth_element(all, all.begin() + static_cast<std::ptrdiff_t>(k), larger);
    all.resize(k);
    std::ranges::sort(all, {}, &assay::Scored::index);
    all.shrink_to_fit();
    return all;
  }

  static void append(assay::SparseMatrix& matrix, const std::vector<assay::Scored>& row) {
    for (const assay::Scored& s : row) {
      matrix.column.push_back(s.index);
      matrix.value.push_back(s.score);
    }
    matrix.offsets.push_back(static_cast<std::int64_t>(matrix.column.size()));
    ++matrix.rows;
  }

  Params params_;
  assay::SparseMatrix weights_;  // row i, column j: w_ij, what item i says for item j
};

}  // namespace
}  // namespace slim

ASSAY_PLUGIN("slim", "1.0.0",
             assay::component<assay::Recommender, slim::Slim>(
                 "slim", "Each item as a sparse linear combination of others: an elastic net per item."));
