// Counts pairs of items one known item at a time: an accumulator as long as the catalogue, emptied after each.

#include "pairs.hpp"

#include <algorithm>
#include <memory>
#include <mutex>

#include "assay/stored.hpp"

namespace assay {
namespace {

constexpr std::int64_t kItems = 16;  // known items of a piece of work

using Cell [[gnu::vector_size(16)]] = double;  // count, sum of differences: one place in the cache, one addition

/// Who else was rated by the raters of one item.
class Companions {
 public:
  explicit Companions(Index items) : cells_(static_cast<std::size_t>(items)) {}

  /// The items rated together with `known`, ascending; their counts and sums of r_j - r_known stay until the next call.
  std::span<const Index> gather(const TrainingData& data, Index known) {
    for (const Index j : touched_) cells_[index(j)] = Cell{};
    touched_.clear();
    const Row raters = data.by_item[known];
    for (std::size_t r = 0; r < raters.columns.size(); ++r) {
      const Row rated = data.by_user[raters.columns[r]];
      const double mine = static_cast<double>(raters.values[r]);
      for (std::size_t e = 0; e < rated.columns.size(); ++e) {
        Cell& cell = cells_[index(rated.columns[e])];
        if (cell[0] == 0) touched_.push_back(rated.columns[e]);
        cell += Cell{1, static_cast<double>(rated.values[e]) - mine};
      }
    }
    std::erase(touched_, known);
    cells_[index(known)] = Cell{};
    std::ranges::sort(touched_);
    return touched_;
  }
  [[nodiscard]] std::int32_t count(Index j) const { return static_cast<std::int32_t>(cells_[index(j)][0]); }
  [[nodiscard]] double sum(Index j) const { return cells_[index(j)][1]; }

 private:
  static std::size_t index(Index i) { return static_cast<std::size_t>(i); }
  std::vector<Cell> cells_;
  std::vector<Index> touched_;
};

/// Accumulators that pieces of work lend each other: as many as there are threads at work.
class Lenders {
 public:
  explicit Lenders(Index items) : items_(items) {}
  template <class Body>
  void lend(Body&& body) {
    std::unique_ptr<Companions> one;
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        one = std::move(idle_.back());
        idle_.pop_back();
      }
    }
    if (!one) one = std::make_unique<Companions>(items_);
    body(*one);
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(one));
  }

 private:
  Index items_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Companions>> idle_;
};

/// The last pair that an item keeps, in the order by falling count, then by rising known item.
struct Last {
  std::int32_t count = 0;
  Index known = kUnknown;
  [[nodiscard]] bool keeps(std::int32_t n, Index i) const {
    return n > count || (n == count && (known == kUnknown || i <= known));
  }
};

Last last_kept(const Companions& companions, std::span<const Index> all, std::int64_t kept, std::vector<Index>& order) {
  if (static_cast<std::int64_t>(all.size()) <= kept) return {};
  order.assign(all.begin(), all.end());
  const auto nth = order.begin() + (kept - 1);
  std::ranges::nth_element(order, nth, [&](Index a, Index b) {
    return std::pair(-companions.count(a), a) < std::pair(-companions.count(b), b);
  });
  return {companions.count(*nth), *nth};
}

}  // namespace

ItemPairs ItemPairs::of(const TrainingData& data, std::int64_t kept, Run& run) {
  const Index items = data.by_item.rows;
  std::vector<Last> last(static_cast<std::size_t>(items));
  Lenders lenders(items);
  // Counts are symmetric: what is rated together with j is also what j is predicted from.
  for_ranges(run, items, kItems, [&](std::int64_t begin, std::int64_t end) {
    if (items - 1 <= kept) return;
    std::vector<Index> order;
    lenders.lend([&](Companions& companions) {
      for (std::int64_t j = begin; j < end; ++j)
        last[static_cast<std::size_t>(j)] =
            last_kept(companions, companions.gather(data, static_cast<Index>(j)), kept, order);
    });
  });
  run.progress(1, 3);

  ItemPairs pairs;
  pairs.offsets.assign(static_cast<std::size_t>(items) + 1, 0);
  const auto for_each_pair = [&](auto&& body) {
    for_ranges(run, items, kItems, [&](std::int64_t begin, std::int64_t end) {
      lenders.lend([&](Companions& companions) {
        for (std::int64_t i = begin; i < end; ++i)
          for (const Index j : companions.gather(data, static_cast<Index>(i)))
            if (last[static_cast<std::size_t>(j)].keeps(companions.count(j), static_cast<Index>(i)))
              body(static_cast<std::size_t>(i), j, companions);
      });
    });
  };
  for_each_pair([&](std::size_t i, Index, const Companions&) { ++pairs.offsets[i + 1]; });
  for (std::size_t i = 1; i < pairs.offsets.size(); ++i) pairs.offsets[i] += pairs.offsets[i - 1];
  run.progress(2, 3);

  const auto total = static_cast<std::size_t>(pairs.offsets.back());
  pairs.item.resize(total);
  pairs.count.resize(total);
  pairs.difference.resize(total);
  std::vector<std::int64_t> next(pairs.offsets.begin(), pairs.offsets.end() - 1);
  for_each_pair([&](std::size_t i, Index j, const Companions& companions) {
    const auto at = static_cast<std::size_t>(next[i]++);
    pairs.item[at] = j;
    pairs.count[at] = static_cast<float>(companions.count(j));
    pairs.difference[at] = static_cast<float>(companions.sum(j));
  });
  run.progress(3, 3);
  return pairs;
}

void ItemPairs::save(Writer& writer) const {
  const std::int64_t ends[] = {static_cast<std::int64_t>(offsets.size())},
                     entries[] = {static_cast<std::int64_t>(item.size())};
  writer.tensor("pairs.offsets", {offsets.data(), Element::i64, ends});
  writer.tensor("pairs.item", {item.data(), Element::i32, entries});
  writer.tensor("pairs.count", {count.data(), Element::f32, entries});
  writer.tensor("pairs.difference", {difference.data(), Element::f32, entries});
}

void ItemPairs::load(const Reader& reader) {
  std::int64_t items = extents_of(reader).items;
  if (items == kAny) items = std::ssize(stored_list<std::int64_t>(reader, "pairs.offsets")) - 1;
  const auto rows = stored_rows(reader, "pairs.offsets", "pairs.item", items, items);
  const auto counts = stored_list<float>(reader, "pairs.count", std::ssize(rows.column)),
             differences = stored_list<float>(reader, "pairs.difference", std::ssize(rows.column));
  offsets.assign(rows.offsets.begin(), rows.offsets.end());
  item.assign(rows.column.begin(), rows.column.end());
  count.assign(counts.begin(), counts.end());
  difference.assign(differences.begin(), differences.end());
}

}  // namespace assay
