// SQLite connections and statements.

#include "results/database.hpp"

#include <array>
#include <fstream>
#include <sqlite3.h>
#include <sys/vfs.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/files.hpp"

namespace assay {
namespace {

constexpr int kBusyMilliseconds = 30'000;

/// Makes the database's folder and checks that it may hold one.
void make_local_folder(const std::filesystem::path& file) {
  const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    throw DatabaseError(file.string() + ": its folder " + folder.string() + " cannot be made: " + error.message() +
                        ". Give another place with --db.");
  struct statfs facts {};
  if (::statfs(folder.c_str(), &facts) != 0) return;
  if (const auto name = network_file_system(static_cast<std::int64_t>(facts.f_type)))
    throw DatabaseError(folder.string() + " lies on " + std::string(*name) +
                        ", a network file system, where SQLite databases break. Give a local file with --db.");
}

void require_file(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::none)
    throw DatabaseError(file.string() + ": cannot be looked at: " + error.message() +
                        ". Check the path and its permissions, or give another with --db.");
  if (!std::filesystem::exists(status))
    throw DatabaseError(file.string() + ": there is no such database yet. `runner EXPERIMENT.json` makes one; " +
                        "--db FILE reads another.");
}

/// SQLite would wait for the writer of a pipe, and would call a folder a full disk.
void refuse_what_is_no_file(const std::filesystem::path& file) {
  std::error_code none;
  const auto status = std::filesystem::status(file, none);
  if (std::filesystem::is_directory(status))
    throw DatabaseError(file.string() + " is a folder; --db takes the database's file.");
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    throw DatabaseError(file.string() + " is not a regular file; --db takes the database's file.");
  constexpr std::string_view magic("SQLite format 3\0", 16);
  std::array<char, magic.size()> head{};
  std::ifstream in(file, std::ios::binary);
  in.read(head.data(), head.size());
  const std::string_view begin(head.data(), static_cast<std::size_t>(in.gcount()));
  if (!begin.empty() && begin != magic)  // of a few bytes SQLite would make a database
    throw DatabaseError(file.string() + ": this is not a SQLite database. Choose another file with --db.");
}

/// A program that was killed in a transaction may have left a journal that has to be rolled back, for which a reader
/// lacks the right. Journals of living programs are locked, and stay.
void roll_back_what_was_left(const std::filesystem::path& file) {
  if (is_missing(file.string() + "-journal") || ::access(file.c_str(), W_OK) != 0) return;
  sqlite3* connection = nullptr;
  if (sqlite3_open_v2(file.c_str(), &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) == SQLITE_OK) {
    sqlite3_busy_timeout(connection, kBusyMilliseconds);
    sqlite3_exec(connection, "SELECT count(*) FROM sqlite_schema", nullptr, nullptr, nullptr);
  }
  sqlite3_close(connection);  // what went wrong shows again when the database is read
}

/// "file:…?mode=ro", with the characters that mean something in a URI escaped. Where neither a log nor the right to
/// make one exists (a read-only medium), SQLite is told that the file cannot change.
std::string read_only_uri(const std::filesystem::path& file) {
  const std::filesystem::path whole = std::filesystem::absolute(file);
  std::string out = "file:";
  for (const char c : whole.string()) out += c == '?' ? "%3f" : c == '#' ? "%23" : c == '%' ? "%25" : std::string(1, c);
  const bool frozen = ::access(whole.parent_path().c_str(), W_OK) != 0 && is_missing(whole.string() + "-wal");
  return out + (frozen ? "?mode=ro&immutable=1" : "?mode=ro");
}

}  // namespace

std::optional<std::string_view> network_file_system(std::int64_t magic) noexcept {
  switch (magic & 0xFFFFFFFF) {  // linux/magic.h; f_type is signed on some machines
    case 0x6969:
      return "NFS";
    case 0x517B:
      return "SMB";
    case 0xFF534D42:
      return "CIFS";
    case 0xFE534D42:
      return "SMB2";
    case 0x5346414F:
    case 0x6B414653:
      return "AFS";
    case 0x73757245:
      return "Coda";
    case 0x564C:
      return "NCP";
    case 0x00C36400:
      return "Ceph";
    case 0x0BD00BD0:
      return "Lustre";
    case 0x47504653:
      return "GPFS";
    default:
      return std::nullopt;
  }
}

Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::check(int code) const {
  if (code != SQLITE_OK) database_->fail(code, sqlite3_sql(statement_));
}
void Statement::bind_null(int place) { check(sqlite3_bind_null(statement_, place)); }
void Statement::bind_integer(int place, std::int64_t value) { check(sqlite3_bind_int64(statement_, place, value)); }
void Statement::bind_real(int place, double value) { check(sqlite3_bind_double(statement_, place, value)); }
void Statement::bind_text(int place, std::string_view value) {
  const char* data = value.data() ? value.data() : "";
  check(sqlite3_bind_text64(statement_, place, data, value.size(), copies_ ? SQLITE_TRANSIENT : SQLITE_STATIC,
                            SQLITE_UTF8));
}
void Statement::bind_blob(int place, std::span<const std::byte> value) {
  if (value.empty()) return check(sqlite3_bind_zeroblob(statement_, place, 0));
  check(sqlite3_bind_blob64(statement_, place, value.data(), value.size(), copies_ ? SQLITE_TRANSIENT : SQLITE_STATIC));
}

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) {
    const std::string sql = sqlite3_sql(statement_);
    database_->fail(code, sql);
  }
  return false;
}

void Statement::reset() noexcept {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

int Statement::columns() const noexcept { return sqlite3_column_count(statement_); }
std::string Statement::name(int column) const { return sqlite3_column_name(statement_, column); }

Statement::Type Statement::type(int column) const noexcept {
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_INTEGER:
      return Type::integer;
    case SQLITE_FLOAT:
      return Type::real;
    case SQLITE_TEXT:
      return Type::text;
    case SQLITE_BLOB:
      return Type::blob;
    default:
      return Type::null;
  }
}

std::int64_t Statement::integer(int column) const noexcept { return sqlite3_column_int64(statement_, column); }
double Statement::real(int column) const noexcept { return sqlite3_column_double(statement_, column); }
std::string Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return text ? std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))) : std::string();
}
std::span<const std::byte> Statement::blob(int column) const noexcept {
  const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(statement_, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
std::optional<double> Statement::maybe_real(int column) const noexcept {
  return null(column) ? std::nullopt : std::optional(real(column));
}
std::optional<std::int64_t> Statement::maybe_integer(int column) const noexcept {
  return null(column) ? std::nullopt : std::optional(integer(column));
}
bool Statement::read_only() const noexcept { return sqlite3_stmt_readonly(statement_) != 0; }
int Statement::parameters() const noexcept { return sqlite3_bind_parameter_count(statement_); }

void Database::Close::operator()(sqlite3* connection) const noexcept { sqlite3_close(connection); }

Database::Database(std::filesystem::path file, Access access) : file_(std::move(file)) {
  const bool reading = access == Access::read;
  reading ? require_file(file_) : make_local_folder(file_);
  refuse_what_is_no_file(file_);
  if (reading) roll_back_what_was_left(file_);
  const std::string name = reading ? read_only_uri(file_) : std::filesystem::absolute(file_).string();
  const int flags = reading ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &connection, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  connection_.reset(connection);
  if (code != SQLITE_OK) fail(code, "open");
  sqlite3_extended_result_codes(connection, 1);
  sqlite3_busy_timeout(connection, kBusyMilliseconds);
  if (reading) execute("PRAGMA query_only = ON");
}

Database::~Database() = default;

void Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code, sql.substr(0, 200));
}

Statement& Database::prepare(std::string_view sql) {
  const auto known = statements_.find(sql);
  if (known != statements_.end()) {
    known->second->reset();
    return *known->second;
  }
  const auto compile = [&](std::string_view text, std::string_view& rest) {
    sqlite3_stmt* statement = nullptr;
    const char* tail = nullptr;
    const int code = sqlite3_prepare_v3(connection_.get(), text.data(), static_cast<int>(text.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, &tail);
    if (code != SQLITE_OK) fail(code, sql);
    rest = text.substr(static_cast<std::size_t>(tail - text.data()));
    return std::make_unique<Statement>(statement, *this);
  };
  std::string_view rest;
  auto statement = compile(sql, rest);
  if (!*statement) throw StatementError("there is no statement in \"" + std::string(sql) + "\"");
  if (!rest.empty() && *compile(rest, rest))  // comments may follow
    throw StatementError("only one statement at a time: leave out what follows the first semicolon");
  return *statements_.emplace(sql, std::move(statement)).first->second;
}

std::int64_t Database::last_id() const noexcept { return sqlite3_last_insert_rowid(connection_.get()); }
std::int64_t Database::changes() const noexcept { return sqlite3_changes64(connection_.get()); }

std::int64_t Database::integer(std::string_view sql) {
  Statement& statement = prepare(sql);
  const std::int64_t value = statement.step() ? statement.integer(0) : 0;
  statement.reset();
  return value;
}

void Database::fail(int code, std::string_view doing) const {
  const std::string where = file_.string() + ": ";
  const std::string detail = connection_ ? sqlite3_errmsg(connection_.get()) : sqlite3_errstr(code);
  switch (code & 0xFF) {
    case SQLITE_NOTADB:
      throw DatabaseError(where + "this is not a SQLite database. Choose another file with --db.");
    case SQLITE_CORRUPT:
      throw DatabaseDamaged(where + "the database is damaged (" + detail + "). Restore a copy, or save what is left: " +
                            "sqlite3 " + file_.string() + " .recover | sqlite3 saved.db");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw DatabaseBusy(where + "another process has kept the database locked for 30 s. End it, or try again later.");
    case SQLITE_FULL:
      throw DatabaseError(where + "the disk is full. Free some space and resume the experiment.");
    case SQLITE_READONLY:
      throw DatabaseError(where + "cannot be written (" + detail + "). Check its permissions, or use --db FILE.");
    case SQLITE_CANTOPEN:
      throw DatabaseError(where + "cannot be opened (" + detail + "). Check the path and its permissions.");
    case SQLITE_IOERR:
      throw DatabaseError(where + "reading or writing failed: " + detail + ". Check the disk.");
    case SQLITE_ERROR:
    case SQLITE_AUTH:
      throw StatementError(where + detail + " (while doing: " + std::string(doing) + ")");
    default:
      throw DatabaseError(where + detail + " (while doing: " + std::string(doing) + ")");
  }
}

Transaction::Transaction(Database& database) : database_(&database) { database.prepare("BEGIN IMMEDIATE").run(); }
Transaction::~Transaction() {
  if (!database_) return;
  try {
    database_->execute("ROLLBACK");
  } catch (const DatabaseError&) {  // SQLite rolled back by itself; the cause is already on its way
  }
}
void Transaction::commit() {
  database_->prepare("COMMIT").run();
  database_ = nullptr;
}

}  // namespace assay
