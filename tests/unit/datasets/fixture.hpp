#pragma once  // What the tests of dataset plugins share: a folder of small files, a sink that remembers, data that is
              // there.

#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "assay/dataset.hpp"

namespace assay::test {

struct Seen {
  Part part;
  std::string user, item;
  float value;
  std::int64_t time;
  std::string behaviour;
  bool operator==(const Seen&) const = default;
};
std::ostream& operator<<(std::ostream&, const Seen&);

/// Remembers what a reader hands over, as the contract of DatasetSink tells to take it.
class Recorder final : public DatasetSink {
 public:
  explicit Recorder(bool strict = false) : strict_(strict) {}  ///< strict: the first bad line is an error
  void interactions(const InteractionBatch& batch) override;
  void rows(std::string_view table, Part part, const Ids& ids, const Table& rows) override;
  void bad_line(std::string_view file, std::int64_t line, std::string_view why) override;
  bool progress(std::int64_t done, std::int64_t total) override;

  std::vector<Seen> seen;
  std::vector<std::string> bad;  ///< "NAME:LINE: WHY", without the folder
  /// table, id, column -> text; numbers in the shortest form, tags joined with "|" in the order of their words
  std::map<std::string, std::map<std::string, std::map<std::string, std::string>>> tables;
  bool number_users = true, number_items = true;  ///< ids came as numbers only
  bool has_values = false, has_times = false, has_behaviours = false;
  std::size_t largest_batch = 0;
  std::int64_t progress_calls = 0, last_done = 0, last_total = 0;
  std::int64_t cancel_after = -1;  ///< progress() says stop after so many calls

 private:
  bool strict_;
};

/// Counts, in little memory.
class Counter final : public DatasetSink {
 public:
  void interactions(const InteractionBatch& batch) override;
  void rows(std::string_view table, Part part, const Ids& ids, const Table& rows) override;
  void bad_line(std::string_view, std::int64_t, std::string_view) override { ++bad; }
  bool progress(std::int64_t, std::int64_t) override { return true; }

  std::map<Part, std::int64_t> rows_of;
  std::set<std::string> users, items;
  std::map<std::string, std::int64_t> table_rows;
  std::int64_t total = 0, bad = 0;
  double value_sum = 0;

 private:
  std::set<std::int64_t> user_numbers_, item_numbers_;
};

/// A temporary folder, and the plugin under test from the build folder.
class ReaderTest : public ::testing::Test {
 protected:
  ReaderTest();
  ~ReaderTest() override;
  std::string write(const std::string& name, std::string_view content) const;  ///< returns the path
  std::string write_gz(const std::string& name, std::string_view content) const;
  /// `params` is JSON with ' for " and @/ for the folder: "{'path':'@/a.csv'}".
  [[nodiscard]] std::shared_ptr<Dataset> open(const std::string& plugin, std::string params) const;
  Recorder read(const std::string& plugin, const std::string& params) const;
  Recorder read_strictly(const std::string& plugin, const std::string& params) const;
  /// The message of the exception that reading throws; fails the test where none is thrown.
  std::string error_of(const std::string& plugin, const std::string& params) const;

  std::filesystem::path folder_;
};

/// The file in one of the folders of $ASSAY_DATA, or nothing.
std::optional<std::string> find_data(const std::string& relative);

}  // namespace assay::test
