// Reads adjacency lists, the format of LightGCN and its successors: a line is a user and then all items of that user.
#include <array>
#include <filesystem>
#include <utility>

#include "assay/dataset.hpp"
#include "assay/plugin.hpp"

#include "batch.hpp"
#include "dialect.hpp"
#include "records.hpp"

namespace assay {

class Adjacency final : public Dataset {
 public:
  struct Params {
    Path path, validation_path, test_path;
    std::string ids = "auto";
    static constexpr auto fields() {
      return std::tuple{
          field(&Params::path, "path", "The lists, one user a line; the train part where test_path is given.")
              .required(),
          field(&Params::validation_path, "validation_path", "Lists of the validation part."),
          field(&Params::test_path, "test_path", "Lists of the test part."),
          field(&Params::ids, "ids",
                "What ids are: numbers where all are (auto), always numbers from 0, or always texts.")
              .one_of("auto", "number", "text")};
    }
  };

  explicit Adjacency(Params params) : params_(std::move(params)) {
    if (params_.test_path.value.empty() && !params_.validation_path.value.empty())
      throw ConfigError("validation_path needs test_path: a given split has a test part");
  }

  void read(DatasetSink& sink) override {
    const bool given = !params_.test_path.value.empty();
    const auto kind = params_.ids == "auto"     ? reading::IdKind::automatic
                      : params_.ids == "number" ? reading::IdKind::natural
                                                : reading::IdKind::text;
    reading::Batch batch(sink, {}, kind, kind);
    read_file(params_.path.value, given ? Part::train : Part::all, sink, batch, kind);
    if (!params_.validation_path.value.empty())
      read_file(params_.validation_path.value, Part::validation, sink, batch, kind);
    if (given) read_file(params_.test_path.value, Part::test, sink, batch, kind);
  }

 private:
  static void read_file(const std::string& path, Part part, DatasetSink& sink, reading::Batch& batch,
                        reading::IdKind kind) {
    const reading::Dialect tabs{"\t", false, "", 0};
    const auto first = reading::sample(path, tabs, 1).records;
    if (first.empty()) throw DataError(path, 0, "holds no lists");
    reading::Source source(path);
    reading::Records records(source, first[0].size() > 1 ? tabs : reading::Dialect{" ", false, "", 0}, sink);
    reading::Record record;
    batch.part(part);
    while (records.load()) {
      while (records.next(record)) read_line(records, record, batch, kind);
      batch.flush_views();
      reading::report_progress(sink, source.consumed(), source.size());
    }
    batch.flush();
  }

  static std::string not_an_id(std::string_view found) {
    return "expected " + reading::expected_id(found, "an id (0, 1, 2, …)") + ", found " +
           (found.empty() ? "nothing" : reading::shown(found));
  }

  /// A user without items is fine: it has no interactions in this part. The rest of a line with a bad id is dropped.
  static void read_line(reading::Records& records, const reading::Record& record, reading::Batch& batch,
                        reading::IdKind kind) {
    reading::Event event;
    event.user = record[0];
    std::int64_t number = 0;
    if (record.size() == 1 && reading::IdColumn(kind).fit(event.user, number) == reading::IdColumn::Fit::refused)
      return records.bad(record, not_an_id(event.user));
    for (std::size_t i = 1; i < record.size(); ++i) {
      event.item = record[i];
      if (event.item.empty()) continue;  // blanks at the line's end, or two in a row
      const auto refused = batch.add(event);
      if (refused == reading::Batch::Refused::none) continue;
      const auto found = refused == reading::Batch::Refused::user ? event.user : event.item;
      return records.bad(record, not_an_id(found));
    }
  }

  Params params_;
};

}  // namespace assay

ASSAY_PLUGIN("adjacency", "1.0.0",
             assay::component<assay::Dataset, assay::Adjacency>(
                 "adjacency", "Adjacency lists (LightGCN): a line is a user and then that user's items."));
