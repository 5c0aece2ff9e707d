// Filters over a log in canonical order.

#include "data/filter.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "assay/errors.hpp"

#include "base/text.hpp"

namespace assay {
namespace {

using Place = std::size_t;

/// Chooses the rows that pass the window, the least rating and the duplicates' policy.
class RowFilter {
 public:
  RowFilter(const LogView& log, const IdsView& users, const IdsView& items, const FilterSpec& filter, bool by_part)
      : log_(log), users_(users), items_(items), filter_(filter), by_part_(by_part && !log.part.empty()) {}

  /// Whether every row passes and no two are one user's and one item's: then there is nothing to copy.
  [[nodiscard]] bool keeps_all() const {
    for (std::size_t u = 0; u + 1 < log_.offsets.size(); ++u)
      for (auto at = static_cast<Place>(log_.offsets[u]); at < static_cast<Place>(log_.offsets[u + 1]); ++at)
        if (!passes(at) || (at > static_cast<Place>(log_.offsets[u]) && log_.item[at] == log_.item[at - 1]))
          return false;
    return true;
  }

  [[nodiscard]] LogView all() const {
    return {log_.users,
            log_.items,
            log_.offsets,
            log_.item,
            log_.value,
            log_.time,
            by_part_ ? log_.part : std::span<const Part>(),
            {}};
  }

  [[nodiscard]] Log run() const {
    Log out;
    out.users = log_.users;
    out.items = log_.items;
    out.offsets.reserve(log_.offsets.size());
    out.item.reserve(log_.item.size());  // address space only: pages that stay unused are never touched
    out.value.reserve(log_.item.size());
    out.time.reserve(log_.time.size());
    if (by_part_) out.part.reserve(log_.part.size());
    out.offsets.push_back(0);
    for (Index u = 0; u < log_.users; ++u) {
      const auto at = static_cast<Place>(u);
      const auto end = static_cast<Place>(log_.offsets[at + 1]);
      for (auto begin = static_cast<Place>(log_.offsets[at]), next = begin; begin < end; begin = next) {
        while (next < end && log_.item[next] == log_.item[begin]) ++next;
        take(u, begin, next, out);
      }
      out.offsets.push_back(static_cast<std::int64_t>(out.item.size()));
    }
    return out;
  }

 private:
  [[nodiscard]] bool passes(Place at) const {
    if (filter_.min_rating && static_cast<double>(log_.value[at]) < *filter_.min_rating) return false;
    if (filter_.from_ms && log_.time[at] < *filter_.from_ms) return false;
    return !filter_.until_ms || log_.time[at] < *filter_.until_ms;
  }

  /// Whether the later of two rows (in the log's order) is the one to keep.
  [[nodiscard]] bool replaces(Place kept, Place later) const {
    const float a = log_.value[kept], b = log_.value[later];
    if (filter_.duplicates == Duplicates::keep_last) return true;
    if (filter_.duplicates == Duplicates::keep_first) return log_.time[later] == log_.time[kept] && b >= a;
    return b >= a;
  }

  [[noreturn]] void refuse(Index user, Place at) const {
    throw DataError("user " + users_.text(user) + " and item " + items_.text(log_.item[at]) +
                    " meet more than once, and the filter's \"duplicates\" is \"error\": correct the data, or choose "
                    "\"keep_last\", \"keep_first\" or \"keep_max\"");
  }

  /// The rows of one user and one item: at most one stays in each part.
  void take(Index user, Place begin, Place end, Log& out) const {
    constexpr Place kNone = ~Place{0};
    Place kept[4] = {kNone, kNone, kNone, kNone};
    for (Place at = begin; at < end; ++at) {
      if (!passes(at)) continue;
      Place& best = kept[by_part_ ? static_cast<Place>(log_.part[at]) : 0];
      if (best != kNone && filter_.duplicates == Duplicates::error) refuse(user, at);
      if (best == kNone || replaces(best, at)) best = at;
    }
    if (by_part_) std::sort(std::begin(kept), std::end(kept));
    for (const Place at : kept)
      if (at != kNone) append(at, out);
  }

  void append(Place at, Log& out) const {
    out.item.push_back(log_.item[at]);
    out.value.push_back(log_.value[at]);
    if (!log_.time.empty()) out.time.push_back(log_.time[at]);
    if (by_part_) out.part.push_back(log_.part[at]);
  }

  const LogView& log_;
  const IdsView &users_, &items_;
  const FilterSpec& filter_;
  bool by_part_;
};

/// Users of each item, one entry an interaction.
struct ByItem {
  std::vector<std::int64_t> offsets;
  std::vector<Index> user;
};

ByItem users_of_items(const LogView& log) {
  ByItem out{std::vector<std::int64_t>(static_cast<Place>(log.items) + 1), std::vector<Index>(log.item.size())};
  for (const Index item : log.item) ++out.offsets[static_cast<Place>(item) + 1];
  std::partial_sum(out.offsets.begin(), out.offsets.end(), out.offsets.begin());
  std::vector<std::int64_t> cursor(out.offsets.begin(), out.offsets.end() - 1);
  for (Index u = 0; u < log.users; ++u)
    for (auto at = log.offsets[static_cast<Place>(u)]; at < log.offsets[static_cast<Place>(u) + 1]; ++at)
      out.user[static_cast<Place>(cursor[static_cast<Place>(log.item[static_cast<Place>(at)])]++)] = u;
  return out;
}

std::vector<std::int64_t> item_counts(const LogView& log) {
  std::vector<std::int64_t> out(static_cast<Place>(log.items));
  for (const Index item : log.item) ++out[static_cast<Place>(item)];
  return out;
}

std::vector<std::int64_t> lengths(std::span<const std::int64_t> offsets) {
  std::vector<std::int64_t> out(offsets.size() - 1);
  for (Place i = 0; i < out.size(); ++i) out[i] = offsets[i + 1] - offsets[i];
  return out;
}

/// One side of the core: how many living neighbours each node has, and which nodes must go. The largest core is unique,
/// so the order of removal does not matter (Seidman, "Network structure and minimum degree", 1983).
struct Side {
  std::vector<std::int64_t> degree;
  std::vector<Index> leaving;
  std::int64_t least;

  Side(std::vector<std::int64_t> counts, int core) : degree(std::move(counts)), least(std::max(core, 1)) {
    for (Place i = 0; i < degree.size(); ++i)
      if (degree[i] < least) leave(i);
  }
  void leave(Place i) {
    degree[i] = 0;
    leaving.push_back(static_cast<Index>(i));
  }
  void lose_one(Place i) {
    if (degree[i] > 0 && --degree[i] < least) leave(i);
  }
};

/// Removes the leaving nodes of one side from the degrees of the other.
void spread(Side& from, Side& to, std::span<const std::int64_t> offsets, std::span<const Index> neighbours) {
  for (const Index node : std::exchange(from.leaving, {}))
    for (auto at = offsets[static_cast<Place>(node)]; at < offsets[static_cast<Place>(node) + 1]; ++at)
      to.lose_one(static_cast<Place>(neighbours[static_cast<Place>(at)]));
}

void shrink_to_core(const LogView& log, Side& users, Side& items) {
  const ByItem transposed = users_of_items(log);
  while (!users.leaving.empty() || !items.leaving.empty()) {
    spread(users, items, log.offsets, log.item);
    spread(items, users, transposed.offsets, transposed.user);
  }
}

/// Indices that stay, and the new index of each old one.
std::pair<std::vector<Index>, std::vector<Index>> renumber(std::span<const std::int64_t> degree) {
  std::vector<Index> kept, rank(degree.size(), kUnknown);
  for (Place i = 0; i < degree.size(); ++i) {
    if (degree[i] == 0) continue;
    rank[i] = static_cast<Index>(kept.size());
    kept.push_back(static_cast<Index>(i));
  }
  return {std::move(kept), std::move(rank)};
}

/// Drops everything of removed users and items, in place.
void compact(Log& log, std::span<const Index> users, std::span<const Index> user_rank,
             std::span<const Index> item_rank) {
  Place out = 0;
  std::vector<std::int64_t> offsets{0};
  const auto move_row = [&](Place from) {
    log.item[out] = item_rank[static_cast<Place>(log.item[from])];
    log.value[out] = log.value[from];
    if (!log.time.empty()) log.time[out] = log.time[from];
    if (!log.part.empty()) log.part[out] = log.part[from];
    ++out;
  };
  for (Place u = 0; u < user_rank.size(); ++u) {
    if (user_rank[u] == kUnknown) continue;
    for (auto at = static_cast<Place>(log.offsets[u]); at < static_cast<Place>(log.offsets[u + 1]); ++at)
      if (item_rank[static_cast<Place>(log.item[at])] != kUnknown) move_row(at);
    offsets.push_back(static_cast<std::int64_t>(out));
  }
  log.users = static_cast<Index>(users.size());
  log.offsets = std::move(offsets);
  log.item.resize(out);
  log.value.resize(out);
  if (!log.time.empty()) log.time.resize(out);
  if (!log.part.empty()) log.part.resize(out);
}

void check(const LogView& log, const FilterSpec& filter) {
  if (!log.time.empty()) return;
  const auto need = [](const std::string& what) {
    throw DataError("the filter's " + what +
                    " needs times, and the data has none: take it out, or name the column of times");
  };
  if (filter.from_ms || filter.until_ms) need("time window");
  if (filter.duplicates == Duplicates::keep_last) need("\"duplicates\": \"keep_last\"");
  if (filter.duplicates == Duplicates::keep_first) need("\"duplicates\": \"keep_first\"");
}

[[noreturn]] void nothing_left(const LogView& log, const FilterSpec& filter, std::int64_t before_core) {
  std::string text = "the filter leaves nothing of " + std::to_string(log.size()) + " interactions";
  if (before_core > 0)
    text += ": " + std::to_string(before_core) + " passed, but none is in the core of users with at least " +
            std::to_string(filter.user_core) + " and items with at least " + std::to_string(filter.item_core);
  else if (filter.min_rating)
    text += ": the largest value is " +
            shortest(static_cast<double>(*std::max_element(log.value.begin(), log.value.end()))) + ", min_rating is " +
            shortest(*filter.min_rating);
  throw DataError(text + ". Loosen the filter.");
}

}  // namespace

Filtered apply_filter(const LogView& log, const IdsView& users, const IdsView& items, const FilterSpec& filter,
                      bool by_part) {
  check(log, filter);
  Filtered out;
  const RowFilter rows(log, users, items, filter, by_part);
  if (rows.keeps_all()) {
    out.log = rows.all();
  } else {
    out.own = rows.run();
    out.log = out.own.view();
  }
  Side user_side(lengths(out.log.offsets), filter.user_core), item_side(item_counts(out.log), filter.item_core);
  if (std::max(filter.user_core, filter.item_core) > 1) shrink_to_core(out.log, user_side, item_side);
  auto [user_kept, user_rank] = renumber(user_side.degree);
  auto [item_kept, item_rank] = renumber(item_side.degree);
  if (user_kept.empty()) nothing_left(log, filter, out.log.size());
  if (user_kept.size() != user_rank.size() || item_kept.size() != item_rank.size()) {
    if (out.own.offsets.empty()) out.own = rows.run();
    compact(out.own, user_kept, user_rank, item_rank);
    out.own.items = static_cast<Index>(item_kept.size());
    out.log = out.own.view();
  }
  out.users = std::move(user_kept);
  out.items = std::move(item_kept);
  return out;
}

}  // namespace assay
