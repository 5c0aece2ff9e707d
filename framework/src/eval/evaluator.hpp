#pragma once  // Ranks all candidates for users and computes every metric at every cutoff in one pass.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/model.hpp"
#include "assay/run.hpp"

namespace assay {

struct MetricsSpec {
  std::vector<std::string> names{"precision", "recall", "ndcg", "map", "mrr"};
  std::vector<int> cutoffs{5, 10, 20};
  std::string primary = "ndcg@10";
};

/// Everything known of one metric: definition and direction are stored with each value.
struct MetricInfo {
  std::string name;        ///< "precision"
  std::string definition;  ///< one line, with the formula
  bool higher_is_better = true;
  bool at_cutoff = true;  ///< false: has no "@k" (auc)
  bool per_user = true;   ///< false: a property of all lists together (item_coverage, gini)
};
[[nodiscard]] const std::vector<MetricInfo>& all_metrics();

/// "ndcg@10" taken apart: {"ndcg", 10}; "auc" is {"auc", 0}.
struct MetricAt {
  std::string name;
  int cutoff = 0;
};
/// Throws Error where the name is unknown (with the nearest), a cutoff is missing, not positive, or not wanted.
[[nodiscard]] MetricAt parse_metric(std::string_view text);

/// Matrices are users × items; one without offsets (`Interactions{}`) counts as empty.
struct EvaluationInput {
  const Recommender* model;
  Interactions profiles;  ///< users × items: what is known of each user
  Interactions excluded;  ///< not candidates (train, and validation when testing)
  Interactions relevant;  ///< users without entries are not evaluated; its values are the ratings to be predicted
  Interactions train;     ///< for popularity, novelty, bias
  Table items;            ///< attributes, for intra_list_diversity; may be empty
  const MetricsSpec* metrics;
  int keep_top = 0;     ///< N places of every ranking to keep; 0: none
  bool slices = false;  ///< the model's trait: items are scored in slices that fit the cache
  /// Users done so far; from any thread, one call at a time. False: stop, throws Cancelled. May be empty.
  std::function<bool(std::int64_t done, std::int64_t total)> progress;
};

struct MetricValue {
  std::string metric;           ///< "ndcg"
  int cutoff = 0;               ///< 0: none
  double value = 0;             ///< the mean of `per_user`, independent of the order of users (rmse, mae: of all
                                ///< interactions, see their definitions); NaN: not measurable
  std::vector<float> per_user;  ///< in the order of Evaluation::users; empty where the metric is not per user
};

struct Evaluation {
  std::vector<Index> users;  ///< evaluated users, ascending
  std::vector<MetricValue> values;
  std::int64_t tied_places = 0;  ///< places up to the largest cutoff whose score equals the next place's
  std::int64_t empty_lists = 0;  ///< users for whom the model offers nothing
  int top_n = 0;
  std::vector<Index> top_items;  ///< users × top_n, kUnknown where the list is shorter
  std::vector<float> top_scores;
  double seconds = 0;        ///< wall time of the whole evaluation
  double score_seconds = 0;  ///< inside the model's score(), summed over threads
  [[nodiscard]] double at(
      const std::string& metric_at_k) const;  ///< "ndcg@10"; throws Error where it was not asked for
};

/// Candidates are all items not in `excluded`; -inf is "not offered"; ties go to the smaller item. The model scores
/// tiles of exactly 64 profiles (the last one repeats its last user). A profile's user is kUnknown where train has
/// nothing of him. Constant memory (tile × threads) beside the results; the same bits at any number of threads. Throws
/// PluginError when a score is NaN or +inf, Error for a metric that does not exist.
[[nodiscard]] Evaluation evaluate(const EvaluationInput&, Executor&);

/// trec_eval's formats: run ("user Q0 item rank score assay", the kept top places) and qrels ("user 0 item 1"),
/// external ids by the callbacks (white space and % in them are percent-encoded). trec_eval ranks by score, not by
/// rank, and breaks ties its own way: a score that ties is lowered to the next smaller float, so that it keeps our
/// order.
void export_trec(const Evaluation&, const Interactions& relevant, const std::function<std::string(Index)>& user_id,
                 const std::function<std::string(Index)>& item_id, const std::filesystem::path& run_file,
                 const std::filesystem::path& qrels_file);

}  // namespace assay
