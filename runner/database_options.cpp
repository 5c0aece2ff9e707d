// What the verbs that read the results database share.

#include "runner/database_options.hpp"

#include <ctime>

#include "base/text.hpp"
#include "results/migrations.hpp"

namespace assay {
namespace {

std::string hex(std::span<const std::byte> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * bytes.size());
  for (const std::byte b : bytes) {
    out += digits[std::to_integer<unsigned>(b) >> 4];
    out += digits[std::to_integer<unsigned>(b) & 15];
  }
  return out;
}

/// NULL is a word in tables and nothing in CSV; blobs are their size in tables and hexadecimal for programs.
Cell cell_of(const Statement& row, int column, TableFormat format) {
  const bool for_people = format == TableFormat::text || format == TableFormat::markdown;
  switch (row.type(column)) {
    case Statement::Type::null:
      return for_people ? Cell().as("NULL").with(Emphasis::faint) : Cell();
    case Statement::Type::integer:
      return Cell::integer(row.integer(column));
    case Statement::Type::real:
      return Cell::number(row.real(column));
    case Statement::Type::text:
      return row.text(column);
    case Statement::Type::blob:
      if (for_people)
        return Cell("<" + human_bytes(static_cast<std::int64_t>(row.blob(column).size())) + ">").with(Emphasis::faint);
      return hex(row.blob(column));
  }
  return {};
}

}  // namespace

ReadResults::ReadResults(const std::filesystem::path& db) : Database(db, Access::read) { require_readable(*this); }

TableFormat chosen_format(const std::string& format, bool json) {
  return json ? TableFormat::json : parse_table_format(format);
}

Listing read_listing(Statement& rows, TableFormat format) {
  std::vector<ListingColumn> columns;
  for (int c = 0; c < rows.columns(); ++c) columns.push_back({rows.name(c), ""});
  Listing listing(columns);
  while (rows.step()) {
    std::vector<Cell> cells;
    for (int c = 0; c < rows.columns(); ++c) cells.push_back(cell_of(rows, c, format));
    listing.add(std::move(cells));
  }
  return listing;
}

std::string local_time(std::int64_t ms) {
  const std::time_t seconds = ms / 1000;
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  char buffer[32];
  return {buffer, std::strftime(buffer, sizeof buffer, "%Y-%m-%d %H:%M:%S", &parts)};
}

}  // namespace assay
