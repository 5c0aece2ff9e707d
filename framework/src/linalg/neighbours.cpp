// Nearest neighbours among sparse rows: dot products are gathered row by row from the columns that a query has.

#include "assay/neighbours.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "assay/errors.hpp"

namespace assay {
namespace {

constexpr std::int64_t kQueries = 8, kMostQueries = 1024;  // of a chunk
constexpr std::int64_t kRowsForOne = 2048;  // each chunk clears a sum a row: one more query pays for so many
constexpr std::size_t kBlock = 16;          // sums looked at together for being zero
constexpr std::size_t kScanned = 64;        // sums that can be scanned in the time that one entry takes to be sorted

/// The dot products of one query with all rows of x. Sum is uint32 where all entries are 1, else float.
template <class Sum>
class DotProducts {
 public:
  explicit DotProducts(std::size_t rows) : rows_(rows) {}

  /// Rows of x whose product is not zero, ascending.
  std::span<const Index> of(const Interactions& queries, Index query, const Interactions& x) {
    const auto entries = range(queries, query);
    std::size_t work = 0;
    for (auto e = entries.begin; e < entries.end; ++e) {
      const auto column = range(x, queries.column[e]);
      work += static_cast<std::size_t>(column.end - column.begin);
    }
    touched_.clear();
    if (work == 0) return touched_;
    if (sums_.empty()) sums_.resize(rows_ + kBlock);  // not for those who have nobody
    const bool few = work * kScanned < sums_.size();
    for (auto e = entries.begin; e < entries.end; ++e) {
      const auto column = range(x, queries.column[e]);
      if (few) touched_.insert(touched_.end(), x.column + column.begin, x.column + column.end);
      add(queries, e, x, column);
    }
    if (few) {
      std::ranges::sort(touched_);
      touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
    } else {
      scan();
    }
    return touched_;
  }

  /// The sum of a row, which is zero from then on.
  double take(Index row) {
    Sum& sum = sums_[static_cast<std::size_t>(row)];
    const double value = static_cast<double>(sum);
    sum = 0;
    return value;
  }

 private:
  struct Range {
    std::int64_t begin, end;
  };
  static Range range(const Interactions& x, Index row) {
    return {x.offsets[static_cast<std::size_t>(row)], x.offsets[static_cast<std::size_t>(row) + 1]};
  }

  void add(const Interactions& queries, std::int64_t e, const Interactions& x, Range column) {
    Sum* sums = sums_.data();
    if constexpr (std::is_integral_v<Sum>) {
      for (auto i = column.begin; i < column.end; ++i) ++sums[x.column[i]];
    } else {
      const float weight = queries.value ? queries.value[e] : 1;
      if (x.value)
        for (auto i = column.begin; i < column.end; ++i) sums[x.column[i]] += weight * x.value[i];
      else
        for (auto i = column.begin; i < column.end; ++i) sums[x.column[i]] += weight;
    }
  }

  void scan() {
    touched_.resize(rows_ + kBlock);
    std::size_t found = 0;
    for (std::size_t i = 0; i < rows_; i += kBlock) {
      const Sum* sums = sums_.data() + i;
      unsigned any = 0;
      for (std::size_t j = 0; j < kBlock; ++j) any |= static_cast<unsigned>(sums[j] != 0);
      if (!any) continue;
      for (std::size_t j = 0; j < kBlock; ++j) {
        touched_[found] = static_cast<Index>(i + j);
        found += sums[j] != 0;
      }
    }
    touched_.resize(found);
  }

  std::size_t rows_;
  std::vector<Sum> sums_;  // kBlock more than there are rows: they stay zero
  std::vector<Index> touched_;
};

double power(double square, double exponent) {
  return exponent == 0.5 ? std::sqrt(square) : std::pow(square, exponent);
}

/// What the search knows of x before the first query.
struct Rows {
  const Interactions& by_column;
  std::span<const double> squares;
  std::vector<double> powers;  // |b|^2q of every row
  Similarity similarity;
};

double squared_norm(const Interactions& x, Index row) {
  const auto begin = x.offsets[static_cast<std::size_t>(row)], end = x.offsets[static_cast<std::size_t>(row) + 1];
  if (!x.value) return static_cast<double>(end - begin);
  double sum = 0;
  for (auto e = begin; e < end; ++e) sum += static_cast<double>(x.value[e]) * static_cast<double>(x.value[e]);
  return sum;
}

/// One query's neighbours into `out`; returns how many.
template <class Sum>
Index search(DotProducts<Sum>& products, const Interactions& queries, Index query, const Rows& x, Index self,
             std::vector<float>& scores, std::span<Scored> out) {
  const auto touched = products.of(queries, query, x.by_column);
  const Similarity& s = x.similarity;
  const double square = squared_norm(queries, query);
  const double product = s.product == 0 ? 0 : s.product * power(square, s.p), constant = s.left * square + s.shrink;
  scores.resize(touched.size());
  for (std::size_t t = 0; t < touched.size(); ++t) {
    const auto row = static_cast<std::size_t>(touched[t]);
    const double dot = products.take(touched[t]);
    const double likeness = dot / (product * x.powers[row] + s.right * x.squares[row] + s.both * dot + constant);
    // Not finite: Tversky's denominator can vanish where values are not all 1.
    const bool taken = touched[t] != self && likeness > 0 && likeness <= std::numeric_limits<float>::max();
    scores[t] = taken ? static_cast<float>(likeness) : -std::numeric_limits<float>::infinity();
  }
  const std::int64_t found = top_k(scores, out);
  for (std::int64_t i = 0; i < found; ++i) {
    Index& place = out[static_cast<std::size_t>(i)].index;
    place = touched[static_cast<std::size_t>(place)];
  }
  return static_cast<Index>(found);
}

template <class Sum>
void search_all(Executor& executor, const Interactions& queries, const Rows& x, std::span<const Index> self,
                std::span<Scored> out, std::span<Index> found) {
  const auto count = static_cast<std::size_t>(queries.rows);
  const std::size_t k = count ? out.size() / count : 0;
  const std::int64_t grain =
      std::clamp(static_cast<std::int64_t>(x.squares.size()) / kRowsForOne, kQueries, kMostQueries);
  for_ranges(executor, queries.rows, grain, [&](std::int64_t begin, std::int64_t end) {
    DotProducts<Sum> products(x.squares.size());
    std::vector<float> scores;
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
      found[i] = search(products, queries, static_cast<Index>(i), x, self[i], scores, out.subspan(i * k, k));
  });
}

}  // namespace

void squared_norms(const Interactions& x, std::span<double> out) {
  for (Index row = 0; row < x.rows; ++row) out[static_cast<std::size_t>(row)] = squared_norm(x, row);
}

void nearest_rows(Executor& executor, const Interactions& queries, const Interactions& x_by_column,
                  std::span<const double> squares, const Similarity& similarity, std::span<const Index> self,
                  std::span<Scored> out, std::span<Index> found) {
  const auto count = static_cast<std::size_t>(queries.rows), rows = static_cast<std::size_t>(x_by_column.columns);
  if (queries.columns != x_by_column.rows || squares.size() != rows || self.size() != count || found.size() != count ||
      (count && out.size() % count != 0))
    throw Error("nearest_rows: queries are " + std::to_string(queries.rows) + " × " + std::to_string(queries.columns) +
                ", x_by_column " + std::to_string(x_by_column.rows) + " × " + std::to_string(x_by_column.columns) +
                "; squares has " + std::to_string(squares.size()) + " numbers, self " + std::to_string(self.size()) +
                ", found " + std::to_string(found.size()) + ", out " + std::to_string(out.size()) + ".");
  Rows x{x_by_column, squares, std::vector<double>(rows, 0), similarity};
  if (similarity.product != 0)
    for (std::size_t i = 0; i < rows; ++i) x.powers[i] = power(squares[i], similarity.q);
  if (!queries.value && !x_by_column.value)
    search_all<std::uint32_t>(executor, queries, x, self, out, found);
  else
    search_all<float>(executor, queries, x, self, out, found);
}

}  // namespace assay
