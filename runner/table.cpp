// Prints listings as aligned text, CSV (RFC 4180), Markdown and JSON.

#include "runner/table.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ostream>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

#include "assay/errors.hpp"

#include "base/text.hpp"

namespace assay {
namespace {

constexpr std::size_t kNarrowest = 20;  // columns in which words are wrapped; in fewer the terminal may break them

std::string_view escape_code(Emphasis emphasis) {
  switch (emphasis) {
    case Emphasis::strong:
      return "\x1b[1m";
    case Emphasis::faint:
      return "\x1b[2m";
    case Emphasis::good:
      return "\x1b[32m";
    case Emphasis::bad:
      return "\x1b[31m";
    case Emphasis::none:
      break;
  }
  return {};
}

/// `text` in the terminal's emphasis, padded to `width` columns.
std::string padded(const std::string& text, std::size_t width, bool right, Emphasis emphasis, TerminalStyle style) {
  const std::size_t own = display_width(text);
  const std::string space(width > own ? width - own : 0, ' ');
  const std::string_view code = style.colour && !text.empty() ? escape_code(emphasis) : std::string_view{};
  const std::string inner = code.empty() ? text : std::string(code) + text + "\x1b[0m";
  return right ? space + inner : inner + space;
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string markdown_field(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string fixed(double value, int decimals) {
  if (decimals < 0 || !std::isfinite(value)) return shortest(value);
  char buffer[352];
  const int length = std::snprintf(buffer, sizeof buffer, "%.*f", decimals, value);
  return {buffer, static_cast<std::size_t>(length)};
}

}  // namespace

TableFormat parse_table_format(std::string_view name) {
  if (name == "table" || name == "text") return TableFormat::text;
  if (name == "csv") return TableFormat::csv;
  if (name == "json") return TableFormat::json;
  if (name == "markdown" || name == "md") return TableFormat::markdown;
  const std::vector<std::string> known{"table", "csv", "json", "markdown"};
  throw ConfigError("--format " + std::string(name) + ": the formats are " + join(known, ", ") + "." +
                    did_you_mean(name, known));
}

TerminalStyle stdout_style() {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  const bool wanted = !(no_colour && *no_colour) && !(terminal && std::string_view(terminal) == "dumb");
  winsize size{};  // stays zero where there is no terminal
  const bool terminal_there = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
  return {wanted && ::isatty(STDOUT_FILENO) == 1, terminal_there ? size.ws_col : std::size_t{0}};
}

Cell::Cell(std::string text) : shown_(printable(text)), exact_(std::move(text)), kind_(Kind::text) {}
Cell::Cell(std::string_view text) : Cell(std::string(text)) {}
Cell::Cell(const char* text) : Cell(std::string(text)) {}

Cell Cell::integer(std::int64_t value) {
  Cell cell(std::to_string(value));
  cell.kind_ = Kind::number;
  return cell;
}

Cell Cell::number(double value, int decimals) {
  Cell cell;
  const char* code = std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
  cell.exact_ = std::isfinite(value) ? shortest(value) : code;
  cell.shown_ = std::isfinite(value) ? fixed(value, decimals) : code;
  cell.kind_ = Kind::number;
  return cell;
}

Cell Cell::boolean(bool value) {
  Cell cell(value ? "yes" : "no");
  cell.exact_ = value ? "true" : "false";
  cell.kind_ = Kind::literal;
  return cell;
}

Cell Cell::as(std::string shown) && {
  shown_ = printable(shown);
  return std::move(*this);
}
Cell Cell::with(Emphasis emphasis) && {
  emphasis_ = emphasis;
  return std::move(*this);
}

std::string Cell::json() const {
  if (kind_ == Kind::none) return "null";
  const bool number = kind_ == Kind::number && exact_ != "nan" && exact_ != "inf" && exact_ != "-inf";
  return number || kind_ == Kind::literal ? exact_ : json_text(exact_);
}

Listing::Listing(std::vector<ListingColumn> columns) : columns_(std::move(columns)) {
  for (ListingColumn& column : columns_)
    if (column.title.empty()) column.title = column.name;
}

void Listing::add(std::vector<Cell> row) {
  if (row.size() != columns_.size())
    throw Error("a listing of " + std::to_string(columns_.size()) + " columns got a row of " +
                std::to_string(row.size()));
  rows_.push_back(std::move(row));
}

bool Listing::right_aligned(std::size_t column) const {
  bool any = false;
  for (const auto& row : rows_) {
    if (row[column].empty()) continue;
    if (!row[column].numeric()) return false;
    any = true;
  }
  return any;
}

std::size_t Listing::width_of(std::size_t column) const {
  std::size_t width = display_width(columns_[column].title);
  for (const auto& row : rows_) width = std::max(width, display_width(row[column].shown()));
  return width;
}

std::size_t Listing::text_width(std::size_t last) const {
  std::size_t width = 0;
  for (std::size_t c = 0; c < columns_.size(); ++c)
    width += (c ? 2 : 0) + (c + 1 == columns_.size() ? std::min(last, width_of(c)) : width_of(c));
  return width;
}

Listing Listing::without(std::string_view name) const {
  Listing out = *this;
  const auto column = std::ranges::find(columns_, name, &ListingColumn::name) - columns_.begin();
  if (column == static_cast<std::ptrdiff_t>(columns_.size())) return out;
  out.columns_.erase(out.columns_.begin() + column);
  for (auto& row : out.rows_) row.erase(row.begin() + column);
  return out;
}

void Listing::print(std::ostream& out, TableFormat format, TerminalStyle style) const {
  switch (format) {
    case TableFormat::text:
      return print_text(out, style);
    case TableFormat::csv:
      return print_csv(out);
    case TableFormat::json:
      return print_json(out);
    case TableFormat::markdown:
      return print_markdown(out);
  }
}

void Listing::print_text(std::ostream& out, TerminalStyle style) const {
  const std::size_t n = columns_.size();
  std::vector<std::size_t> width(n);
  std::vector<bool> right(n);
  for (std::size_t c = 0; c < n; ++c) {
    width[c] = width_of(c);
    right[c] = right_aligned(c);
  }
  const auto line = [&](auto&& text, auto&& emphasis) {
    std::string whole;
    std::size_t column = 0;
    for (std::size_t c = 0; c < n; ++c) {
      const bool last = c + 1 == n && !right[c];
      if (c > 0) whole += "  ", column += 2;
      const bool wraps = last && style.width >= column + kNarrowest;
      whole += padded(wraps ? wrapped(text(c), style.width, column) : text(c), last ? 0 : width[c], right[c],
                      emphasis(c), style);
      column += width[c];
    }
    whole.erase(whole.find_last_not_of(' ') + 1);  // of empty cells at the end
    out << whole << '\n';
  };
  line([&](std::size_t c) { return columns_[c].title; }, [](std::size_t) { return Emphasis::strong; });
  for (const auto& row : rows_)
    line([&](std::size_t c) { return row[c].shown(); }, [&](std::size_t c) { return row[c].emphasis(); });
}

void Listing::print_csv(std::ostream& out) const {
  for (std::size_t c = 0; c < columns_.size(); ++c) out << (c ? "," : "") << csv_field(columns_[c].name);
  out << '\n';
  for (const auto& row : rows_) {
    for (std::size_t c = 0; c < row.size(); ++c) out << (c ? "," : "") << csv_field(row[c].exact());
    out << '\n';
  }
}

void Listing::print_markdown(std::ostream& out) const {
  for (const ListingColumn& column : columns_) out << "| " << markdown_field(column.title) << ' ';
  out << "|\n";
  for (std::size_t c = 0; c < columns_.size(); ++c) out << (right_aligned(c) ? "| --: " : "| --- ");
  out << "|\n";
  for (const auto& row : rows_) {
    for (const Cell& cell : row) out << "| " << markdown_field(cell.shown()) << ' ';
    out << "|\n";
  }
}

void Listing::print_json(std::ostream& out) const {
  out << '[';
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    out << (r ? ",\n " : "\n ") << '{';
    for (std::size_t c = 0; c < columns_.size(); ++c)
      out << (c ? ", " : "") << json_text(columns_[c].name) << ": " << rows_[r][c].json();
    out << '}';
  }
  out << (rows_.empty() ? "]\n" : "\n]\n");
}

}  // namespace assay
