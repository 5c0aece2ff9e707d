#pragma once  // A data frame's columns as ids, numbers, times and texts.

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "serialization.hpp"
#include "times.hpp"

namespace assay::rdata {

/// One column. Rows count from 0; NA is nothing.
class FrameColumn {
 public:
  /// Throws DataError where the column is no vector of numbers, texts or factor codes.
  FrameColumn(const Value& value, std::string name, const std::string& path);
  [[nodiscard]] std::size_t size() const noexcept { return value_->size(); }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// Text of a cell: of a factor its level, of a number the shortest that reads back the same. The view lives until the
  /// next call, that of texts and factors as long as the object.
  [[nodiscard]] std::optional<std::string_view> text(std::size_t row);
  [[nodiscard]] std::optional<double> number(std::size_t row);  ///< texts are parsed
  /// Milliseconds since 1970: dates and date-times as what they are, other columns by `format`.
  [[nodiscard]] std::optional<std::int64_t> time(std::size_t row, reading::TimeFormat& format);
  [[nodiscard]] bool is_text() const noexcept { return value_->type == Value::Type::text || levels_; }

 private:
  enum class Meaning : std::uint8_t { plain, factor, date, date_time, integer64 };
  const Value* value_;
  const Value* levels_ = nullptr;
  std::string name_;
  Meaning meaning_ = Meaning::plain;
  char scratch_[32] = {};
};

/// The columns of an object that must be a data frame. Throws DataError that lists the columns there are.
class Frame {
 public:
  Frame(const Value& value, std::string path, std::string object);
  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] FrameColumn column(std::string_view name, std::string_view parameter) const;

 private:
  const Value* value_;
  std::string path_, object_;
  std::size_t rows_ = 0;
};

}  // namespace assay::rdata
