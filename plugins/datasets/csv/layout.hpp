#pragma once  // The layout of one file: its dialect, its columns' names, and where the wanted ones are.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "params.hpp"
#include "records.hpp"

namespace assay::csv {

/// A column that a parameter asks for; `name` may be a number.
struct Wanted {
  std::string_view parameter, name;
  bool numeric = false;  ///< its fields are numbers: where the first line has none there, it is a header
};

struct Layout {
  reading::Dialect dialect;
  bool header = false;
  std::int64_t first_line = 1;
  std::vector<std::string> names;  ///< of the columns: from the header, else their numbers
  [[nodiscard]] std::size_t columns() const noexcept { return names.size(); }
};

/// Looks at the file's first lines. Throws DataError where the file is empty or its delimiter cannot be told.
[[nodiscard]] Layout layout_of(const std::string& path, const Params& params, const std::vector<Wanted>& wanted);

/// The number of the column; throws DataError naming the columns that there are.
[[nodiscard]] std::size_t find_column(const Layout& layout, const std::string& path, const Wanted& wanted);

/// As find_column; nothing where no column is wanted (an empty name).
[[nodiscard]] std::optional<std::size_t> find_optional(const Layout& layout, const std::string& path,
                                                       const Wanted& wanted);

/// "expected 4 fields, as on line 1, found 3"
[[nodiscard]] std::string wrong_count(const Layout& layout, std::size_t found);

}  // namespace assay::csv
