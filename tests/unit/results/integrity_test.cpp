// A sound database is called sound, and every kind of change to what is stored is found.

#include "results/integrity.hpp"

#include <cmath>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/recorder.hpp"
#include "story.hpp"
#include "trial/evaluation_file.hpp"

namespace assay {
namespace {

using story::Folder;
using story::sqlite3;
using story::Teller;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// A recorded story whose hashes are those of its results; one of its metrics could not be measured.
std::filesystem::path sound_database(const Folder& folder) {
  const auto db = folder / "assay.db";
  Recorder recorder(db);
  Teller teller(recorder);
  teller.change = [](RunEnded& e) {
    e.test.values.back().value = std::numeric_limits<double>::quiet_NaN();
    e.result_sha256 = result_sha256(e.test);
  };
  teller.whole();
  recorder.close();
  return db;
}

IntegrityReport check(const std::filesystem::path& db) {
  Database database(db, Database::Access::read);
  return check_integrity(database);
}

TEST(Integrity, OfWhatTheRecorderWroteIsSound) {
  const Folder folder;
  const IntegrityReport report = check(sound_database(folder));
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_EQ(report.runs, 7);
  EXPECT_GT(report.blobs, 7 * 5);
}

struct Tampering {
  const char *name, *sql, *found;
};
void PrintTo(const Tampering& t, std::ostream* out) { *out << t.name; }
class Tampered : public ::testing::TestWithParam<Tampering> {};

TEST_P(Tampered, IsFound) {
  const Folder folder;
  const auto db = sound_database(folder);
  ASSERT_EQ(sqlite3(db, GetParam().sql), "");
  EXPECT_THAT(check(db).problems, ElementsAre(HasSubstr(GetParam().found)));
}

INSTANTIATE_TEST_SUITE_P(
    Integrity, Tampered,
    ::testing::Values(
        Tampering{"AValue",
                  "UPDATE results SET value = value + 1e-15 WHERE run_id = 2 AND value IS NOT NULL AND "
                  "metric_id = (SELECT min(metric_id) FROM unit_metrics)",
                  "the stored results are not those of its result_sha256"},
        Tampering{"ANanThatBecameANumber",
                  "UPDATE results SET value = 0, code = NULL WHERE run_id = 2 AND code = 'nan'", "result_sha256"},
        Tampering{
            "AVectorOfAnotherRun",
            "UPDATE unit_metrics SET data = (SELECT data FROM unit_metrics u WHERE u.run_id = 1 AND u.metric_id = "
            "unit_metrics.metric_id) WHERE run_id = 3",
            "result_sha256"},
        Tampering{"AHash", "UPDATE runs SET result_sha256 = 'ab' WHERE id = 1", "result_sha256"},
        Tampering{"ATornVector", "UPDATE unit_metrics SET data = x'28b52ffd' WHERE run_id = 1 AND metric_id = 1",
                  "precision"},
        Tampering{"ATornList", "UPDATE top_lists SET scores = x'00' WHERE run_id = 1", "top_lists"},
        Tampering{"MissingRows", "PRAGMA foreign_keys = OFF; DELETE FROM plugins WHERE kind = 'backend'",
                  "the row of plugins that it refers to is missing"}),
    [](const auto& tampering) { return std::string(tampering.param.name); });

TEST(Integrity, UnitsOfAnotherTaskAreFound) {
  const Folder folder;
  const auto db = sound_database(folder);
  ASSERT_EQ(sqlite3(db, "UPDATE eval_units SET fold = 1 WHERE id = 1"), "");
  EXPECT_THAT(check(db).problems, ElementsAre(HasSubstr("the units are not those of its sha256")));
}

TEST(Integrity, ADamagedPageIsFound) {
  const Folder folder;
  const auto db = sound_database(folder);
  const std::string root = sqlite3(db, "SELECT rootpage FROM sqlite_schema WHERE name = 'runs_by_trial'");
  {
    std::fstream file(db, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp((std::stoll(root) - 1) * 8192 + 8192 - 64);
    file << std::string(64, '\xee');
  }
  EXPECT_THAT(check(db).problems, Not(IsEmpty()));
}

}  // namespace
}  // namespace assay
