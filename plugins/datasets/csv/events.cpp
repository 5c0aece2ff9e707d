// The loop that a 25-million-row file spends its time in.
#include "events.hpp"

#include <limits>

#include "layout.hpp"

namespace assay::csv {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

/// Where the fields of an event are.
struct Places {
  std::size_t user, item, value, time, behaviour;
};

/// One file while it is read.
class FileReader {
 public:
  FileReader(const Params& params, const Layout& layout, Places places, reading::TimeFormat& time_format,
             reading::Records& records, reading::Batch& batch)
      : params_(params),
        layout_(layout),
        places_(places),
        time_format_(time_format),
        records_(records),
        batch_(batch) {}

  void read(const reading::Record& record) {
    if (record.size() != layout_.columns()) [[unlikely]]
      return records_.bad(record, wrong_count(layout_, record.size()));
    reading::Event event;
    event.user = record[places_.user];
    event.item = record[places_.item];
    if (params_.skip_missing && (event.user.empty() || event.item.empty())) return;
    if (places_.value != kNone) {
      const auto text = record[places_.value];
      if (!reading::parse_value(text, event.value)) [[unlikely]]
        return refuse(record, places_.value, "a number", text);
    }
    if (places_.time != kNone) {
      const auto text = record[places_.time];
      if (!time_format_.parse(text, event.time)) [[unlikely]]
        return refuse(record, places_.time, time_format_.expected(), text);
    }
    if (places_.behaviour != kNone) event.behaviour = record[places_.behaviour];
    const auto refused = batch_.add(event);
    if (refused == reading::Batch::Refused::none) [[likely]]
      return;
    const bool user = refused == reading::Batch::Refused::user;
    const auto found = user ? event.user : event.item;
    refuse(record, user ? places_.user : places_.item,
           reading::expected_id(found, params_.ids == "number" ? "an integer id" : "an id"), found);
  }

 private:
  void refuse(const reading::Record& record, std::size_t column, std::string_view expected, std::string_view found) {
    records_.bad(record, "expected " + std::string(expected) + " in column " + reading::shown(layout_.names[column]) +
                             ", found " + (found.empty() ? "nothing" : reading::shown(found)));
  }

  const Params& params_;
  const Layout& layout_;
  Places places_;
  reading::TimeFormat& time_format_;
  reading::Records& records_;
  reading::Batch& batch_;
};

}  // namespace

reading::IdKind id_kind(const Params& params) {
  if (params.ids == "auto") return reading::IdKind::automatic;
  return params.ids == "number" ? reading::IdKind::number : reading::IdKind::text;
}

EventReader::EventReader(const Params& params) : params_(params), time_format_(params.time_format) {}

reading::Batch::Columns EventReader::columns() const noexcept {
  return {!params_.value.empty(), !params_.time.empty(), !params_.behaviour.empty()};
}

void EventReader::read(const std::string& path, Part part, DatasetSink& sink, reading::Batch& batch,
                       std::int64_t read_before, std::int64_t total) {
  const Wanted user{"user", params_.user}, item{"item", params_.item}, value{"value", params_.value, true},
      time{"time", params_.time, params_.time_format != "iso"}, behaviour{"behaviour", params_.behaviour};
  const Layout layout = layout_of(path, params_, {user, item, value, time, behaviour});
  const Places places{find_column(layout, path, user), find_column(layout, path, item),
                      find_optional(layout, path, value).value_or(kNone),
                      find_optional(layout, path, time).value_or(kNone),
                      find_optional(layout, path, behaviour).value_or(kNone)};
  reading::Source source(path);
  reading::Records records(source, layout.dialect, sink);
  reading::Record record;
  FileReader reader(params_, layout, places, time_format_, records, batch);
  batch.part(part);
  bool header = layout.header;
  while (records.load()) {
    if (header) header = !records.next(record);
    while (records.next(record)) reader.read(record);
    batch.flush_views();
    reading::report_progress(sink, read_before + source.consumed(), total);
  }
  batch.flush();
}

}  // namespace assay::csv
