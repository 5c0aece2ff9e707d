// Attribute tables: appending batches, choosing rows, sorting vocabularies.

#include "data/attributes.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>
#include <numeric>

#include "assay/errors.hpp"

#include "base/element.hpp"

namespace assay {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

double number_at(const Tensor& tensor, std::size_t i) {
  switch (tensor.element) {
    case Element::f32:
      return static_cast<double>(static_cast<const float*>(tensor.data)[i]);
    case Element::f64:
      return static_cast<const double*>(tensor.data)[i];
    case Element::u8:
      return static_cast<double>(static_cast<const std::uint8_t*>(tensor.data)[i]);
    case Element::i32:
      return static_cast<double>(static_cast<const std::int32_t*>(tensor.data)[i]);
    case Element::i64:
      return static_cast<double>(static_cast<const std::int64_t*>(tensor.data)[i]);
  }
  return kMissing;
}

void append_number(AttributeColumn& to, double number) {
  const auto bytes = std::as_bytes(std::span(&number, 1));
  to.dense.insert(to.dense.end(), bytes.begin(), bytes.end());
}

/// Bytes of one row of a tensor column.
std::size_t row_bytes(Element element, std::span<const std::int64_t> shape) {
  std::size_t out = size_of(element);
  for (std::size_t i = 1; i < shape.size(); ++i) out *= static_cast<std::size_t>(shape[i]);
  return out;
}

/// Appends one row of `column`, or an empty one. Tags are written as they are numbered in `column`.
void append_row(AttributeColumn& to, const Column& column, Index row) {
  const auto at = static_cast<std::size_t>(row);
  switch (to.kind) {
    case Column::Kind::number:
      append_number(to, row == kUnknown ? kMissing : number_at(column.dense, at));
      break;
    case Column::Kind::tensor: {
      const std::size_t n = row_bytes(to.element, to.shape), before = to.dense.size();
      to.dense.resize(before + n);
      if (row != kUnknown)
        std::memcpy(to.dense.data() + before, static_cast<const std::byte*>(column.dense.data) + at * n, n);
      break;
    }
    case Column::Kind::text:
      to.words.emplace_back(row == kUnknown ? std::string_view() : column.words[at]);
      break;
    case Column::Kind::tags:
      if (row != kUnknown) {
        const Row tags = column.tags[row];
        to.tag.insert(to.tag.end(), tags.columns.begin(), tags.columns.end());
        to.weight.insert(to.weight.end(), tags.values.begin(), tags.values.end());
      }
      to.offsets.push_back(static_cast<std::int64_t>(to.tag.size()));
      break;
  }
}

AttributeColumn like(const Column& column) {
  AttributeColumn out;
  out.kind = column.kind;
  out.name = column.name;
  if (column.kind == Column::Kind::tensor) {
    out.element = column.dense.element;
    out.shape.assign(column.dense.shape.begin(), column.dense.shape.end());
  } else if (column.kind == Column::Kind::number) {
    out.shape = {0};
  }
  return out;
}

[[noreturn]] void refuse(std::string_view table, std::string_view column, std::string_view why) {
  throw PluginError("the reader's table \"" + std::string(table) + "\", column \"" + std::string(column) +
                    "\": " + std::string(why));
}

/// What a reader hands over is checked before it is believed.
void check(const Column& column, std::size_t rows, std::string_view table) {
  const auto count = static_cast<std::int64_t>(rows);
  const bool dense = column.kind == Column::Kind::number || column.kind == Column::Kind::tensor;
  if (dense && (column.dense.shape.empty() || column.dense.shape[0] != count))
    refuse(table, column.name, "the tensor's first dimension is not the number of rows");
  if (column.kind == Column::Kind::number && column.dense.shape.size() != 1)
    refuse(table, column.name, "a number column has one dimension");
  if (column.kind == Column::Kind::text && column.words.size() != rows)
    refuse(table, column.name, "there is not one text a row");
  if (column.kind == Column::Kind::tags && column.tags.offsets.size() != rows + 1)
    refuse(table, column.name, "there is not one tag list a row");
}

/// Renumbers the tags so that the vocabulary ascends bytewise; in each row tags ascend and are unique.
void sort_vocabulary(AttributeColumn& column) {
  std::vector<Index> order(column.words.size()), place(column.words.size());
  std::iota(order.begin(), order.end(), 0);
  const auto word = [&](Index i) -> const std::string& { return column.words[static_cast<std::size_t>(i)]; };
  std::sort(order.begin(), order.end(), [&](Index a, Index b) { return word(a) < word(b); });
  std::vector<std::string> sorted;
  for (std::size_t i = 0; i < order.size(); ++i) {
    place[static_cast<std::size_t>(order[i])] = static_cast<Index>(i);
    sorted.push_back(word(order[i]));
  }
  std::vector<Index> tags;
  std::vector<float> weights;
  std::vector<std::int64_t> offsets{0};
  for (std::size_t row = 0; row + 1 < column.offsets.size(); ++row) {
    std::map<Index, float> unique;
    for (auto i = static_cast<std::size_t>(column.offsets[row]); i < static_cast<std::size_t>(column.offsets[row + 1]);
         ++i)
      unique.emplace(place[static_cast<std::size_t>(column.tag[i])], column.weight[i]);
    for (const auto& [tag, weight] : unique) {
      tags.push_back(tag);
      weights.push_back(weight);
    }
    offsets.push_back(static_cast<std::int64_t>(tags.size()));
  }
  column.words = std::move(sorted);
  column.tag = std::move(tags);
  column.weight = std::move(weights);
  column.offsets = std::move(offsets);
}

}  // namespace

TableView::TableView(const AttributeTable& table) : rows_(table.rows) {
  for (const auto& c : table.columns) {
    Column out{c.kind, {}, {c.dense.data(), c.element, {}}, {}, {}};
    if (c.kind == Column::Kind::tags)
      out.tags = {table.rows, static_cast<Index>(c.words.size()), c.offsets, c.tag.data(), c.weight.data(), nullptr};
    add(out, c.name, c.shape, {c.words.begin(), c.words.end()});
  }
}

void TableView::add(Column column, std::string name, std::vector<std::int64_t> shape,
                    std::vector<std::string_view> words) {
  column.name = names_.emplace_back(std::move(name));
  column.dense.shape = shapes_.emplace_back(std::move(shape));
  column.words = words_.emplace_back(std::move(words));
  columns_.push_back(column);
}

AttributeTable select(const Table& table, std::span<const Index> from) {
  AttributeTable out;
  out.rows = static_cast<Index>(from.size());
  for (const Column& column : table.columns) {
    AttributeColumn& to = out.columns.emplace_back(like(column));
    if (column.kind == Column::Kind::tags) to.words.assign(column.words.begin(), column.words.end());
    for (const Index row : from) append_row(to, column, row);
    if (!to.shape.empty()) to.shape[0] = out.rows;
  }
  return out;
}

AttributeColumn& AttributeRows::column_for(const Column& column, std::string_view table_name) {
  for (auto& known : gathered_.columns) {
    if (known.name != column.name) continue;
    if (known.kind != column.kind) refuse(table_name, column.name, "two batches give it different kinds");
    if (column.kind == Column::Kind::tensor && (known.element != column.dense.element ||
                                                !std::equal(known.shape.begin() + 1, known.shape.end(),
                                                            column.dense.shape.begin() + 1, column.dense.shape.end())))
      refuse(table_name, column.name, "two batches give its tensors different shapes or elements");
    return known;
  }
  AttributeColumn& made = gathered_.columns.emplace_back(like(column));
  for (Index row = 0; row < gathered_.rows; ++row) append_row(made, column, kUnknown);
  return made;
}

void AttributeRows::add(std::span<const std::uint32_t> codes, const Table& batch, std::string_view table_name) {
  const auto rows = static_cast<Index>(codes.size());
  std::vector<const AttributeColumn*> filled;
  for (const Column& column : batch.columns) {
    check(column, codes.size(), table_name);
    AttributeColumn& to = column_for(column, table_name);
    if (std::find(filled.begin(), filled.end(), &to) != filled.end())
      refuse(table_name, column.name, "one batch has it twice");
    filled.push_back(&to);
    const std::size_t first = to.tag.size();
    for (Index row = 0; row < rows; ++row) append_row(to, column, row);
    if (column.kind != Column::Kind::tags) continue;
    std::map<std::string_view, Index> known;
    for (std::size_t i = 0; i < to.words.size(); ++i) known.emplace(to.words[i], static_cast<Index>(i));
    std::vector<Index> place;
    for (const auto word : column.words) {
      const auto found = known.find(word);
      place.push_back(found != known.end() ? found->second : static_cast<Index>(to.words.size()));
      if (found == known.end()) to.words.emplace_back(word);
    }
    for (std::size_t i = first; i < to.tag.size(); ++i) to.tag[i] = place[static_cast<std::size_t>(to.tag[i])];
  }
  for (auto& column : gathered_.columns)
    if (std::find(filled.begin(), filled.end(), &column) == filled.end())
      for (Index row = 0; row < rows; ++row) append_row(column, {}, kUnknown);
  codes_.insert(codes_.end(), codes.begin(), codes.end());
  gathered_.rows += rows;
  for (auto& column : gathered_.columns)
    if (!column.shape.empty()) column.shape[0] = gathered_.rows;
}

AttributeTable AttributeRows::arrange(std::span<const Index> rank_of_code, Index rows) const {
  std::vector<Index> from(static_cast<std::size_t>(rows), kUnknown);
  for (std::size_t row = 0; row < codes_.size(); ++row)
    if (const Index rank = rank_of_code[codes_[row]]; rank != kUnknown)
      from[static_cast<std::size_t>(rank)] = static_cast<Index>(row);
  AttributeTable out = select(TableView(gathered_).table(), from);
  for (auto& column : out.columns)
    if (column.kind == Column::Kind::tags) sort_vocabulary(column);
  return out;
}

}  // namespace assay
