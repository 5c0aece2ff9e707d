// The plain evaluation: sorts everything, loops over everything, shares no code with the framework.

#include "plain.hpp"

#include <algorithm>

namespace assay::plain {

float value_of(Index row, Index column) { return static_cast<float>(1 + (7 * row + 3 * column) % 5); }

Matrix::Matrix(const std::vector<std::set<Index>>& rows, Index columns) : rows_(rows), columns_(columns) {
  for (const auto& row : rows_) {
    for (const Index column : row) value_.push_back(value_of(static_cast<Index>(offsets_.size()) - 1, column));
    column_.insert(column_.end(), row.begin(), row.end());
    offsets_.push_back(static_cast<std::int64_t>(column_.size()));
  }
}

Interactions Matrix::view() const { return {rows(), columns_, offsets_, column_.data(), value_.data(), nullptr}; }

float HashModel::one(std::span<const Index> profile, Index item) const {
  std::uint64_t key = profile.size();
  for (const Index i : profile) key = key * 1000003 + static_cast<std::uint64_t>(i);
  if (key % 13 == 5) return kNotOffered;  // nothing for this user
  Random random(key, static_cast<std::uint64_t>(item));
  if (random.below(10) == 0) return kNotOffered;
  const auto level = static_cast<float>(random.below(static_cast<std::uint64_t>(levels_)));
  return level == 0 && item % 2 ? -0.0F : level - 2;
}

void HashModel::score(const Profiles& profiles, Scores out) const {
  for (Index r = 0; r < out.users; ++r)
    for (Index j = 0; j < out.items; ++j)
      out.data[r * out.stride + j] = one(profiles.known[r].columns, out.first_item + j);
}

float HashModel::rating(std::span<const Index> profile, Index item) const {
  const float score = one(profile, item);
  return score == kNotOffered ? 2.5F : score / 3 + static_cast<float>(profile.size());
}

void HashModel::rate(const Profiles& profiles, std::span<const Index> item, std::span<float> out) const {
  for (std::size_t p = 0; p < item.size(); ++p) out[p] = rating(profiles.known[static_cast<Index>(p)].columns, item[p]);
}

World random_world(std::uint64_t seed, Index users, Index items, int levels) {
  Random random(seed);
  const auto n = static_cast<std::uint64_t>(items);
  std::vector<std::set<Index>> train(static_cast<std::size_t>(users)), test(train.size());
  std::vector<std::set<Index>> tags(static_cast<std::size_t>(items));
  for (std::size_t u = 0; u < train.size(); ++u) {
    const auto known = random.below(4) == 0 ? 0 : random.below(n / 2 + 1);  // a quarter of the profiles is empty
    for (std::uint64_t i = 0; i < known; ++i) train[u].insert(static_cast<Index>(random.below(n)));
    const auto wanted = random.below(5) == 0 ? 0 : random.below(n / 2 + 1);
    for (std::uint64_t i = 0; i < wanted; ++i) {
      const auto item = static_cast<Index>(random.below(n));
      if (!train[u].count(item)) test[u].insert(item);
    }
  }
  for (auto& set : tags)
    for (std::uint64_t i = random.below(4); i > 0; --i) set.insert(static_cast<Index>(random.below(7)));
  World world{users, items, {train, items}, {test, items}, {tags, 7}, {}, HashModel(levels)};
  world.tag_column = {Column::Kind::tags, "genres", {}, {}, {}};
  return world;
}

namespace {

float score_of(const World& w, Index user, Index item) {
  const auto& known = w.train.row(user);
  const std::vector<Index> profile(known.begin(), known.end());
  return w.model.one(profile, item);
}

double area(const World& w, Index user) {
  double right = 0, pairs = 0;
  for (const Index good : w.test.row(user))
    for (Index other = 0; other < w.items; ++other) {
      if (w.test.row(user).count(other) || w.train.row(user).count(other)) continue;
      const float a = score_of(w, user, good), b = score_of(w, user, other);
      right += a > b ? 1 : a == b ? 0.5 : 0;
      pairs += 1;
    }
  return pairs > 0 ? right / pairs : 0.5;
}

double jaccard_distance(const std::set<Index>& a, const std::set<Index>& b) {
  std::set<Index> all = a;
  all.insert(b.begin(), b.end());
  const double common = static_cast<double>(a.size() + b.size() - all.size());
  return all.empty() ? 0 : 1 - common / static_cast<double>(all.size());
}

double popularity(const World& w, Index item) {
  double n = 0;
  for (Index u = 0; u < w.users; ++u) n += static_cast<double>(w.train.row(u).count(item));
  return n;
}

struct Means {
  double popularity = 0, novelty = 0, diversity = 0;
};

Means means_of(const World& w, const std::vector<Index>& list) {
  Means m;
  if (list.empty()) return m;
  double users = 0, pairs = 0;
  for (Index u = 0; u < w.users; ++u) users += w.train.row(u).empty() ? 0 : 1;
  for (std::size_t i = 0; i < list.size(); ++i) {
    m.popularity += popularity(w, list[i]) / static_cast<double>(list.size());
    m.novelty -= std::log2(std::max(popularity(w, list[i]), 1.0) / users) / static_cast<double>(list.size());
    for (std::size_t j = i + 1; j < list.size(); ++j, pairs += 1)
      m.diversity += jaccard_distance(w.tags.row(list[i]), w.tags.row(list[j]));
  }
  if (pairs > 0) m.diversity /= pairs;
  return m;
}

double usual_popularity(const World& w, Index user) {
  double sum = 0, n = 0;
  for (Index u = 0; u < w.users; ++u) {
    if (u != user && !w.train.row(user).empty()) continue;
    for (const Index item : w.train.row(u)) sum += popularity(w, item), n += 1;
  }
  return n > 0 ? sum / n : 0;
}

/// Mean absolute difference of all pairs over twice the mean, stretched so that one item alone gives 1.
double gini(const std::vector<double>& counts) {
  double differences = 0, sum = 0;
  const auto n = static_cast<double>(counts.size());
  for (const double a : counts) {
    sum += a;
    for (const double b : counts) differences += std::fabs(a - b);
  }
  return sum > 0 && n > 1 ? differences / (2 * n * sum) * n / (n - 1) : 0;
}

void add_list_metrics(const World& w, Index user, std::vector<Index> list, int k,
                      std::map<std::string, std::vector<double>>& out) {
  const auto& wanted = w.test.row(user);
  const auto size = static_cast<double>(wanted.size()), reachable = std::min<double>(k, size);
  double hits = 0, gain = 0, ideal = 0, precisions = 0, first = 0;
  for (int i = 1; i <= k; ++i) {
    const bool hit = i <= static_cast<int>(list.size()) && wanted.count(list[static_cast<std::size_t>(i) - 1]);
    if (i <= reachable) ideal += 1 / std::log2(i + 1);
    if (!hit) continue;
    hits += 1;
    gain += 1 / std::log2(i + 1);
    precisions += hits / i;
    if (first == 0) first = i;
  }
  const std::string at = "@" + std::to_string(k);
  out["precision" + at].push_back(hits / k);
  out["recall" + at].push_back(hits / size);
  out["recall_capped" + at].push_back(hits / reachable);
  out["hit_rate" + at].push_back(hits > 0);
  out["ndcg" + at].push_back(gain / ideal);
  out["map" + at].push_back(precisions / reachable);
  out["mrr" + at].push_back(first > 0 ? 1 / first : 0);
  if (list.size() > static_cast<std::size_t>(k)) list.resize(static_cast<std::size_t>(k));
  const Means means = means_of(w, list);
  out["average_popularity" + at].push_back(means.popularity);
  out["novelty" + at].push_back(means.novelty);
  out["intra_list_diversity" + at].push_back(means.diversity);
  const double usual = usual_popularity(w, user);
  out["arp_bias" + at].push_back(list.empty() || usual == 0 ? 0 : means.popularity / usual - 1);
}

void add_errors(const World& w, Index user, std::vector<double>& all, std::map<std::string, std::vector<double>>& out) {
  const auto& known = w.train.row(user);
  const std::vector<Index> profile(known.begin(), known.end());
  double squares = 0, distances = 0, n = 0;
  for (const Index item : w.test.row(user)) {
    const double error = static_cast<double>(w.model.rating(profile, item)) - value_of(user, item);
    all.push_back(error);
    squares += error * error, distances += std::fabs(error), n += 1;
  }
  out["rmse"].push_back(std::sqrt(squares / n));
  out["mae"].push_back(distances / n);
}

}  // namespace

std::vector<Index> ranking(const World& w, Index user) {
  std::vector<std::pair<float, Index>> order;
  for (Index item = 0; item < w.items; ++item) {
    const float score = score_of(w, user, item);
    if (!w.train.row(user).count(item) && score != kNotOffered) order.emplace_back(-score, item);
  }
  std::sort(order.begin(), order.end());
  std::vector<Index> list;
  for (const auto& [score, item] : order) list.push_back(item);
  return list;
}

std::map<std::string, std::vector<double>> evaluate(const World& w, const std::vector<int>& cutoffs) {
  std::map<std::string, std::vector<double>> out;
  std::map<int, std::vector<double>> counts;
  std::vector<double> errors;
  for (const int k : cutoffs) counts[k].resize(static_cast<std::size_t>(w.items));
  for (Index user = 0; user < w.users; ++user) {
    if (w.test.row(user).empty()) continue;
    const auto list = ranking(w, user);
    out["auc"].push_back(list.empty() ? 0 : area(w, user));
    add_errors(w, user, errors, out);
    for (const int k : cutoffs) {
      add_list_metrics(w, user, list, k, out);
      for (std::size_t i = 0; i < list.size() && i < static_cast<std::size_t>(k); ++i)
        counts[k][static_cast<std::size_t>(list[i])] += 1;
    }
  }
  double squares = 0, distances = 0;
  for (const double e : errors) squares += e * e, distances += std::fabs(e);
  out["rmse of all"] = {std::sqrt(squares / static_cast<double>(errors.size()))};
  out["mae of all"] = {distances / static_cast<double>(errors.size())};
  for (const int k : cutoffs) {
    double listed = 0;
    for (const double c : counts[k]) listed += c > 0;
    out["item_coverage@" + std::to_string(k)] = {listed / w.items};
    out["gini@" + std::to_string(k)] = {gini(counts[k])};
  }
  return out;
}

}  // namespace assay::plain
