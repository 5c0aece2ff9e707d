// Turns what was collected into the SDK's views.
#include "table.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "assay/errors.hpp"

#include "encoding.hpp"

namespace assay::reading {

namespace {
constexpr std::size_t kRows = 65536;
}

AttributeName attribute_named(std::string_view entry, std::string_view parameter) {
  const std::size_t colon = entry.rfind(':');
  if (colon == std::string_view::npos) return {entry, Column::Kind::text};
  const std::string_view column = entry.substr(0, colon), kind = entry.substr(colon + 1);
  if (kind == "text") return {column, Column::Kind::text};
  if (kind == "number") return {column, Column::Kind::number};
  if (kind == "tags") return {column, Column::Kind::tags};
  throw ConfigError(std::string(parameter) + ": \"" + std::string(kind) +
                    "\" is no kind of attribute; write COLUMN:text, COLUMN:number or COLUMN:tags");
}

/// What the views of one column look at while the sink is called.
struct TableBuilder::Views {
  Column column{};
  std::int64_t shape = 0;
  std::vector<std::string_view> words;
  std::vector<std::int64_t> offsets;
  std::vector<Index> indices;
  std::vector<float> ones;
};

TableBuilder::TableBuilder(DatasetSink& sink, std::string table, IdKind ids)
    : sink_(sink), table_(std::move(table)), kind_(ids), texts_on_(ids == IdKind::text) {}

std::size_t TableBuilder::column(std::string name, Column::Kind kind) {
  for (const Data& other : columns_)
    if (other.name == name)
      throw ConfigError("the attribute \"" + name + "\" of " + table_ + " is asked for twice; name each column once");
  columns_.push_back({std::move(name), kind, {}, {}, {}, {}, {}});
  return columns_.size() - 1;
}

bool TableBuilder::row(std::string_view id) {
  std::int64_t number = 0;
  if (id.empty() || id.size() > kLongestId) return false;
  const bool numeric = !texts_on_ && parse_id(id, number);
  if (numeric && kind_ == IdKind::natural && number < 0) return false;
  if (!texts_on_ && !numeric) {
    if (kind_ != IdKind::automatic) return false;
    flush();
    texts_on_ = true;
  }
  if (rows_ == kRows) flush();
  if (texts_on_)
    texts_.emplace_back(id);
  else
    numbers_.push_back(number);
  ++rows_;
  for (Data& data : columns_) {
    if (data.kind == Column::Kind::number) data.numbers.push_back(std::numeric_limits<double>::quiet_NaN());
    if (data.kind == Column::Kind::text) data.texts.emplace_back();
    if (data.kind == Column::Kind::tags) data.tags.emplace_back();
  }
  return true;
}

void TableBuilder::number(std::size_t column, double value) { columns_[column].numbers.back() = value; }

void TableBuilder::text(std::size_t column, std::string_view value) { columns_[column].texts.back() = to_utf8(value); }

void TableBuilder::tag(std::size_t column, std::string_view word) {
  if (word.empty()) return;
  Data& data = columns_[column];
  auto known = data.word_index.find(word);
  if (known == data.word_index.end()) {
    known = data.word_index.emplace(std::string(word), static_cast<Index>(data.words.size())).first;
    data.words.push_back(to_utf8(word));
  }
  data.tags.back().push_back(known->second);
}

void TableBuilder::tags(std::size_t column, std::string_view words, std::string_view separator) {
  while (!words.empty()) {
    const std::size_t end = separator.empty() ? std::string_view::npos : words.find(separator);
    tag(column, words.substr(0, end));
    words = end == std::string_view::npos ? "" : words.substr(end + separator.size());
  }
}

void TableBuilder::fill(Data& data, std::size_t rows, Views& views) {
  views.column.kind = data.kind;
  views.column.name = data.name;
  views.shape = static_cast<std::int64_t>(rows);
  if (data.kind == Column::Kind::number) views.column.dense = {data.numbers.data(), Element::f64, {&views.shape, 1}};
  const auto& words = data.kind == Column::Kind::text ? data.texts : data.words;
  views.words.assign(words.begin(), words.end());
  views.column.words = views.words;
  if (data.kind != Column::Kind::tags) return;
  views.offsets.push_back(0);
  for (auto& tags : data.tags) {
    std::sort(tags.begin(), tags.end());
    tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
    views.indices.insert(views.indices.end(), tags.begin(), tags.end());
    views.offsets.push_back(static_cast<std::int64_t>(views.indices.size()));
  }
  views.ones.assign(views.indices.size(), 1.0F);
  views.column.tags = {static_cast<Index>(rows),
                       static_cast<Index>(views.words.size()),
                       views.offsets,
                       views.indices.data(),
                       views.ones.data(),
                       nullptr};
}

void TableBuilder::flush() {
  if (rows_ == 0) return;
  std::vector<Views> views(columns_.size());
  std::vector<Column> columns;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    fill(columns_[i], rows_, views[i]);
    columns.push_back(views[i].column);
  }
  const std::vector<std::string_view> texts(texts_.begin(), texts_.end());
  sink_.rows(table_, Part::all, {numbers_, texts}, {static_cast<Index>(rows_), columns});
  for (Data& data : columns_) {
    data.numbers.clear();
    data.texts.clear();
    data.tags.clear();
  }
  numbers_.clear();
  texts_.clear();
  rows_ = 0;
}

}  // namespace assay::reading
