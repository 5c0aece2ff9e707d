#pragma once  // Tables as people and programs read them: aligned text, CSV, Markdown, JSON.

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

enum class TableFormat : std::uint8_t { text, csv, json, markdown };
/// "table" (or "text"), "csv", "json", "markdown". Throws ConfigError with a suggestion.
[[nodiscard]] TableFormat parse_table_format(std::string_view name);

/// How text goes to a terminal.
struct TerminalStyle {
  bool colour = false;
  std::size_t width = 0;  ///< columns there are; 0: no limit
};
/// Width and colour only where standard output is a terminal; colour only where NO_COLOR is unset and TERM is not
/// "dumb".
[[nodiscard]] TerminalStyle stdout_style();

/// Columns that `text` takes on a terminal: 2 for East Asian wide characters and emoji, 0 for combining marks.
[[nodiscard]] std::size_t display_width(std::string_view utf8);
/// Control characters made visible ("\n", "\x1b"), so that stored text cannot steer the terminal; broken UTF-8 becomes
/// U+FFFD.
[[nodiscard]] std::string printable(std::string_view text);

/// `text`, which begins at column `indent`, broken between words into lines that end within `width` columns (0: no
/// limit); those after the first begin with `indent` blanks. A word that is too long for any line has one of its own.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width, std::size_t indent = 0);

/// In single quotes where a shell would not take it as one word.
[[nodiscard]] std::string shell_word(const std::string& word);

enum class Emphasis : std::uint8_t { none, strong, faint, good, bad };

/// One value: as people see it and as programs get it. NaN and infinities are "nan", "inf", "-inf" everywhere.
class Cell {
 public:
  Cell() = default;        ///< nothing: "" in text, CSV and Markdown, null in JSON
  Cell(std::string text);  // NOLINT(google-explicit-constructor): cells are written as lists of values
  Cell(std::string_view text);
  Cell(const char* text);
  [[nodiscard]] static Cell integer(std::int64_t value);
  /// `decimals` places for people (-1: as many as needed); programs get the shortest text that reads back the same.
  [[nodiscard]] static Cell number(double value, int decimals = -1);
  [[nodiscard]] static Cell boolean(bool value);
  /// For people `shown`, for programs what this cell holds already.
  [[nodiscard]] Cell as(std::string shown) &&;
  [[nodiscard]] Cell with(Emphasis emphasis) &&;

  [[nodiscard]] const std::string& shown() const noexcept { return shown_; }
  [[nodiscard]] const std::string& exact() const noexcept { return exact_; }
  [[nodiscard]] Emphasis emphasis() const noexcept { return emphasis_; }
  [[nodiscard]] bool empty() const noexcept { return kind_ == Kind::none; }
  [[nodiscard]] bool numeric() const noexcept { return kind_ == Kind::number; }
  [[nodiscard]] std::string json() const;

 private:
  enum class Kind : std::uint8_t { none, text, number, literal };
  std::string shown_, exact_;
  Kind kind_ = Kind::none;
  Emphasis emphasis_ = Emphasis::none;
};

/// A column: `name` is the key for programs, `title` the head for people (empty: the name).
struct ListingColumn {
  std::string name, title;
};

/// Rows of cells under named columns. A column whose cells are all numbers (or empty) is aligned right.
class Listing {
 public:
  explicit Listing(std::vector<ListingColumn> columns);
  void add(std::vector<Cell> row);  ///< as many cells as columns
  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  [[nodiscard]] const std::vector<ListingColumn>& columns() const noexcept { return columns_; }
  [[nodiscard]] const std::vector<std::vector<Cell>>& rows() const noexcept { return rows_; }
  /// Text: no borders, two spaces between columns; on a terminal the last one is wrapped where it holds words. JSON: an
  /// array of objects, one a line.
  void print(std::ostream&, TableFormat, TerminalStyle = {}) const;
  /// Columns of the terminal that the text takes; the last one counts with at most `last`, for its words are wrapped.
  [[nodiscard]] std::size_t text_width(std::size_t last = std::size_t(-1)) const;
  [[nodiscard]] Listing without(std::string_view name) const;  ///< a column less

 private:
  [[nodiscard]] bool right_aligned(std::size_t column) const;
  [[nodiscard]] std::size_t width_of(std::size_t column) const;
  void print_text(std::ostream&, TerminalStyle) const;
  void print_csv(std::ostream&) const;
  void print_markdown(std::ostream&) const;
  void print_json(std::ostream&) const;
  std::vector<ListingColumn> columns_;
  std::vector<std::vector<Cell>> rows_;
};

/// `text` as a JSON string with its quotes.
[[nodiscard]] std::string json_text(std::string_view text);

}  // namespace assay
