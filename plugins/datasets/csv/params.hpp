#pragma once  // The parameters of the csv reader.

#include <string>
#include <tuple>
#include <vector>

#include "assay/params.hpp"

namespace assay::csv {

struct Params {
  Path path, validation_path, test_path;
  std::string delimiter = "auto";
  std::string header = "auto";
  bool quotes = true;
  std::string comment;
  std::int64_t skip_lines = 0;
  std::string user = "0", item = "1", value, time, behaviour;
  std::string ids = "auto", time_format = "auto";
  bool skip_missing = false;
  Path users_path, items_path;
  std::string users_key = "0", items_key = "0";
  std::vector<std::string> users_columns, items_columns;
  std::string tag_separator = "|";

  static constexpr auto fields() {
    return std::tuple{
        field(&Params::path, "path", "The file of interactions; the train part where test_path is given.").required(),
        field(&Params::validation_path, "validation_path", "A file of the same layout: the validation part."),
        field(&Params::test_path, "test_path", "A file of the same layout: the test part."),
        field(&Params::delimiter, "delimiter",
              "What separates fields: auto, tab, space, or the characters themselves."),
        field(&Params::header, "header", "Whether the first line names the columns.").one_of("auto", "yes", "no"),
        field(&Params::quotes, "quotes", "Fields may be written in double quotes (RFC 4180)."),
        field(&Params::comment, "comment", "Lines that begin with this are skipped; empty: none."),
        field(&Params::skip_lines, "skip_lines", "Lines to pass over at the start of every file.").in(0, 1e9),
        field(&Params::user, "user", "Column of the user's id, by name or by number from 0."),
        field(&Params::item, "item", "Column of the item's id, by name or by number from 0."),
        field(&Params::value, "value", "Column of the rating or count, by name or number; empty: all are 1."),
        field(&Params::time, "time", "Column of the time, by name or number; empty: none."),
        field(&Params::behaviour, "behaviour", "Column of the kind of action, by name or number; empty: one kind."),
        field(&Params::ids, "ids", "What ids are: numbers where all are (auto), or always one of the two.")
            .one_of("auto", "number", "text"),
        field(&Params::time_format, "time_format",
              "How times are written: auto, seconds, milliseconds, iso, or a pattern such as %d/%m/%Y %H:%M (UTC)."),
        field(&Params::skip_missing, "skip_missing", "Pass over rows whose user or item is empty."),
        field(&Params::users_path, "users_path", "A file of user attributes."),
        field(&Params::items_path, "items_path", "A file of item attributes."),
        field(&Params::users_key, "users_key", "Column of the user's id in users_path, by name or number."),
        field(&Params::items_key, "items_key", "Column of the item's id in items_path, by name or number."),
        field(&Params::users_columns, "users_columns",
              "Attributes to take, as COLUMN:KIND with kind text, number or tags (default text); empty: all."),
        field(&Params::items_columns, "items_columns",
              "Attributes to take, as COLUMN:KIND with kind text, number or tags (default text); empty: all."),
        field(&Params::tag_separator, "tag_separator", "What separates the words of a tags column.")};
  }
};

}  // namespace assay::csv
