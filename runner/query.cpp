// `runner query`: SQL over the results database, which it cannot change.

#include <boost/program_options.hpp>
#include <iostream>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "runner/command.hpp"
#include "runner/database_options.hpp"
#include "runner/verbs.hpp"

namespace assay {
namespace {

constexpr std::uintmax_t kLongestStatement = 4 << 20;  // bytes

Listing answer(Database& database, const std::string& sql, TableFormat format) {
  Statement& rows = database.prepare(sql);
  if (!rows.read_only())
    throw StatementError(
        "runner query only reads, and no verb changes or removes results. sqlite3 can do that to a copy of the file.");
  if (rows.parameters() > 0)
    throw StatementError("the statement has parameters (?1, :name), which runner query cannot fill. Write the values.");
  return read_listing(rows, format);
}

std::string statement_in(const std::string& file) {
  try {
    return read_file(file, kLongestStatement);
  } catch (const DataError& e) {
    throw ConfigError(std::string("--file ") + e.what());
  }
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
  const std::string sql = file.empty() ? rest[0] : statement_in(file);
  ReadResults database(options.db);
  try {
    answer(database, sql, shape).print(std::cout, shape, stdout_style());
  } catch (const StatementError& e) {
    throw ConfigError(e.what());  // the user wrote it
  }
  return kDone;
}

}  // namespace assay
