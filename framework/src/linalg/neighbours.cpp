// Nearest neighbours among sparse rows: dot products are gathered row by row from the columns that a query has.

#include "assay/neighbours.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "assay/errors.hpp"

#include "linalg/bit_counts.hpp"

namespace assay {
namespace {

constexpr std::int64_t kQueries = 8, kMostQueries = 1024;  // of a chunk
constexpr std::int64_t kRowsForOne = 2048;   // each chunk clears a sum a row: one more query pays for so many
constexpr std::size_t kBlock = 16;           // sums looked at together for being zero
constexpr std::size_t kRoom = kBitsOfBlock;  // sums come in blocks of so many, a multiple of kBlock
constexpr std::size_t kScanned = 64;         // sums that can be scanned in the time that one entry takes to be sorted

/// The dot products of one query with all rows of x. Sum is uint32 where all entries are 1, else float.
template <class Sum>
class DotProducts {
 public:
  explicit DotProducts(const SearchedRows& x)
      : x_(x.by_column), long_columns_(x.long_columns), rows_(static_cast<std::size_t>(x.by_column.columns)) {}

  /// Rows of x whose product is not zero, ascending.
  std::span<const Index> of(const Interactions& queries, Index query) {
    const auto entries = range(queries, query);
    std::size_t work = 0, in_bits = 0;
    bits_.clear();
    for (auto e = entries.begin; e < entries.end; ++e) {
      const std::size_t length = range(x_, queries.column[e]).size();
      work += length;
      if (const BitBlock* bits = long_column(queries.column[e])) {
        bits_.push_back(bits);
        in_bits += length;
      }
    }
    touched_.clear();
    if (work == 0) return touched_;
    if (sums_.empty()) sums_.resize((rows_ + kRoom) / kRoom * kRoom);  // not for those who have nobody
    const bool count = in_bits > rows_;  // bits are turned into a number for each row, which costs as much
    const bool few = !count && work * kScanned < sums_.size();
    if (count) count_all();
    for (auto e = entries.begin; e < entries.end; ++e) {
      if (count && long_column(queries.column[e])) continue;
      const auto column = range(x_, queries.column[e]);
      if (few) touched_.insert(touched_.end(), x_.column + column.begin, x_.column + column.end);
      add(queries, e, column);
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
    [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(end - begin); }
  };
  static Range range(const Interactions& x, Index row) {
    return {x.offsets[static_cast<std::size_t>(row)], x.offsets[static_cast<std::size_t>(row) + 1]};
  }

  [[nodiscard]] const BitBlock* long_column(Index column) const {
    if constexpr (std::is_integral_v<Sum>) return long_columns_.row(column);
    return nullptr;
  }

  void count_all() {
    if constexpr (std::is_integral_v<Sum>) count_bits(bits_, long_columns_.blocks_of_row, sums_.data());
  }

  void add(const Interactions& queries, std::int64_t e, Range column) {
    Sum* sums = sums_.data();
    if constexpr (std::is_integral_v<Sum>) {
      for (auto i = column.begin; i < column.end; ++i) ++sums[x_.column[i]];
    } else {
      const Sum weight = queries.value ? queries.value[e] : 1;
      if (x_.value)
        for (auto i = column.begin; i < column.end; ++i) sums[x_.column[i]] += weight * x_.value[i];
      else
        for (auto i = column.begin; i < column.end; ++i) sums[x_.column[i]] += weight;
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

  const Interactions& x_;  // columns × rows
  BitRowsView long_columns_;
  std::size_t rows_;
  std::vector<Sum> sums_;  // more than there are rows: the others stay zero
  std::vector<Index> touched_;
  std::vector<const BitBlock*> bits_;  // the query's long columns
};

double power(double square, double exponent) {
  return exponent == 0.5 ? std::sqrt(square) : std::pow(square, exponent);
}

double squared_norm(const Interactions& x, Index row) {
  const auto begin = x.offsets[static_cast<std::size_t>(row)], end = x.offsets[static_cast<std::size_t>(row) + 1];
  if (!x.value) return static_cast<double>(end - begin);
  double sum = 0;
  for (auto e = begin; e < end; ++e) sum += static_cast<double>(x.value[e]) * static_cast<double>(x.value[e]);
  return sum;
}

/// A Similarity of rows whose |b|² are `squares`.
class Quotient {
 public:
  Quotient(const Similarity& s, std::span<const double> squares)
      : s_(s), squares_(squares), powers_(squares.size(), 0) {
    if (s.product != 0)
      for (std::size_t i = 0; i < squares.size(); ++i) powers_[i] = power(squares[i], s.q);
  }

  /// Of a query whose |a|² is `square`, and any row.
  [[nodiscard]] auto of(double square) const {
    const double product = s_.product == 0 ? 0 : s_.product * power(square, s_.p),
                 constant = s_.left * square + s_.shrink;
    return [this, product, constant](std::size_t row, double dot) {
      return dot / (product * powers_[row] + s_.right * squares_[row] + s_.both * dot + constant);
    };
  }

 private:
  const Similarity& s_;
  std::span<const double> squares_;
  std::vector<double> powers_;  // |b|^2q of every row
};

class Closeness {
 public:
  Closeness(const Euclidean& e, std::span<const double> squares) : shrink_(e.shrink), squares_(squares) {}

  [[nodiscard]] auto of(double square) const {
    return [this, square](std::size_t row, double dot) {
      const double distance = std::sqrt(std::max(0.0, square + squares_[row] - 2 * dot));
      return dot == 0 ? 0 : 1 / (1 + distance + shrink_);
    };
  }

 private:
  double shrink_;
  std::span<const double> squares_;
};

/// One query's neighbours into `out`; returns how many.
template <class Sum, class Likeness>
Index search(DotProducts<Sum>& products, const Interactions& queries, Index query, const Likeness& likeness_of_rows,
             Index self, std::vector<float>& scores, std::span<Scored> out) {
  const auto touched = products.of(queries, query);
  const auto likeness_of = likeness_of_rows.of(squared_norm(queries, query));
  scores.resize(touched.size());
  for (std::size_t t = 0; t < touched.size(); ++t) {
    const double likeness = likeness_of(static_cast<std::size_t>(touched[t]), products.take(touched[t]));
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

/// Where the lists of all queries are to lie.
struct Places {
  std::span<const Index> self;
  std::span<Scored> out;
  std::span<Index> found;
};

template <class Sum, class Likeness>
void search_all(Executor& executor, const Interactions& queries, const SearchedRows& x, const Likeness& likeness,
                const Places& places) {
  const std::size_t k = places.found.empty() ? 0 : places.out.size() / places.found.size();
  const std::int64_t grain = std::clamp(std::int64_t{x.by_column.columns} / kRowsForOne, kQueries, kMostQueries);
  for_ranges(executor, queries.rows, grain, [&](std::int64_t begin, std::int64_t end) {
    DotProducts<Sum> products(x);
    std::vector<float> scores;
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
      places.found[i] = search(products, queries, static_cast<Index>(i), likeness, places.self[i], scores,
                               places.out.subspan(i * k, k));
  });
}

void check(const Interactions& queries, const SearchedRows& x, const Places& places) {
  const auto count = static_cast<std::size_t>(queries.rows), rows = static_cast<std::size_t>(x.by_column.columns);
  if (queries.columns != x.by_column.rows || x.squares.size() != rows || places.self.size() != count ||
      places.found.size() != count || (count && places.out.size() % count != 0))
    throw Error("nearest_rows: queries are " + std::to_string(queries.rows) + " × " + std::to_string(queries.columns) +
                ", x by column " + std::to_string(x.by_column.rows) + " × " + std::to_string(x.by_column.columns) +
                "; squares has " + std::to_string(x.squares.size()) + " numbers, self " +
                std::to_string(places.self.size()) + ", found " + std::to_string(places.found.size()) + ", out " +
                std::to_string(places.out.size()) + ".");
}

[[nodiscard]] bool counts(const Interactions& queries, const SearchedRows& x) {
  return !queries.value && !x.by_column.value;
}

}  // namespace

void squared_norms(const Interactions& x, std::span<double> out) {
  for (Index row = 0; row < x.rows; ++row) out[static_cast<std::size_t>(row)] = squared_norm(x, row);
}

void nearest_rows(Executor& executor, const Interactions& queries, const SearchedRows& x, const Similarity& similarity,
                  std::span<const Index> self, std::span<Scored> out, std::span<Index> found) {
  const Places places{self, out, found};
  check(queries, x, places);
  const Quotient likeness(similarity, x.squares);
  if (counts(queries, x))
    search_all<std::uint32_t>(executor, queries, x, likeness, places);
  else
    search_all<float>(executor, queries, x, likeness, places);
}

void nearest_rows(Executor& executor, const Interactions& queries, const SearchedRows& x, const Euclidean& euclidean,
                  std::span<const Index> self, std::span<Scored> out, std::span<Index> found) {
  const Places places{self, out, found};
  check(queries, x, places);
  const Closeness likeness(euclidean, x.squares);
  if (counts(queries, x))
    search_all<std::uint32_t>(executor, queries, x, likeness, places);
  else  // float64: the distance of rows that are nearly the same is a difference of large numbers
    search_all<double>(executor, queries, x, likeness, places);
}

}  // namespace assay
