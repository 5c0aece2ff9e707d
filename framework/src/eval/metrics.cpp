// Definitions of all metrics; docs/metrics.md tells how other frameworks define them.

#include "eval/metrics.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "assay/errors.hpp"

#include "base/text.hpp"

namespace assay {
namespace {

std::size_t places(const RankedUser& u, int cutoff) {
  return std::min(u.list.size(), static_cast<std::size_t>(cutoff));
}
std::size_t index(Index i) { return static_cast<std::size_t>(i); }
/// min(k, T): the hits that a perfect list would have.
double reachable(const RankedUser& u, int cutoff) {
  return static_cast<double>(std::min<std::int64_t>(cutoff, u.relevant));
}

double hits(const RankedUser& u, int cutoff) {
  std::int64_t n = 0;
  for (const auto hit : u.hit.first(places(u, cutoff))) n += hit;
  return static_cast<double>(n);
}
double precision(const RankedUser& u, int cutoff) { return hits(u, cutoff) / cutoff; }
double recall(const RankedUser& u, int cutoff) { return hits(u, cutoff) / static_cast<double>(u.relevant); }
double recall_capped(const RankedUser& u, int cutoff) { return hits(u, cutoff) / reachable(u, cutoff); }
double hit_rate(const RankedUser& u, int cutoff) { return hits(u, cutoff) > 0 ? 1 : 0; }

double ndcg(const RankedUser& u, int cutoff) {
  double gain = 0;
  for (std::size_t i = 0; i < places(u, cutoff); ++i)
    if (u.hit[i]) gain += u.facts->discount[i];
  return gain / u.facts->ideal[static_cast<std::size_t>(reachable(u, cutoff))];
}

double average_precision(const RankedUser& u, int cutoff) {
  double sum = 0, found = 0;
  for (std::size_t i = 0; i < places(u, cutoff); ++i)
    if (u.hit[i]) sum += ++found / static_cast<double>(i + 1);
  return sum / reachable(u, cutoff);
}

double reciprocal_rank(const RankedUser& u, int cutoff) {
  for (std::size_t i = 0; i < places(u, cutoff); ++i)
    if (u.hit[i]) return 1 / static_cast<double>(i + 1);
  return 0;
}

double auc(const RankedUser& u, int) { return u.auc; }

double root_mean_square(const RatingErrors& e) { return std::sqrt(e.squared / static_cast<double>(e.count)); }
double mean_absolute(const RatingErrors& e) { return e.absolute / static_cast<double>(e.count); }
double rmse(const RankedUser& u, int) { return root_mean_square(u.errors); }
double mae(const RankedUser& u, int) { return mean_absolute(u.errors); }

template <class Value>
double mean_of_list(const RankedUser& u, int cutoff, const std::vector<Value>& values) {
  const std::size_t n = places(u, cutoff);
  double sum = 0;
  for (const Index item : u.list.first(n)) sum += static_cast<double>(values[index(item)]);
  return n ? sum / static_cast<double>(n) : 0;
}
double novelty(const RankedUser& u, int cutoff) { return mean_of_list(u, cutoff, u.facts->information); }
double average_popularity(const RankedUser& u, int cutoff) { return mean_of_list(u, cutoff, u.facts->popularity); }

double arp_bias(const RankedUser& u, int cutoff) {
  if (u.list.empty()) return 0;
  const Row profile = row_of(u.facts->train, u.user);
  double usual = u.facts->mean_popularity;
  if (!profile.columns.empty()) {
    usual = 0;
    for (const Index item : profile.columns) usual += static_cast<double>(u.facts->popularity[index(item)]);
    usual /= static_cast<double>(profile.columns.size());
  }
  return usual > 0 ? average_popularity(u, cutoff) / usual - 1 : 0;
}

/// 1 - |A ∩ B| / |A ∪ B| over the tags of all columns; 0 where neither item has one.
double tag_distance(const CatalogueFacts& facts, Index a, Index b) {
  std::size_t both = 0, any = 0;
  for (const Interactions& column : facts.tags) {
    const auto x = row_of(column, a).columns, y = row_of(column, b).columns;
    std::size_t common = 0;
    for (std::size_t i = 0, j = 0; i < x.size() && j < y.size();) {
      if (x[i] == y[j])
        ++common, ++i, ++j;
      else
        x[i] < y[j] ? ++i : ++j;
    }
    both += common;
    any += x.size() + y.size() - common;
  }
  return any ? 1 - static_cast<double>(both) / static_cast<double>(any) : 0;
}

double intra_list_diversity(const RankedUser& u, int cutoff) {
  if (u.facts->tags.empty()) return std::nan("");
  const std::size_t n = places(u, cutoff);
  double sum = 0;
  for (std::size_t i = 1; i < n; ++i)
    for (std::size_t j = 0; j < i; ++j) sum += tag_distance(*u.facts, u.list[i], u.list[j]);
  return n > 1 ? sum / (static_cast<double>(n * (n - 1)) / 2) : 0;
}

double item_coverage(std::span<const std::int64_t> counts) {
  const auto listed = std::count_if(counts.begin(), counts.end(), [](std::int64_t c) { return c > 0; });
  return counts.empty() ? 0 : static_cast<double>(listed) / static_cast<double>(counts.size());
}

double gini(std::span<const std::int64_t> counts) {
  std::vector<std::int64_t> sorted(counts.begin(), counts.end());
  std::sort(sorted.begin(), sorted.end());
  const auto n = static_cast<double>(sorted.size());
  double weighted = 0, total = 0;
  for (std::size_t j = 0; j < sorted.size(); ++j) {
    weighted += (2 * static_cast<double>(j + 1) - n - 1) * static_cast<double>(sorted[j]);
    total += static_cast<double>(sorted[j]);
  }
  return total > 0 && n > 1 ? weighted / ((n - 1) * total) : 0;
}

// L: the first k places of user u's ranking, T: his relevant (test) items, c: how often an item is in a list.
constexpr bool kUp = true, kDown = false, kAtCutoff = true, kNoCutoff = false;
const MetricFunction kMetrics[] = {
    {{"precision", "|L ∩ T| / k; places that the model leaves empty are misses", kUp, kAtCutoff, true},
     precision,
     nullptr},
    {{"recall", "|L ∩ T| / |T|", kUp, kAtCutoff, true}, recall, nullptr},
    {{"recall_capped", "|L ∩ T| / min(k, |T|)", kUp, kAtCutoff, true}, recall_capped, nullptr},
    {{"hit_rate", "1 if L ∩ T is not empty, else 0", kUp, kAtCutoff, true}, hit_rate, nullptr},
    {{"ndcg", "Σ_{i≤k} rel_i / log2(i+1), divided by Σ_{i≤min(k,|T|)} 1 / log2(i+1); binary gain", kUp, kAtCutoff,
      true},
     ndcg,
     nullptr},
    {{"map", "Σ_{i≤k} rel_i · precision@i, divided by min(k, |T|)", kUp, kAtCutoff, true}, average_precision, nullptr},
    {{"mrr", "1 / rank of the first hit within k, else 0", kUp, kAtCutoff, true}, reciprocal_rank, nullptr},
    {{"auc",
      "share of pairs (relevant, other candidate) in the right order over the full ranking, ties count 1/2; .5 where "
      "there is no pair, 0 where nothing is offered",
      kUp, kNoCutoff, true},
     auc,
     nullptr},
    {{"item_coverage", "share of all items that are in the L of at least one user", kUp, kAtCutoff, false},
     nullptr,
     item_coverage},
    {{"gini",
      "Σ_j (2j - n - 1) c_j / ((n - 1) Σ c), c ascending over all n items: 0 all items listed equally often, 1 only "
      "one",
      kDown, kAtCutoff, false},
     nullptr,
     gini},
    {{"novelty",
      "mean over L of -log2(max(1, train users of the item) / users with train interactions), in bits; 0 for an empty "
      "L",
      kUp, kAtCutoff, true},
     novelty,
     nullptr},
    {{"average_popularity", "mean over L of the item's train interactions; 0 for an empty L", kDown, kAtCutoff, true},
     average_popularity,
     nullptr},
    {{"intra_list_diversity",
      "mean over pairs in L of 1 - Jaccard similarity of their tags (0 for a pair without tags, 0 for fewer than two "
      "items); not measurable where items have no tags",
      kUp, kAtCutoff, true},
     intra_list_diversity,
     nullptr},
    {{"arp_bias",
      "average_popularity of L / mean popularity of the user's train items - 1 (a user without: of all train "
      "interactions' items); 0 for an empty L",
      kDown, kAtCutoff, true},
     arp_bias,
     nullptr},
    {{"rmse",
      "square root of the mean of (predicted - given rating)² over all interactions of the test part together; a "
      "user's own value is over his; not measurable where the model does not predict ratings",
      kDown, kNoCutoff, true},
     rmse,
     nullptr,
     root_mean_square},
    {{"mae",
      "mean of |predicted - given rating| over all interactions of the test part together; a user's own value is over "
      "his; not measurable where the model does not predict ratings",
      kDown, kNoCutoff, true},
     mae,
     nullptr,
     mean_absolute},
};

}  // namespace

CatalogueFacts::CatalogueFacts(const Interactions& train_part, const Table& table, Index columns, int longest_list)
    : items(columns), train(train_part), popularity(index(columns)), information(index(columns)) {
  for (const Column& column : table.columns)
    if (column.kind == Column::Kind::tags) tags.push_back(column.tags);
  std::int64_t users = 0;
  for (Index u = 0; u < train.rows; ++u) {
    const Row row = row_of(train, u);
    users += !row.columns.empty();
    for (const Index item : row.columns) ++popularity[index(item)];
  }
  double interactions = 0, squares = 0;
  for (std::size_t i = 0; i < popularity.size(); ++i) {
    const auto p = static_cast<double>(popularity[i]);
    interactions += p;
    squares += p * p;
    information[i] = std::log2(static_cast<double>(std::max<std::int64_t>(users, 1)) / std::max(p, 1.0));
  }
  mean_popularity = interactions > 0 ? squares / interactions : 0;
  ideal.push_back(0);
  for (int i = 0; i < longest_list; ++i) {
    discount.push_back(1 / std::log2(i + 2.0));
    ideal.push_back(ideal.back() + discount.back());
  }
}

std::span<const MetricFunction> metric_functions() { return kMetrics; }

const MetricFunction& metric_function(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& metric : kMetrics) {
    if (metric.info.name == name) return metric;
    names.push_back(metric.info.name);
  }
  throw Error("there is no metric \"" + without_nul(name) + "\"." + did_you_mean(name, names) +
              " Metrics: " + join(names, ", ") + ".");
}

const std::vector<MetricInfo>& all_metrics() {
  static const std::vector<MetricInfo> infos = [] {
    std::vector<MetricInfo> out;
    for (const auto& metric : kMetrics) out.push_back(metric.info);
    return out;
  }();
  return infos;
}

MetricAt parse_metric(std::string_view text) {
  const auto at = text.find('@');
  const MetricInfo& info = metric_function(text.substr(0, at)).info;
  if (!info.at_cutoff) {
    if (at == std::string_view::npos) return {info.name, 0};
    throw Error("\"" + without_nul(text) + "\": " + info.name + " has no cutoff. Write \"" + info.name + "\".");
  }
  const std::string_view digits = at == std::string_view::npos ? "" : text.substr(at + 1);
  int cutoff = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), cutoff);
  if (problem != std::errc() || end != digits.data() + digits.size() || cutoff < 1)
    throw Error("\"" + without_nul(text) + "\" needs a cutoff. Write \"" + info.name + "@10\", for example.");
  return {info.name, cutoff};
}

}  // namespace assay
