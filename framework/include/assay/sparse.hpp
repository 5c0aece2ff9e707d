#pragma once  // A sparse matrix that owns its memory, for models that keep one. Inline: it lives in the plugin.

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/interactions.hpp"
#include "assay/linalg.hpp"
#include "assay/run.hpp"
#include "assay/stored.hpp"

namespace assay {

/// CSR, columns ascending in each row. `value` may be empty: every entry counts 1.
struct SparseMatrix {
  Index rows = 0, columns = 0;
  std::vector<std::int64_t> offsets{0};
  std::vector<Index> column;
  std::vector<float> value;

  SparseMatrix() = default;
  /// A copy. Without values where `x` has none (see pattern_of).
  explicit SparseMatrix(const Interactions& x) : rows(x.rows), columns(x.columns) {
    const std::int64_t first = x.offsets.front();
    offsets.clear();
    for (const std::int64_t o : x.offsets) offsets.push_back(o - first);
    column.assign(x.column + first, x.column + first + offsets.back());
    if (x.value) value.assign(x.value + first, x.value + first + offsets.back());
  }

  /// Row i holds the first count[i] of list i, as `nearest_rows` leaves them; the lists are of equal room.
  static SparseMatrix from_lists(std::span<Scored> lists, std::span<const Index> count, Index columns) {
    SparseMatrix x;
    x.columns = columns;
    x.append_lists(lists, count);
    return x;
  }

  /// More such rows, below those that are there.
  void append_lists(std::span<Scored> lists, std::span<const Index> count) {
    rows += static_cast<Index>(count.size());
    const std::size_t room = count.empty() ? 0 : lists.size() / count.size();
    for (std::size_t i = 0; i < count.size(); ++i) {
      const auto list = lists.subspan(i * room, static_cast<std::size_t>(count[i]));
      std::ranges::sort(list, {}, &Scored::index);
      for (const Scored& s : list) {
        column.push_back(s.index);
        value.push_back(s.score);
      }
      offsets.push_back(static_cast<std::int64_t>(column.size()));
    }
  }

  [[nodiscard]] Interactions view() const {
    return {rows, columns, offsets, column.data(), value.empty() ? nullptr : value.data(), nullptr};
  }

  [[nodiscard]] SparseMatrix transposed() const {
    SparseMatrix t;
    t.rows = columns;
    t.columns = rows;
    t.offsets.assign(static_cast<std::size_t>(columns) + 1, 0);
    t.column.resize(column.size());
    t.value.resize(value.size());
    for (const Index c : column) ++t.offsets[static_cast<std::size_t>(c) + 1];
    for (std::size_t c = 1; c < t.offsets.size(); ++c) t.offsets[c] += t.offsets[c - 1];
    std::vector<std::int64_t> next(t.offsets.begin(), t.offsets.end() - 1);
    for (Index r = 0; r < rows; ++r)
      for (auto e = offsets[static_cast<std::size_t>(r)]; e < offsets[static_cast<std::size_t>(r) + 1]; ++e) {
        const auto from = static_cast<std::size_t>(e);
        const auto to = static_cast<std::size_t>(next[static_cast<std::size_t>(column[from])]++);
        t.column[to] = r;
        if (!value.empty()) t.value[to] = value[from];
      }
    return t;
  }

  /// Every row sums to 1; one whose sum is not above 0 is left as it is.
  void normalise_rows() {
    for (std::size_t r = 0; r < static_cast<std::size_t>(rows); ++r) {
      double sum = 0;
      for (auto e = static_cast<std::size_t>(offsets[r]); e < static_cast<std::size_t>(offsets[r + 1]); ++e)
        sum += value[e];
      if (!(sum > 0)) continue;
      for (auto e = static_cast<std::size_t>(offsets[r]); e < static_cast<std::size_t>(offsets[r + 1]); ++e)
        value[e] = static_cast<float>(value[e] / sum);
    }
  }

  /// Tensors NAME.shape, NAME.offsets, NAME.column, NAME.value.
  void save(Writer& writer, const std::string& name) const {
    const std::int64_t two[] = {2}, ends[] = {static_cast<std::int64_t>(offsets.size())},
                       entries[] = {static_cast<std::int64_t>(column.size())},
                       values[] = {static_cast<std::int64_t>(value.size())};
    const Index shape[] = {rows, columns};
    writer.tensor(name + ".shape", {shape, Element::i32, two});
    writer.tensor(name + ".offsets", {offsets.data(), Element::i64, ends});
    writer.tensor(name + ".column", {column.data(), Element::i32, entries});
    writer.tensor(name + ".value", {value.data(), Element::f32, values});
  }
  /// Throws DataError where these are no such matrix; kAny: of whatever size.
  [[nodiscard]] static SparseMatrix load(const Reader& reader, const std::string& name, std::int64_t rows = kAny,
                                         std::int64_t columns = kAny) {
    const auto shape = stored_list<Index>(reader, name + ".shape", 2);
    const auto fits = [](Index found, std::int64_t expected) {
      return found >= 0 && (expected == kAny || found == expected);
    };
    const auto text = [](std::int64_t extent) { return extent == kAny ? "any" : std::to_string(extent); };
    if (!fits(shape[0], rows) || !fits(shape[1], columns))
      refuse_stored(name + ".shape", text(rows) + " × " + text(columns),
                    std::to_string(shape[0]) + " × " + std::to_string(shape[1]));
    const auto [offsets, column] = stored_rows(reader, name + ".offsets", name + ".column", shape[0], shape[1]);
    const auto value = stored_list<float>(reader, name + ".value");
    if (!value.empty() && value.size() != column.size())
      refuse_stored(name + ".value", "empty or as long as " + name + ".column, " + std::to_string(column.size()),
                    "of " + std::to_string(value.size()) + " entries");
    SparseMatrix x;
    x.rows = shape[0];
    x.columns = shape[1];
    x.offsets.assign(offsets.begin(), offsets.end());
    x.column.assign(column.begin(), column.end());
    x.value.assign(value.begin(), value.end());
    return x;
  }
  /// The same for weights between items: a row and a column for each, and a value for each entry.
  [[nodiscard]] static SparseMatrix load_weights(const Reader& reader, const std::string& name) {
    const std::int64_t items = extents_of(reader).items;
    SparseMatrix x =
        load(reader, name, items, items == kAny ? stored_list<Index>(reader, name + ".shape", 2)[0] : items);
    static_cast<void>(stored_list<float>(reader, name + ".value", static_cast<std::int64_t>(x.column.size())));
    return x;
  }
};

/// The k largest in magnitude of each row of x, ties by smaller column; zeros are dropped.
[[nodiscard]] inline SparseMatrix largest_of_rows(Executor& executor, ConstMatrix x, std::int64_t k) {
  const auto rows = static_cast<std::size_t>(x.rows), columns = static_cast<std::size_t>(x.columns);
  const std::size_t room = std::min(static_cast<std::size_t>(k), columns);
  std::vector<Scored> lists(rows * room);
  std::vector<Index> found(rows);
  for_ranges(executor, x.rows, 64, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> sizes(columns);
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
      const float* row = x.data + static_cast<std::int64_t>(i) * x.stride;
      for (std::size_t j = 0; j < columns; ++j)
        sizes[j] = row[j] == 0 ? -std::numeric_limits<float>::infinity() : std::abs(row[j]);
      const auto list = std::span(lists).subspan(i * room, room);
      found[i] = static_cast<Index>(top_k(sizes, list));
      for (Scored& s : list.first(static_cast<std::size_t>(found[i]))) s.score = row[s.index];
    }
  });
  return SparseMatrix::from_lists(lists, found, static_cast<Index>(x.columns));
}

}  // namespace assay
