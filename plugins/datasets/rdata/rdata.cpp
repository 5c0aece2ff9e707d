// Reads a data frame out of an R package's lazy-load database, an .rda or an .rds file, without R.
#include <cmath>
#include <filesystem>
#include <limits>
#include <string>
#include <unordered_set>
#include <utility>

#include "assay/dataset.hpp"
#include "assay/plugin.hpp"

#include "batch.hpp"
#include "container.hpp"
#include "frame.hpp"
#include "table.hpp"

namespace assay::rdata {

class RData final : public Dataset {
 public:
  struct Params {
    Path path, rdb_path;
    std::string object, user, item, value, time, behaviour;
    std::string time_format = "auto";
    std::vector<std::string> users_columns, items_columns;
    std::string tag_separator = "|", no_tags;
    static constexpr auto fields() {
      return std::tuple{
          field(&Params::path, "path", "Rdata.rdx of a package's data folder, or an .rda or .rds file.").required(),
          field(&Params::rdb_path, "rdb_path", "The database of an .rdx file; empty: the .rdb beside it."),
          field(&Params::object, "object", "Name of the data frame; empty: the only object that there is."),
          field(&Params::user, "user", "Column of the user's id.").required(),
          field(&Params::item, "item", "Column of the item's id.").required(),
          field(&Params::value, "value", "Column of the rating or count; empty: all are 1."),
          field(&Params::time, "time", "Column of the time; empty: none."),
          field(&Params::behaviour, "behaviour", "Column of the kind of action; empty: one kind."),
          field(&Params::time_format, "time_format",
                "Of a time that is no R date: auto, seconds, milliseconds, iso or a pattern such as %d/%m/%Y."),
          field(&Params::users_columns, "users_columns",
                "Attributes of users, as COLUMN:KIND with kind text, number or tags (default text)."),
          field(&Params::items_columns, "items_columns",
                "Attributes of items, as COLUMN:KIND with kind text, number or tags (default text)."),
          field(&Params::tag_separator, "tag_separator", "What separates the words of a tags column."),
          field(&Params::no_tags, "no_tags", "The text of a tags column that means: no tags.")};
    }
  };

  explicit RData(Params params) : params_(std::move(params)) { (void)reading::TimeFormat(params_.time_format); }

  void read(DatasetSink& sink) override {
    if (params_.rdb_path.value.empty())
      sink.companion(std::filesystem::path(params_.path.value).replace_extension(".rdb").string());
    const Object object = load_object(params_.path.value, params_.rdb_path.value, params_.object);
    const Frame frame(object.value, params_.path.value, object.name);
    read_interactions(frame, sink);
    read_attributes(frame, sink, "users", params_.user, "users_columns", params_.users_columns);
    read_attributes(frame, sink, "items", params_.item, "items_columns", params_.items_columns);
  }

 private:
  void read_interactions(const Frame& frame, DatasetSink& sink) const;
  void read_attributes(const Frame& frame, DatasetSink& sink, const char* table_name, const std::string& key,
                       const char* parameter, const std::vector<std::string>& entries) const;
  void bad(DatasetSink& sink, std::size_t row, const FrameColumn& column, std::string_view expected) const {
    sink.bad_line(params_.path.value, static_cast<std::int64_t>(row) + 1,
                  "expected " + std::string(expected) + " in column \"" + column.name() + "\" of this row");
  }

  Params params_;
};

namespace {

std::optional<FrameColumn> optional_column(const Frame& frame, const std::string& name, std::string_view parameter) {
  if (name.empty()) return std::nullopt;
  return frame.column(name, parameter);
}

/// Texts are views of the object and may wait in a batch; a column of numbers gives whole ones only, which are stored.
std::string_view id_at(FrameColumn& column, std::size_t row) {
  const auto text = column.text(row);
  std::int64_t whole = 0;
  return text && (column.is_text() || reading::parse_id(*text, whole)) ? *text : std::string_view();
}

}  // namespace

void RData::read_interactions(const Frame& frame, DatasetSink& sink) const {
  FrameColumn user = frame.column(params_.user, "user"), item = frame.column(params_.item, "item");
  auto value = optional_column(frame, params_.value, "value"), time = optional_column(frame, params_.time, "time"),
       behaviour = optional_column(frame, params_.behaviour, "behaviour");
  if (behaviour && !behaviour->is_text())
    throw DataError(params_.path.value, 0,
                    "column \"" + params_.behaviour + "\" holds no texts that could name a behaviour");
  reading::TimeFormat format(params_.time_format);
  reading::Batch batch(sink, {value.has_value(), time.has_value(), behaviour.has_value()}, reading::IdKind::automatic,
                       reading::IdKind::automatic);
  const auto total = static_cast<std::int64_t>(frame.rows());
  for (std::size_t row = 0; row < frame.rows(); ++row) {
    constexpr std::size_t kReport = 65536;
    if (row % kReport == 0) reading::report_progress(sink, static_cast<std::int64_t>(row), total);
    reading::Event event;
    event.user = id_at(user, row);
    event.item = id_at(item, row);
    const auto number = value ? value->number(row) : std::optional(1.0);
    const auto ms = time ? time->time(row, format) : std::optional<std::int64_t>(0);
    if (!number || std::fabs(*number) > std::numeric_limits<float>::max()) {
      bad(sink, row, *value, "a number");
    } else if (!ms) {
      bad(sink, row, *time, format.expected());
    } else {
      event.value = static_cast<float>(*number);
      event.time = *ms;
      if (behaviour) event.behaviour = behaviour->text(row).value_or("");
      const auto refused = batch.add(event);
      if (refused != reading::Batch::Refused::none)
        bad(sink, row, refused == reading::Batch::Refused::user ? user : item,
            reading::expected_id(refused == reading::Batch::Refused::user ? event.user : event.item,
                                 "an id (a text or a whole number)"));
    }
  }
  batch.flush();
  reading::report_progress(sink, total, total);
}

/// A frame of interactions repeats what it says of a user or an item in every row: the first one counts.
void RData::read_attributes(const Frame& frame, DatasetSink& sink, const char* table_name, const std::string& key,
                            const char* parameter, const std::vector<std::string>& entries) const {
  if (entries.empty()) return;
  struct Attribute {
    FrameColumn cells;
    std::size_t column;
    Column::Kind kind;
  };
  reading::TableBuilder table(sink, table_name, reading::IdKind::automatic);
  std::vector<Attribute> attributes;
  for (const std::string& entry : entries) {
    const auto [name, kind] = reading::attribute_named(entry, parameter);
    attributes.push_back({frame.column(name, parameter), table.column(std::string(name), kind), kind});
  }
  FrameColumn ids = frame.column(key, key);
  std::unordered_set<std::string> known;
  for (std::size_t row = 0; row < frame.rows(); ++row) {
    const auto id = id_at(ids, row);
    if (id.empty() || !known.emplace(id).second || !table.row(id)) continue;
    for (auto& [cells, column, kind] : attributes) {
      const auto text = cells.text(row).value_or("");
      if (text.size() > reading::kLongestField) {
        bad(sink, row, cells, "at most " + std::to_string(reading::kLongestField) + " bytes");
        continue;
      }
      if (kind == Column::Kind::text) table.text(column, text);
      if (kind == Column::Kind::tags && text != params_.no_tags) table.tags(column, text, params_.tag_separator);
      if (kind == Column::Kind::number)
        if (const auto number = cells.number(row)) table.number(column, *number);
    }
  }
  table.flush();
}

}  // namespace assay::rdata

ASSAY_PLUGIN("rdata", "1.0.0",
             assay::component<assay::Dataset, assay::rdata::RData>(
                 "rdata", "A data frame of an R package, an .rda or an .rds file; needs no R."));
