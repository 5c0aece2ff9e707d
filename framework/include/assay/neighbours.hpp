#pragma once  // Nearest neighbours among sparse rows: the similarities of neighbourhood models, and the search.

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "assay/bit_rows.hpp"
#include "assay/errors.hpp"
#include "assay/export.hpp"
#include "assay/interactions.hpp"
#include "assay/linalg.hpp"
#include "assay/params.hpp"
#include "assay/run.hpp"
#include "assay/sparse.hpp"
#include "assay/weighting.hpp"

namespace assay {

/// How alike two sparse rows a and b are, with dot = a·b:
///
///   dot / (product · |a|^2p · |b|^2q  +  left · |a|²  +  right · |b|²  +  both · dot  +  shrink)
///
/// For rows of ones |a|² is the number of entries and dot the size of the intersection.
struct Similarity {
  double product = 0, p = 0, q = 0;
  double left = 0, right = 0, both = 0;
  double shrink = 0;  ///< >= 0: damps similarities that rest on little

  static constexpr Similarity cosine() { return {.product = 1, .p = 0.5, .q = 0.5}; }
  /// |a|^2α · |b|^2(1−α); Aiolli, RecSys 2013. α = ½ is the cosine.
  static constexpr Similarity asymmetric_cosine(double alpha) { return {.product = 1, .p = alpha, .q = 1 - alpha}; }
  static constexpr Similarity jaccard() { return {.left = 1, .right = 1, .both = -1}; }
  static constexpr Similarity dice() { return {.left = 0.5, .right = 0.5}; }
  /// |a∩b| / (|a∩b| + α·|a\b| + β·|b\a|); Tversky, Psychological Review 1977. α = β = 1 is Jaccard, ½ Dice.
  static constexpr Similarity tversky(double alpha, double beta) {
    return {.left = alpha, .right = beta, .both = 1 - alpha - beta};
  }
};

/// How close two sparse rows are whose dot product is not 0: 1 / (1 + |a − b| + shrink). Others are not alike at all.
struct Euclidean {
  explicit constexpr Euclidean(double added) : shrink(added) {}
  double shrink;  ///< >= 0
};

/// The parameters of a neighbourhood model.
struct NeighbourParams {
  int neighbours = 100;
  std::string similarity = "cosine";
  double shrink = 0;
  double alpha = 0.5, beta = 0.5;
  bool use_values = false;
  std::string feature_weighting = "none";
  bool normalise = false;

  static constexpr auto fields() {
    return std::tuple{
        field(&NeighbourParams::neighbours, "neighbours", "Neighbours kept.").in(1, 1000000),
        field(&NeighbourParams::similarity, "similarity", "How likeness is measured.")
            .one_of("cosine", "asymmetric_cosine", "jaccard", "dice", "tversky", "euclidean", "adjusted_cosine",
                    "pearson"),
        field(&NeighbourParams::shrink, "shrink", "Added to the denominator: damps similarities that rest on little.")
            .at_least(0),
        field(&NeighbourParams::alpha, "alpha",
              "Weight of the one that is scored, in asymmetric_cosine (0 to 1) and tversky.")
            .at_least(0),
        field(&NeighbourParams::beta, "beta", "Weight of the neighbour, in tversky.").at_least(0),
        field(&NeighbourParams::use_values, "use_values",
              "Weigh interactions by their values (ratings, counts); otherwise each counts 1."),
        field(&NeighbourParams::feature_weighting, "feature_weighting",
              "How interactions are weighed where likeness is measured.")
            .one_of("none", "tf_idf", "bm25"),
        field(&NeighbourParams::normalise, "normalise",
              "Divide a score by the sum of the similarities of all neighbours that it may come from.")};
  }

  /// Throws where values go together badly. For a model's constructor.
  void check() const {
    if (similarity == "asymmetric_cosine" && alpha > 1)
      throw Error("alpha is " + std::to_string(alpha) + ", and similarity asymmetric_cosine takes 0 to 1.");
    if (!centred()) return;
    if (!use_values)
      throw Error("similarity " + similarity + " compares values with their mean: set use_values to true, or take " +
                  "another similarity.");
    if (feature_weighting != "none")
      throw Error("similarity " + similarity + " weighs interactions itself: set feature_weighting to \"none\" " +
                  "instead of \"" + feature_weighting + "\".");
  }

  /// The data as they are counted: with their values, or 1 each.
  [[nodiscard]] Interactions counted(const Interactions& x) const { return use_values ? x : pattern_of(x); }

  /// How entries are weighed before rows are compared. `pearson` and `adjusted_cosine` are cosines of what is left
  /// when a mean is taken off.
  [[nodiscard]] Weighting weighting() const {
    return similarity == "pearson"           ? Weighting::less_row_mean
           : similarity == "adjusted_cosine" ? Weighting::less_column_mean
           : feature_weighting == "tf_idf"   ? Weighting::tf_idf
           : feature_weighting == "bm25"     ? Weighting::bm25
                                             : Weighting::none;
  }

  /// Bytes of the long columns of [rows × columns] data as bits, where these are counted: what the search adds.
  [[nodiscard]] std::int64_t most_bits(std::int64_t rows, std::int64_t columns, std::int64_t entries) const {
    return use_values || weighting() != Weighting::none ? 0 : BitRows::most_bytes(columns, rows, entries);
  }

  /// Throws where the values left by a mean are all 0: nothing could be compared.
  void check(const SparseMatrix& weighed) const {
    if (!centred() || weighed.value.empty() || std::ranges::any_of(weighed.value, [](float v) { return v != 0; }))
      return;
    throw DataError("similarity " + similarity + " compares values with their mean, and here every value equals it (" +
                    std::to_string(weighed.value.size()) + " interactions): take cosine, or data with ratings.");
  }

  /// body(measure): a Similarity, or Euclidean.
  template <class Body>
  auto with_measure(Body&& body) const {
    return similarity == "euclidean" ? body(Euclidean{shrink}) : body(measure());
  }

 private:
  [[nodiscard]] bool centred() const { return similarity == "pearson" || similarity == "adjusted_cosine"; }

  [[nodiscard]] Similarity measure() const {
    Similarity s = similarity == "asymmetric_cosine" ? Similarity::asymmetric_cosine(alpha)
                   : similarity == "jaccard"         ? Similarity::jaccard()
                   : similarity == "dice"            ? Similarity::dice()
                   : similarity == "tversky"         ? Similarity::tversky(alpha, beta)
                                                     : Similarity::cosine();
    s.shrink = shrink;
    return s;
  }
};

/// |x_i|² of every row into `out` (x.rows).
ASSAY_EXPORT void squared_norms(const Interactions& x, std::span<double> out);

/// A matrix x among whose rows neighbours are searched.
struct SearchedRows {
  const Interactions& by_column;    ///< the transpose of x: [columns × rows]
  std::span<const double> squares;  ///< squared_norms of x, or what else is to stand for |b|²; by row of x
  BitRowsView long_columns{};       ///< BitRows(by_column): faster where all entries are 1, the result is the same
};

/// For each row of `queries` the rows of x that are most like it: a = the query, b = the row of x.
///
/// Row self[i] of x is passed over for query i (kUnknown: none). Query i's neighbours go to out[i·k …], k = out.size()
/// / queries.rows, in descending order, ties by smaller index, finite similarities above 0 only; found[i] says how
/// many. Similarities are computed in float64 from exact counts (where there are no values) and rounded once. A query's
/// result depends on nothing beside it.
ASSAY_EXPORT void nearest_rows(Executor&, const Interactions& queries, const SearchedRows& x, const Similarity&,
                               std::span<const Index> self, std::span<Scored> out, std::span<Index> found);

/// The same for the distance.
ASSAY_EXPORT void nearest_rows(Executor&, const Interactions& queries, const SearchedRows& x, const Euclidean&,
                               std::span<const Index> self, std::span<Scored> out, std::span<Index> found);

/// Rows whose neighbour lists nearest_of_each() holds at once: enough to share out, and not more than 256 MiB of lists.
[[nodiscard]] constexpr std::int64_t rows_at_once(std::int64_t rows, std::int64_t neighbours) {
  const std::int64_t room = (std::int64_t{1} << 25) / std::max<std::int64_t>(1, neighbours);
  return std::min(rows, std::clamp<std::int64_t>(rows / 16, 1024, std::max<std::int64_t>(1024, room)));
}

/// Row i of the result: the k rows most like row i of x, itself passed over (see nearest_rows). Tells run of its
/// progress and comes back soon, with Cancelled, when it is cancelled. Beside the result there are never more in memory
/// than a copy of half of it, the lists of rows_at_once() and, without values, the long columns of x as bits. Measure:
/// Similarity or Euclidean.
template <class Measure>
[[nodiscard]] SparseMatrix nearest_of_each(Run& run, const Interactions& x, const Interactions& x_by_column,
                                           std::span<const double> squares, const Measure& measure, int neighbours) {
  const std::int64_t k = std::min(neighbours, x.rows), part = std::max<std::int64_t>(1, rows_at_once(x.rows, k));
  const BitRows long_columns = x.value ? BitRows() : BitRows(x_by_column);
  const SearchedRows searched{x_by_column, squares, long_columns.view()};
  SparseMatrix nearest;
  nearest.columns = x.rows;
  std::vector<Scored> lists;
  std::vector<Index> self, found;
  for (std::int64_t first = 0; first < x.rows; first += part) {
    const auto count = static_cast<std::size_t>(std::min<std::int64_t>(part, x.rows - first));
    Interactions queries = x;
    queries.rows = static_cast<Index>(count);
    queries.offsets = x.offsets.subspan(static_cast<std::size_t>(first), count + 1);
    self.resize(count);
    std::iota(self.begin(), self.end(), static_cast<Index>(first));
    found.resize(count);
    lists.resize(count * static_cast<std::size_t>(k));
    nearest_rows(run, queries, searched, measure, self, lists, found);
    const auto more = static_cast<std::size_t>(std::accumulate(found.begin(), found.end(), std::int64_t{0}));
    nearest.column.reserve(nearest.column.size() + more);  // as much as is needed: doubling would take twice that
    nearest.value.reserve(nearest.value.size() + more);
    nearest.append_lists(lists, found);
    run.progress(first + static_cast<std::int64_t>(count), x.rows);
  }
  return nearest;
}

/// The same by a model's parameters: the rows are counted, weighed, searched and, where that is wanted, normalised.
[[nodiscard]] inline SparseMatrix nearest_of_each(Run& run, const NeighbourParams& params, const Interactions& x,
                                                  const Interactions& x_by_column) {
  const auto search = [&](const Interactions& rows, const Interactions& by_column) {
    std::vector<double> squares(static_cast<std::size_t>(rows.rows));
    squared_norms(rows, squares);
    auto nearest = params.with_measure([&](const auto& measure) {
      return nearest_of_each(run, rows, by_column, squares, measure, params.neighbours);
    });
    if (params.normalise) nearest.normalise_rows();
    return nearest;
  };
  const Interactions counted = params.counted(x);
  if (params.weighting() == Weighting::none) return search(counted, params.counted(x_by_column));
  const SparseMatrix weighed = Weigher(params.weighting(), counted).weighed(counted);
  params.check(weighed);
  return search(weighed.view(), weighed.transposed().view());
}

}  // namespace assay
