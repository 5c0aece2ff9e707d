// Computes again, from what is stored, every hash that the database holds.

#include "results/integrity.hpp"

#include <limits>

#include "base/hash.hpp"
#include "eval/evaluator.hpp"
#include "results/codec.hpp"
#include "trial/evaluation_file.hpp"

namespace assay {
namespace {

constexpr const char* kAtMost = "20";  // findings of SQLite's checks: more say nothing new

class Check {
 public:
  explicit Check(Database& database) : database_(database) {}

  IntegrityReport run() {
    try {
      structure();
      if (!report_.problems.empty()) return report_;  // rows of a damaged file would only confuse
      units();
      results();
      lists();
    } catch (const DatabaseError& e) {  // SQLite itself cannot read on
      report_.problems.emplace_back(e.what());
    }
    return report_;
  }

 private:
  void structure() {
    Statement& pages = database_.prepare(std::string("PRAGMA integrity_check(") + kAtMost + ")");
    while (pages.step())
      if (pages.text(0) != "ok") report_.problems.push_back("SQLite's integrity check: " + pages.text(0));
    pages.reset();
    Statement& keys = database_.prepare(
        std::string("SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT ") + kAtMost);
    while (keys.step())
      report_.problems.push_back("table " + keys.text(0) + ", row " + keys.text(1) + ": the row of " + keys.text(2) +
                                 " that it refers to is missing");
    keys.reset();
  }

  /// What `unpack` makes of a blob; a problem and nothing where it holds something else.
  template <class Unpack>
  auto unpacked(const std::string& where, Unpack&& unpack) -> decltype(unpack()) {
    ++report_.blobs;
    try {
      return unpack();
    } catch (const DatabaseError& e) {
      report_.problems.push_back(where + ": " + e.what());
      return {};
    }
  }

  void units() {
    Statement& rows = database_.prepare(
        "SELECT g.id, g.sha256, k.key, g.fold, g.count, g.units FROM eval_units g JOIN tasks k ON k.id = g.task_id");
    while (rows.step()) {
      const std::string where = "eval_units " + rows.text(0);
      const auto users = unpacked(where, [&] { return unpack_integers(rows.blob(5), rows.integer(4)); });
      if (users.size() != static_cast<std::size_t>(rows.integer(4))) continue;
      Sha256 hash;
      hash.add(rows.text(2) + " " + rows.text(3) + " ");
      hash.add_values(std::span<const Index>(users));
      if (hash.hex() != rows.text(1)) report_.problems.push_back(where + ": the units are not those of its sha256");
    }
    rows.reset();
  }

  void results() {
    Statement& runs = database_.prepare(
        "SELECT r.id, r.uid, r.result_sha256, g.count, g.units FROM runs r LEFT JOIN eval_units g ON g.id = "
        "r.eval_units_id WHERE r.status = 'done' ORDER BY r.id");
    while (runs.step()) {
      const std::string where = "run " + runs.text(1);
      if (runs.null(3)) {
        report_.problems.push_back(where + " is done, but the units that it was judged by are not stored");
        continue;
      }
      Evaluation stored;
      stored.users = unpacked(where, [&] { return unpack_integers(runs.blob(4), runs.integer(3)); });
      const bool readable = read_values(runs.integer(0), where, stored);
      ++report_.runs;
      if (readable && result_sha256(stored) != runs.text(2))
        report_.problems.push_back(where + ": the stored results are not those of its result_sha256");
    }
    runs.reset();
  }

  bool read_values(std::int64_t run, const std::string& where, Evaluation& out) {
    const std::size_t problems = report_.problems.size();
    Statement& rows = database_.prepare(
        "SELECT m.name, m.cutoff, s.value, s.code, u.count, u.data FROM results s JOIN metrics m ON m.id = s.metric_id "
        "LEFT JOIN unit_metrics u ON u.run_id = s.run_id AND u.metric_id = s.metric_id WHERE s.run_id = ?1");
    rows.bind(run);
    while (rows.step()) {
      MetricValue value{rows.text(0), static_cast<int>(rows.integer(1)), rows.real(2), {}};
      constexpr double infinity = std::numeric_limits<double>::infinity();
      if (rows.null(2))
        value.value = rows.text(3) == "nan"   ? std::numeric_limits<double>::quiet_NaN()
                      : rows.text(3) == "inf" ? infinity
                                              : -infinity;
      if (!rows.null(4))
        value.per_user =
            unpacked(where + ", " + value.metric, [&] { return unpack_floats(rows.blob(5), rows.integer(4)); });
      out.values.push_back(std::move(value));
    }
    rows.reset();
    return report_.problems.size() == problems;
  }

  void lists() {
    Statement& rows = database_.prepare(
        "SELECT r.uid, l.units * l.places, l.items, l.scores FROM top_lists l JOIN runs r ON r.id = l.run_id");
    while (rows.step()) {
      const std::string where = "run " + rows.text(0) + ", top_lists";
      static_cast<void>(unpacked(where, [&] { return unpack_integers(rows.blob(2), rows.integer(1)); }));
      static_cast<void>(unpacked(where, [&] { return unpack_floats(rows.blob(3), rows.integer(1)); }));
    }
    rows.reset();
  }

  Database& database_;
  IntegrityReport report_;
};

}  // namespace

IntegrityReport check_integrity(Database& database) { return Check(database).run(); }

}  // namespace assay
