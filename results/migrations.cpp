// Schema versions: PRAGMA application_id tells whose file it is, PRAGMA user_version how far it has come.

#include "results/migrations.hpp"

#include <chrono>
#include <thread>
#include <vector>

#include "base/text.hpp"

namespace assay {
namespace {

constexpr int kPageBytes = 8'192;  // lists of rankings are megabytes: fewer, larger pages take a third less time

/// The schema's version; 0 for an empty file. Throws for files that are not ours or are newer than `known`.
std::int64_t version_of(Database& database, std::int64_t known) {
  const std::int64_t tables = database.integer("SELECT count(*) FROM sqlite_schema");
  const std::int64_t application = database.integer("PRAGMA application_id");
  const std::int64_t version = database.integer("PRAGMA user_version");
  const std::string file = database.file().string();
  if (tables == 0 && application == 0 && version == 0) return 0;
  if (application != kApplicationId)
    throw DatabaseError(file + ": this SQLite database belongs to another program (application_id " +
                        std::to_string(application) + ", Assay's is " + std::to_string(kApplicationId) +
                        "). Choose another file with --db.");
  if (version > known)
    throw DatabaseError(file + ": a newer Assay wrote this database (schema " + std::to_string(version) +
                        ", this runner knows " + std::to_string(known) +
                        "). Use that version, or another file with --db.");
  return version;
}

void make_views(Database& database, std::string_view views) {
  std::vector<std::string> names;
  Statement& list = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'view'");
  while (list.step()) names.push_back(list.text(0));
  list.reset();
  for (const std::string& name : names) database.execute("DROP VIEW \"" + name + "\"");
  database.execute(std::string(views));
}

void note_step(Database& database, std::int64_t version, std::string_view name) {
  database.prepare("INSERT INTO migrations (version, name, applied_ms) VALUES (?1, ?2, ?3)")
      .run(version, name, now_ms());
}

void upgrade(Database& database, const Schema& schema) {
  Transaction transaction(database);
  const std::int64_t version = version_of(database, schema.version);  // again: others may have been faster
  if (version == schema.version) return;
  if (version == 0) {
    database.execute(std::string(schema.tables));
    note_step(database, schema.version, "first made");
  }
  for (const Migration& step : schema.steps) {
    if (version == 0 || step.version <= version) continue;
    database.execute(std::string(step.sql));
    database.execute("PRAGMA user_version = " + std::to_string(step.version));
    note_step(database, step.version, step.name);
  }
  make_views(database, schema.views);
  transaction.commit();
}

/// Two processes that switch at once may both be refused without having waited: SQLite sees a deadlock coming.
void use_write_ahead_log(Database& database) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (true) {
    try {
      Statement& mode = database.prepare("PRAGMA journal_mode = WAL");
      const bool done = mode.step() && mode.text(0) == "wal";
      mode.reset();
      if (done) return;
      throw DatabaseError(database.file().string() +
                          ": SQLite cannot use a write-ahead log here. Give a file on another file system with --db.");
    } catch (const DatabaseBusy&) {
      if (std::chrono::steady_clock::now() > end) throw;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
}

}  // namespace

void prepare_for_writing(Database& database, const Schema& schema) {
  const std::int64_t version = version_of(database, schema.version);
  if (version == 0) database.execute("PRAGMA page_size = " + std::to_string(kPageBytes));
  use_write_ahead_log(database);
  database.execute("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON");
  if (version < schema.version) upgrade(database, schema);
}

void leave_one_file(Database& database) {
  try {
    database.execute("PRAGMA busy_timeout = 1000; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE");
  } catch (const DatabaseBusy&) {
  }
}

void require_readable(Database& database) {
  const std::int64_t version = version_of(database, kSchemaVersion);
  if (version == 0)
    throw DatabaseError(database.file().string() + ": the database is empty. `runner EXPERIMENT.json` fills it.");
  if (version < kSchemaVersion)
    throw DatabaseError(database.file().string() + ": an older Assay wrote this database (schema " +
                        std::to_string(version) + "). Any run that writes to it brings it up to date.");
}

}  // namespace assay
