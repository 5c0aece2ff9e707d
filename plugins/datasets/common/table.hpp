#pragma once  // Attributes of users or items, collected row by row and handed to the sink in tables.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "assay/dataset.hpp"

#include "batch.hpp"

namespace assay::reading {

/// "title", "title:text", "price:number", "genres:tags": an attribute as a parameter names it.
struct AttributeName {
  std::string_view column;
  Column::Kind kind;
};
/// Throws ConfigError that names the parameter where the kind is none of the three.
[[nodiscard]] AttributeName attribute_named(std::string_view entry, std::string_view parameter);

class TableBuilder {
 public:
  /// `table` is "users" or "items".
  TableBuilder(DatasetSink& sink, std::string table, IdKind ids);
  /// Columns come before rows. `kind` is number, tags or text. Returns the column's number.
  std::size_t column(std::string name, Column::Kind kind);

  [[nodiscard]] bool row(
      std::string_view id);  ///< begins a row; false: the id is not of the promised kind, or too long
  void number(std::size_t column, double value);
  void text(std::size_t column, std::string_view value);  ///< made UTF-8 where it is Latin-1
  void tag(std::size_t column, std::string_view word);    ///< adds one; empty words are ignored
  void tags(std::size_t column, std::string_view words, std::string_view separator);
  void flush();  ///< call it at the end

 private:
  struct Data {
    std::string name;
    Column::Kind kind;
    std::vector<double> numbers;
    std::vector<std::string> texts;
    std::vector<std::vector<Index>> tags;
    std::vector<std::string> words;
    std::map<std::string, Index, std::less<>> word_index;
  };
  struct Views;
  static void fill(Data& data, std::size_t rows, Views& views);

  DatasetSink& sink_;
  std::string table_;
  IdKind kind_;
  bool texts_on_;
  std::vector<std::int64_t> numbers_;
  std::vector<std::string> texts_;
  std::vector<Data> columns_;
  std::size_t rows_ = 0;
};

}  // namespace assay::reading
