#pragma once  // A small face of SQLite: open, prepare, bind, step. Every failure is a DatabaseError for the user.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "assay/errors.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace assay {

/// The results database cannot be opened, read or written.
class DatabaseError : public Error {
 public:
  using Error::Error;
};

/// Its pages contradict each other: a part of it may be saved.
class DatabaseDamaged : public DatabaseError {
 public:
  using DatabaseError::DatabaseError;
};

/// Others have kept it locked for too long.
class DatabaseBusy : public DatabaseError {
 public:
  using DatabaseError::DatabaseError;
};

/// The SQL is wrong, or may not be done here.
class StatementError : public DatabaseError {
 public:
  using DatabaseError::DatabaseError;
};

class Database;

/// A prepared statement, owned by its Database. Reset by prepare() and run().
class Statement {
 public:
  Statement(sqlite3_stmt* statement, const Database& database) : statement_(statement), database_(&database) {}
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  /// Binds the values to ?1, ?2, …: integers, doubles (NaN becomes NULL), texts, bytes, optionals, nullptr (NULL).
  template <class... Values>
  Statement& bind(const Values&... values) {
    reset();
    int place = 0;
    (bind_at(++place, values), ...);
    return *this;
  }
  /// Binds and executes to the end; for statements without rows.
  template <class... Values>
  void run(const Values&... values) {
    copies_ = false;  // the values outlive the execution
    bind(values...);
    copies_ = true;
    while (step()) {
    }
    reset();
  }
  explicit operator bool() const noexcept { return statement_ != nullptr; }  ///< false: the text held no statement
  [[nodiscard]] bool step();                                                 ///< true: there is a row
  void reset() noexcept;

  [[nodiscard]] int columns() const noexcept;
  [[nodiscard]] std::string name(int column) const;
  enum class Type : std::uint8_t { null, integer, real, text, blob };
  [[nodiscard]] Type type(int column) const noexcept;
  [[nodiscard]] bool null(int column) const noexcept { return type(column) == Type::null; }
  [[nodiscard]] std::int64_t integer(int column) const noexcept;
  [[nodiscard]] double real(int column) const noexcept;  ///< NULL reads as 0
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::span<const std::byte> blob(int column) const noexcept;  ///< until the next step
  [[nodiscard]] std::optional<double> maybe_real(int column) const noexcept;
  [[nodiscard]] std::optional<std::int64_t> maybe_integer(int column) const noexcept;
  [[nodiscard]] bool read_only() const noexcept;  ///< the statement changes nothing
  [[nodiscard]] int parameters() const noexcept;

 private:
  void bind_null(int place);
  void bind_integer(int place, std::int64_t value);
  void bind_real(int place, double value);
  void bind_text(int place, std::string_view value);
  void bind_blob(int place, std::span<const std::byte> value);
  void check(int code) const;
  template <class T>
  void bind_at(int place, const T& value) {
    if constexpr (std::is_same_v<T, std::nullptr_t>)
      bind_null(place);
    else if constexpr (std::is_integral_v<T>)
      bind_integer(place, static_cast<std::int64_t>(value));
    else if constexpr (std::is_floating_point_v<T>)
      bind_real(place, static_cast<double>(value));
    else if constexpr (std::is_convertible_v<const T&, std::string_view>)
      bind_text(place, value);
    else if constexpr (std::is_convertible_v<const T&, std::span<const std::byte>>)
      bind_blob(place, value);
    else if (value)  // an optional
      bind_at(place, *value);
    else
      bind_null(place);
  }

  sqlite3_stmt* statement_;
  const Database* database_;
  bool copies_ = true;  ///< SQLite copies texts and blobs when they are bound
};

/// One connection; used from one thread at a time.
class Database {
 public:
  enum class Access : std::uint8_t {
    read,  ///< mode=ro and query_only: nothing can be changed; a missing file is an error
    write  ///< creates file and folders where missing, busy timeout 30 s; refuses network file systems
  };
  /// Checks nothing of the content: see results/migrations.hpp.
  Database(std::filesystem::path file, Access access);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  void execute(const std::string& sql);  ///< one or more statements without rows
  /// The statement of this text, reset; prepared the first time it is asked for. More than one statement is an error.
  [[nodiscard]] Statement& prepare(std::string_view sql);
  [[nodiscard]] std::int64_t last_id() const noexcept;       ///< rowid of the last insertion
  [[nodiscard]] std::int64_t changes() const noexcept;       ///< rows changed by the last statement
  [[nodiscard]] std::int64_t integer(std::string_view sql);  ///< first column of the first row
  [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }
  /// Throws what a SQLite code means for the user; `doing` says what was tried.
  [[noreturn]] void fail(int code, std::string_view doing) const;

 private:
  struct Close {
    void operator()(sqlite3* connection) const noexcept;
  };
  std::filesystem::path file_;
  std::unique_ptr<sqlite3, Close> connection_;
  std::map<std::string, std::unique_ptr<Statement>, std::less<>> statements_;
};

/// BEGIN IMMEDIATE … COMMIT; rolls back unless commit() was reached. Plain BEGIN would lose transactions: a reader that
/// becomes a writer cannot wait.
class Transaction {
 public:
  explicit Transaction(Database& database);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();

 private:
  Database* database_;
};

/// The name of a file system on which SQLite's locks and shared memory cannot be trusted, by statfs's f_type.
[[nodiscard]] std::optional<std::string_view> network_file_system(std::int64_t magic) noexcept;

}  // namespace assay
