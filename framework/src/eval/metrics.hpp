#pragma once  // The metrics themselves: each a function of one user's list, or of all lists together.

#include <cstdint>
#include <span>
#include <vector>

#include "assay/interactions.hpp"

#include "eval/evaluator.hpp"
#include "eval/rating.hpp"

namespace assay {

/// What metrics ask about items and users beyond the lists; computed once an evaluation, read by all threads.
struct CatalogueFacts {
  Index items = 0;
  Interactions train;
  std::vector<Interactions> tags;        ///< tag columns of the item table
  std::vector<std::int64_t> popularity;  ///< train interactions of each item
  std::vector<double> information;       ///< -log2(max(popularity, 1) / users with train interactions)
  double mean_popularity = 0;            ///< of the item of a random train interaction
  std::vector<double> discount, ideal;   ///< 1/log2(i+2); sums of its first i

  CatalogueFacts(const Interactions& train, const Table& items, Index columns, int longest_list);
};

/// One user's ranking as the metrics see it.
struct RankedUser {
  Index user;
  std::span<const Index> list;        ///< best first
  std::span<const std::uint8_t> hit;  ///< of each place
  std::int64_t relevant;              ///< T
  double auc;                         ///< filled when asked for
  const CatalogueFacts* facts;
  RatingErrors errors = {};  ///< filled when asked for; NaN where the model does not rate
};

struct MetricFunction {
  MetricInfo info;
  double (*per_user)(const RankedUser&, int cutoff);  ///< null where the metric is of all lists together
  /// From how often each item was listed within the cutoff.
  double (*overall)(std::span<const std::int64_t> counts);
  /// From the errors of all users together, where the value is not the mean of the users' own; null: it is.
  double (*pooled)(const RatingErrors& sum) = nullptr;
};
[[nodiscard]] std::span<const MetricFunction> metric_functions();
[[nodiscard]] const MetricFunction& metric_function(std::string_view name);  ///< throws Error with the nearest name

/// The row of a matrix; empty where the matrix is empty.
[[nodiscard]] inline Row row_of(const Interactions& matrix, Index row) {
  return matrix.offsets.empty() || row >= matrix.rows ? Row{} : matrix[row];
}

}  // namespace assay
