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
    throw DatabaseError(
        "runner query only reads, and no verb changes or removes results. sqlite3 can do that to a copy of the file.");
  if (rows.parameters() > 0)
    throw DatabaseError("the statement has parameters (?1, :name), which runner query cannot fill. Write the values.");
  return read_listing(rows, format);
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
  answer(database, file.empty() ? rest[0] : read_file(file, kLongestStatement), shape)
      .print(std::cout, shape, stdout_style());
  return kDone;
}

}  // namespace assay
