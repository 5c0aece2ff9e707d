#pragma once  // Brings a database file to this program's schema, or says why it cannot be used.

#include <cstdint>
#include <span>
#include <string_view>

#include "results/database.hpp"

namespace assay {

extern const std::string_view kSchemaSql;  ///< results/schema.sql: the tables of version kSchemaVersion
extern const std::string_view kViewsSql;   ///< results/views.sql

inline constexpr std::int64_t kSchemaVersion = 1;
inline constexpr std::int64_t kApplicationId = 0x41535359;  ///< "ASSY"

/// One step from version - 1 to `version`.
struct Migration {
  std::int64_t version;
  std::string_view name, sql;
};
/// What a database is made from: a new file gets `schema`, an older one the steps above its version; views are made
/// anew each time.
struct Schema {
  std::int64_t version = kSchemaVersion;
  std::string_view tables = kSchemaSql, views = kViewsSql;
  std::span<const Migration> steps;
};

/// Makes or upgrades the tables in one transaction, sets WAL, synchronous = NORMAL and foreign keys. Safe when several
/// processes do it at once. Throws DatabaseError, and changes nothing, for files of other programs and newer schemas.
void prepare_for_writing(Database& database, const Schema& schema = {});

/// Folds the write-ahead log into the file and leaves WAL mode, so that the database is one file and readers make no
/// others beside it. Where others have it open, it stays as it is; the last of them does it.
void leave_one_file(Database& database);

/// Throws DatabaseError where `database` is not one of ours or has a schema that this program cannot read.
void require_readable(Database& database);

}  // namespace assay
