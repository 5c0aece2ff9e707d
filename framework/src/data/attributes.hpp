#pragma once  // Attributes of users and items: gathered from a reader, arranged by rank, cut down to those that remain.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/interactions.hpp"

namespace assay {

/// One attribute with its own memory. Numbers are kept as f64, whatever element the reader had; a missing number is
/// NaN, a missing text or tag list is empty, a missing tensor row is zero.
struct AttributeColumn {
  Column::Kind kind = Column::Kind::number;
  std::string name;
  Element element = Element::f64;        ///< number: f64; tensor: the reader's
  std::vector<std::int64_t> shape;       ///< number: [rows]; tensor: [rows, …]
  std::vector<std::byte> dense;          ///< number, tensor
  std::vector<std::int64_t> offsets{0};  ///< tags: rows + 1
  std::vector<Index> tag;
  std::vector<float> weight;
  std::vector<std::string> words;  ///< tags: the vocabulary, bytewise ascending once arranged; text: one a row
};

struct AttributeTable {
  Index rows = 0;
  std::deque<AttributeColumn> columns;
};

/// A `Table` over memory that lies elsewhere, with the small arrays that its spans point to.
class TableView {
 public:
  TableView() = default;
  explicit TableView(const AttributeTable& table);  ///< which must outlive the view
  TableView(TableView&&) noexcept = default;
  TableView& operator=(TableView&&) noexcept = default;
  /// A column whose name, shape and words are kept here; its other views stay as they are.
  void add(Column column, std::string name, std::vector<std::int64_t> shape, std::vector<std::string_view> words);
  void set_rows(Index rows) noexcept { rows_ = rows; }
  [[nodiscard]] Table table() const noexcept { return {rows_, columns_}; }

 private:
  Index rows_ = 0;
  std::vector<Column> columns_;
  std::deque<std::string> names_;
  std::deque<std::vector<std::int64_t>> shapes_;
  std::deque<std::vector<std::string_view>> words_;
};

/// Rows `from[0]`, `from[1]`, … of a table; kUnknown gives a row with nothing in it.
[[nodiscard]] AttributeTable select(const Table& table, std::span<const Index> from);

/// Gathers batches of rows in the order of delivery. Columns are known by their names; a batch may lack some.
class AttributeRows {
 public:
  /// `codes`: what each row is about. Throws PluginError when a batch contradicts itself or earlier ones.
  void add(std::span<const std::uint32_t> codes, const Table& batch, std::string_view table_name);
  [[nodiscard]] bool empty() const noexcept { return codes_.empty(); }
  /// The table by rank. Of several rows for one id the last holds; vocabularies are sorted.
  [[nodiscard]] AttributeTable arrange(std::span<const Index> rank_of_code, Index rows) const;

 private:
  AttributeColumn& column_for(const Column& column, std::string_view table_name);
  std::vector<std::uint32_t> codes_;
  AttributeTable gathered_;
};

}  // namespace assay
