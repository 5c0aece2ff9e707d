// Neighbours by plain loops in float64 over dense matrices: what the neighbourhood models are compared with.
#pragma once
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <ostream>
#include <string>
#include <vector>

namespace assay::test {

using Vectors = std::vector<std::vector<double>>;

/// How neighbours are found: the parameters of a neighbourhood model.
struct Likeness {
  std::string similarity;
  double shrink, alpha, beta;
  bool use_values;
  int neighbours;
  std::string feature_weighting = "none";
  bool normalise = false;
  [[nodiscard]] std::string params() const {
    return "{\"similarity\": \"" + similarity + "\", \"shrink\": " + std::to_string(shrink) +
           ", \"alpha\": " + std::to_string(alpha) + ", \"beta\": " + std::to_string(beta) +
           ", \"use_values\": " + (use_values ? "true" : "false") + ", \"neighbours\": " + std::to_string(neighbours) +
           ", \"feature_weighting\": \"" + feature_weighting + "\", \"normalise\": " + (normalise ? "true" : "false") +
           "}";
  }
};
inline void PrintTo(const Likeness& c, std::ostream* out) { *out << c.params(); }

/// The formulas as the papers write them: sets where all is 1.
inline double similarity(const Likeness& c, const std::vector<double>& a, const std::vector<double>& b) {
  double both = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) both += a[i] * b[i], aa += a[i] * a[i], bb += b[i] * b[i];
  if (std::abs(both) < 1e-12) return 0;
  if (c.similarity == "asymmetric_cosine") return both / (std::pow(aa, c.alpha) * std::pow(bb, 1 - c.alpha) + c.shrink);
  if (c.similarity == "jaccard") return both / (aa + bb - both + c.shrink);
  if (c.similarity == "dice") return both / ((aa + bb) / 2 + c.shrink);
  if (c.similarity == "tversky") return both / (both + c.alpha * (aa - both) + c.beta * (bb - both) + c.shrink);
  if (c.similarity == "euclidean") {
    double square = 0;
    for (std::size_t i = 0; i < a.size(); ++i) square += (a[i] - b[i]) * (a[i] - b[i]);
    return 1 / (1 + std::sqrt(square) + c.shrink);
  }
  return both / (std::sqrt(aa) * std::sqrt(bb) + c.shrink);
}

inline Vectors turned(const Vectors& rows) {
  Vectors out(rows[0].size(), std::vector<double>(rows.size()));
  for (std::size_t r = 0; r < rows.size(); ++r)
    for (std::size_t c = 0; c < rows[r].size(); ++c) out[c][r] = rows[r][c];
  return out;
}

inline void subtract_means(Vectors& rows) {
  for (auto& row : rows) {
    double sum = 0, count = 0;
    for (const double x : row) sum += x, count += x != 0;
    for (double& x : row) x -= x != 0 ? sum / count : 0;
  }
}

/// Rows (documents) as they are compared.
inline Vectors weighed(const Likeness& c, Vectors rows) {
  if (c.similarity == "pearson") subtract_means(rows);
  if (c.similarity == "adjusted_cosine") {
    rows = turned(rows);
    subtract_means(rows);
    rows = turned(rows);
  }
  if (c.feature_weighting == "none") return rows;
  const auto n = static_cast<double>(rows.size());
  double total = 0;
  for (const auto& row : rows) total = std::accumulate(row.begin(), row.end(), total);
  const Vectors x = rows;
  for (std::size_t t = 0; t < x[0].size(); ++t) {
    double have = 0;
    for (const auto& row : x) have += row[t] != 0;
    const double idf = std::max(0.0, std::log(n / (1 + have)));
    for (std::size_t r = 0; r < x.size(); ++r) {
      const double tf = x[r][t], length = std::accumulate(x[r].begin(), x[r].end(), 0.0) / (total / n);
      rows[r][t] =
          c.feature_weighting == "bm25" ? tf * 2.2 / (1.2 * (0.25 + 0.75 * length) + tf) * idf : std::sqrt(tf) * idf;
    }
  }
  return rows;
}

/// Row i: the k greatest of likeness(i, ·) above 0, and 0 elsewhere. What differs by rounding alone is equal: then the
/// smaller index is kept.
template <class Between>
Vectors greatest(std::size_t rows, std::size_t k, const Between& likeness) {
  Vectors out;
  for (std::size_t i = 0; i < rows; ++i) {
    std::vector<double> row;
    for (std::size_t j = 0; j < rows; ++j) row.push_back(i == j ? 0 : std::max(0.0, likeness(i, j)));
    std::vector<std::size_t> order(rows);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater<>(), [&](auto j) { return std::round(row[j] * 1e7); });
    for (std::size_t place = k; place < order.size(); ++place) row[order[place]] = 0;
    out.push_back(row);
  }
  return out;
}

inline void normalise(Vectors& rows) {
  for (auto& row : rows) {
    const double sum = std::accumulate(row.begin(), row.end(), 0.0);
    for (double& l : row) l /= sum > 0 ? sum : 1;
  }
}

/// Row i: the similarities of its k nearest, 0 elsewhere.
inline Vectors nearest(const Likeness& c, const Vectors& counted) {
  const Vectors rows = weighed(c, counted);
  Vectors out = greatest(rows.size(), static_cast<std::size_t>(c.neighbours),
                         [&](auto i, auto j) { return similarity(c, rows[i], rows[j]); });
  if (c.normalise) normalise(out);
  return out;
}

}  // namespace assay::test
