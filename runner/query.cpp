// `runner query`: SQL over the results database, which it cannot change.

#include <boost/program_options.hpp>
#include <iostream>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "base/text.hpp"
#include "runner/command.hpp"
#include "runner/database_options.hpp"
#include "runner/verbs.hpp"

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

Listing answer(Database& database, const std::string& sql, TableFormat format) {
  Statement& rows = database.prepare(sql);
  if (!rows.read_only())
    throw DatabaseError("runner query only reads. To change the database, use its verbs (tag, note, rm) or sqlite3.");
  if (rows.parameters() > 0)
    throw DatabaseError("the statement has parameters (?1, :name), which runner query cannot fill. Write the values.");
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

}  // namespace

int run_query(std::span<const std::string> arguments) {
  namespace po = boost::program_options;
  CommonOptions options;
  std::string format = "table", file;
  std::vector<std::string> rest;
  po::options_description description("Options");
  add_common(description, options);
  description.add_options()("format,f", po::value(&format), "table, csv, json or markdown.")(
      "file", po::value(&file), "Read the SQL from this file, as results/queries/*.sql.");
  if (parse("query", description, arguments, rest)) return kDone;
  if (rest.size() + (file.empty() ? 0 : 1) != 1)
    throw ConfigError(
        "runner query takes one statement in quotes, or --file FILE. "
        "For example: runner query \"SELECT * FROM v_leaderboard\"");
  const TableFormat shape = chosen_format(format, options.json);
  ReadResults database(options.db);
  answer(database, file.empty() ? rest[0] : read_file(file), shape).print(std::cout, shape, stdout_style());
  return kDone;
}

}  // namespace assay
