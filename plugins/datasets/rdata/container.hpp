#pragma once  // Where an R object lies: a lazy-load database, an .rda workspace or an .rds file.

#include <string>

#include "serialization.hpp"

namespace assay::rdata {

struct Object {
  std::string bytes;  ///< what the value's texts look at
  std::string name;   ///< "" where the file has none
  Value value;
};

/// Finds the object of that name. `path` is Rdata.rdx (with the database `rdb_path`, or the .rdb beside it where that
/// is empty), an .rda or an .rds file, told apart by content. An empty name means the only object that there is. Throws
/// DataError that lists the objects where the name is not among them.
[[nodiscard]] Object load_object(const std::string& path, const std::string& rdb_path, const std::string& name);

}  // namespace assay::rdata
