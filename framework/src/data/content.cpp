// From a reader's order to the canonical one: ranks for ids, interactions by user, item, time, value.

#include "data/content.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "data/radix.hpp"

namespace assay {
namespace {

std::vector<std::uint8_t> used_codes(const Chunked<std::uint32_t>& column, std::uint32_t codes) {
  std::vector<std::uint8_t> used(codes);
  for (std::size_t c = 0; c < column.chunks(); ++c)
    for (const std::uint32_t code : column.chunk(c)) used[code] = 1;
  return used;
}

/// Sorts the codes of a vocabulary; returns the new place of each old code.
std::vector<std::uint8_t> sort_words(std::vector<std::string>& words) {
  std::vector<std::size_t> order(words.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return words[a] < words[b]; });
  std::vector<std::uint8_t> place(words.size());
  std::vector<std::string> sorted;
  for (std::size_t i = 0; i < order.size(); ++i) {
    place[order[i]] = static_cast<std::uint8_t>(i);
    sorted.push_back(words[order[i]]);
  }
  words = std::move(sorted);
  return place;
}

/// Copies one column to the places of its chunk's rows and frees the chunk.
template <class From, class To, class Map>
void scatter(Chunked<From>& from, std::size_t chunk, std::span<const std::size_t> place, Buffer<To>& to, Map&& map) {
  if (!from.present()) return;
  const auto values = from.chunk(chunk);
  for (std::size_t i = 0; i < values.size(); ++i) to[place[i]] = map(values[i]);
  from.release(chunk);
}

/// Brings the rows of one user into order, with memory kept from user to user.
class RowSorter {
 public:
  explicit RowSorter(Log& log) : log_(log) {}

  void sort(std::size_t begin, std::size_t end) {
    const auto first = log_.item.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = log_.item.begin() + static_cast<std::ptrdiff_t>(end);
    if (std::adjacent_find(first, last, std::greater_equal<>()) == last) return;  // ascending and unique
    order_.resize(end - begin);
    for (std::size_t i = 0; i < order_.size(); ++i)
      order_[i] = static_cast<std::uint64_t>(log_.item[begin + i]) << 32 | i;
    radix_sort(std::span(order_), scratch_, [](std::uint64_t k) { return k >> 32; });
    sort_repeated(begin);
    for_columns([&](auto& column) { permute(column, begin); });
  }

 private:
  /// Rows of one item: by time, value, part, behaviour.
  void sort_repeated(std::size_t begin) {
    const auto key = [&](std::uint64_t k) {
      const std::size_t at = begin + static_cast<std::uint32_t>(k);
      return std::tuple(log_.time.empty() ? 0 : log_.time[at], log_.value[at],
                        log_.part.empty() ? Part::all : log_.part[at],
                        log_.behaviour.empty() ? std::uint8_t{0} : log_.behaviour[at]);
    };
    for (std::size_t i = 0, next = 0; i < order_.size(); i = next) {
      for (next = i + 1; next < order_.size() && order_[next] >> 32 == order_[i] >> 32;) ++next;
      if (next - i > 1)
        std::sort(order_.begin() + static_cast<std::ptrdiff_t>(i), order_.begin() + static_cast<std::ptrdiff_t>(next),
                  [&](std::uint64_t a, std::uint64_t b) { return key(a) < key(b); });
    }
  }

  template <class T>
  void permute(Buffer<T>& column, std::size_t begin) {
    if (column.empty()) return;
    buffer_.resize(order_.size() * sizeof(T));
    T* sorted = reinterpret_cast<T*>(buffer_.data());
    for (std::size_t i = 0; i < order_.size(); ++i) sorted[i] = column[begin + static_cast<std::uint32_t>(order_[i])];
    std::copy_n(sorted, order_.size(), column.data() + begin);
  }

  template <class Body>
  void for_columns(Body&& body) {
    body(log_.item);
    body(log_.value);
    body(log_.time);
    body(log_.part);
    body(log_.behaviour);
  }

  Log& log_;
  std::vector<std::uint64_t> order_, scratch_;
  std::vector<std::byte> buffer_;
};

/// Row begins by user, from counts.
std::vector<std::int64_t> count_rows(const Chunked<std::uint32_t>& user, std::span<const Index> rank, Index users) {
  std::vector<std::int64_t> offsets(static_cast<std::size_t>(users) + 1);
  for (std::size_t c = 0; c < user.chunks(); ++c)
    for (const std::uint32_t code : user.chunk(c)) ++offsets[static_cast<std::size_t>(rank[code]) + 1];
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  return offsets;
}

Log by_user(Gathered& g, const IdInterner::Ranking& users, const IdInterner::Ranking& items,
            std::span<const std::uint8_t> behaviour) {
  const auto n = static_cast<std::size_t>(g.rows);
  Log log;
  log.users = users.ids.view().size();
  log.items = items.ids.view().size();
  log.offsets = count_rows(g.user, users.rank, log.users);
  log.item.resize(n);
  log.value.resize(n);
  if (!g.value.present()) std::fill(log.value.begin(), log.value.end(), 1.0f);
  if (g.time.present()) log.time.resize(n);
  if (g.part.present()) log.part.resize(n);
  if (g.behaviour.present()) log.behaviour.resize(n);
  std::vector<std::int64_t> cursor(log.offsets.begin(), log.offsets.end() - 1);
  std::vector<std::size_t> place(Chunked<float>::kChunk);
  for (std::size_t c = 0; c < g.user.chunks(); ++c) {
    const auto user = g.user.chunk(c);
    for (std::size_t i = 0; i < user.size(); ++i)
      place[i] = static_cast<std::size_t>(cursor[static_cast<std::size_t>(users.rank[user[i]])]++);
    g.user.release(c);
    scatter(g.item, c, place, log.item, [&](std::uint32_t code) { return items.rank[code]; });
    scatter(g.value, c, place, log.value, [](float v) { return v; });
    scatter(g.time, c, place, log.time, [](std::int64_t t) { return t; });
    scatter(g.part, c, place, log.part, [](Part p) { return p; });
    scatter(g.behaviour, c, place, log.behaviour, [&](std::uint8_t b) { return behaviour[b]; });
  }
  return log;
}

}  // namespace

Content arrange(Gathered g) {
  const auto users = g.users.rank(used_codes(g.user, g.users.size()));
  const auto items = g.items.rank(used_codes(g.item, g.items.size()));
  Content out;
  if (!g.user_rows.empty()) out.user_table = g.user_rows.arrange(users.rank, users.ids.view().size());
  if (!g.item_rows.empty()) out.item_table = g.item_rows.arrange(items.rank, items.ids.view().size());
  const auto behaviour = sort_words(g.behaviours);
  if (g.behaviour.present()) out.behaviours = std::move(g.behaviours);
  out.companions = std::move(g.companions);
  out.skipped_lines = g.skipped_lines;
  out.log = by_user(g, users, items, behaviour);
  RowSorter sorter(out.log);
  for (std::size_t u = 0; u + 1 < out.log.offsets.size(); ++u)
    sorter.sort(static_cast<std::size_t>(out.log.offsets[u]), static_cast<std::size_t>(out.log.offsets[u + 1]));
  out.users = users.ids;
  out.items = items.ids;
  return out;
}

}  // namespace assay
