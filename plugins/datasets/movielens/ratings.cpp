// user, item, rating and mostly a timestamp in seconds: three ways of separating them.
#include "assay/errors.hpp"

#include "batch.hpp"
#include "dialect.hpp"
#include "files.hpp"

namespace assay::movielens {
namespace {

struct Way {
  reading::Dialect dialect;
  bool header = false;
  std::size_t fields = 4;
};

bool all_numbers(const std::vector<std::string>& record) {
  double number = 0;
  for (const auto& field : record)
    if (!reading::parse_number(field, number)) return false;
  return true;
}

Way recognise(const std::string& path) {
  for (const char* delimiter : {"\t", "::", ","}) {
    const reading::Dialect dialect{delimiter, false, "", 0};
    const auto first = reading::sample(path, dialect, 1).records;
    if (first.empty()) throw DataError(path, 0, "holds no ratings");
    const std::size_t n = first[0].size();
    if (n != 3 && n != 4) continue;
    const bool header = first[0][0] == "userId" && first[0][1] == "movieId" && first[0][2] == "rating";
    if (header || all_numbers(first[0])) return {dialect, header, n};
  }
  const auto line = reading::sample(path, {"\n", false, "", 0}, 1).records;
  throw DataError(
      path, 1,
      "is no MovieLens ratings file: expected user, movie, rating and timestamp separated by tabs (u.data), "
      "by :: (ratings.dat) or by commas under a header (ratings.csv), found " +
          reading::shown(line[0][0]));
}

}  // namespace

void read_ratings(const std::string& path, Part part, DatasetSink& sink) {
  const Way way = recognise(path);
  const bool timed = way.fields == 4;
  reading::Source source(path);
  reading::Records records(source, way.dialect, sink);
  reading::Batch batch(sink, {true, timed, false}, reading::IdKind::natural, reading::IdKind::natural);
  batch.part(part);
  reading::Record record;
  bool header = way.header;
  while (records.load()) {
    if (header) header = !records.next(record);
    while (records.next(record)) {
      reading::Event event;
      std::int64_t seconds = 0;
      constexpr std::int64_t kMost = 1'000'000'000'000;
      if (record.size() != way.fields) {
        records.bad(record, "expected " + std::to_string(way.fields) + " fields, as on line 1, found " +
                                std::to_string(record.size()));
      } else if (!reading::parse_value(record[2], event.value)) {
        records.bad(record, "expected a rating, found " + reading::shown(record[2]));
      } else if (timed && (!reading::parse_id(record[3], seconds) || seconds < -kMost || seconds > kMost)) {
        records.bad(record, "expected a timestamp in seconds, found " + reading::shown(record[3]));
      } else {
        event.user = record[0];
        event.item = record[1];
        event.time = seconds * 1000;
        const auto refused = batch.add(event);
        if (refused != reading::Batch::Refused::none)
          records.bad(record, "expected an id (0, 1, 2, …), found " +
                                  reading::shown(refused == reading::Batch::Refused::user ? event.user : event.item));
      }
    }
    reading::report_progress(sink, source.consumed(), source.size());
  }
  batch.flush();
}

}  // namespace assay::movielens
