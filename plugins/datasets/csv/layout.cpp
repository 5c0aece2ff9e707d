// How header and columns are found.
#include "layout.hpp"

#include <algorithm>
#include <charconv>

#include "assay/errors.hpp"

#include "dialect.hpp"
#include "parse.hpp"

namespace assay::csv {
namespace {

std::optional<std::size_t> as_number(std::string_view name) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return number;
}

bool is_number(const std::vector<std::string>& record, std::size_t column) {
  double value = 0;
  return column < record.size() && reading::parse_number(record[column], value);
}

/// The first line is a header where a column is wanted by name, or where a column of numbers begins with none, or where
/// an id is no number on the first line but is one on the second.
bool looks_like_header(const std::vector<std::vector<std::string>>& records, const std::vector<Wanted>& wanted) {
  for (const Wanted& w : wanted) {
    if (w.name.empty()) continue;
    const auto column = as_number(w.name);
    if (!column) return true;
    if (*column >= records[0].size() || records[0][*column].empty() || is_number(records[0], *column)) continue;
    if (w.numeric || (records.size() > 1 && is_number(records[1], *column))) return true;
  }
  return false;
}

}  // namespace

Layout layout_of(const std::string& path, const Params& params, const std::vector<Wanted>& wanted) {
  Layout layout;
  layout.dialect = {reading::delimiter_named(params.delimiter), params.quotes, params.comment, params.skip_lines};
  if (params.delimiter == "auto") layout.dialect.delimiter = reading::detect_delimiter(path, layout.dialect);
  auto first = reading::sample(path, layout.dialect, 2);
  if (first.records.empty()) throw DataError(path, 0, "holds no line of data");
  layout.header = params.header == "yes" || (params.header == "auto" && looks_like_header(first.records, wanted));
  layout.first_line = first.lines[0];
  layout.names = std::move(first.records[0]);
  if (!layout.header)
    for (std::size_t i = 0; i < layout.names.size(); ++i) layout.names[i] = std::to_string(i);
  return layout;
}

std::size_t find_column(const Layout& layout, const std::string& path, const Wanted& wanted) {
  const auto named = std::find(layout.names.begin(), layout.names.end(), wanted.name);
  if (named != layout.names.end() && std::find(named + 1, layout.names.end(), wanted.name) != layout.names.end())
    throw DataError(path, layout.first_line,
                    "the header names two columns " + reading::shown(wanted.name) + "; give " +
                        std::string(wanted.parameter) + " the number of the one that is meant (from 0)");
  if (named != layout.names.end()) return static_cast<std::size_t>(named - layout.names.begin());
  if (const auto number = as_number(wanted.name); number && *number < layout.columns()) return *number;
  std::string have;
  for (const auto& name : layout.names) have += (have.empty() ? "" : ", ") + reading::shown(name);
  throw DataError(path, layout.first_line,
                  "there is no column " + reading::shown(wanted.name) + ", which the parameter " +
                      std::string(wanted.parameter) + " asks for; " +
                      (layout.header ? "the header names " + have
                                     : "there is no header, and columns are numbered 0 to " +
                                           std::to_string(layout.columns() - 1)));
}

std::optional<std::size_t> find_optional(const Layout& layout, const std::string& path, const Wanted& wanted) {
  if (wanted.name.empty()) return std::nullopt;
  return find_column(layout, path, wanted);
}

std::string wrong_count(const Layout& layout, std::size_t found) {
  return "expected " + std::to_string(layout.columns()) + " fields, as on line " + std::to_string(layout.first_line) +
         ", found " + std::to_string(found);
}

}  // namespace assay::csv
