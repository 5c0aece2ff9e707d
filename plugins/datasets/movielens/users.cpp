// Age, gender, occupation and zip code of users.
#include <array>
#include <string_view>

#include "assay/errors.hpp"

#include "dialect.hpp"
#include "files.hpp"
#include "table.hpp"

namespace assay::movielens {
namespace {

/// Occupation codes of MovieLens 1M, from its README.
constexpr std::array<std::string_view, 21> kOccupations = {"other",
                                                           "academic/educator",
                                                           "artist",
                                                           "clerical/admin",
                                                           "college/grad student",
                                                           "customer service",
                                                           "doctor/health care",
                                                           "executive/managerial",
                                                           "farmer",
                                                           "homemaker",
                                                           "K-12 student",
                                                           "lawyer",
                                                           "programmer",
                                                           "retired",
                                                           "sales/marketing",
                                                           "scientist",
                                                           "self-employed",
                                                           "technician/engineer",
                                                           "tradesman/craftsman",
                                                           "unemployed",
                                                           "writer"};

struct Places {
  const char* delimiter;
  std::size_t age, gender;
};

Places recognise(const std::string& path) {
  for (const auto& places : {Places{"|", 1, 2}, Places{"::", 2, 1}}) {
    const auto first = reading::sample(path, {places.delimiter, false, "", 0}, 1).records;
    if (first.empty()) throw DataError(path, 0, "holds no users");
    if (first[0].size() == 5) return places;
  }
  throw DataError(path, 1,
                  "is no MovieLens user file: expected id|age|gender|occupation|zip (u.user) or "
                  "id::gender::age::occupation::zip (users.dat)");
}

std::string_view occupation_named(std::string_view text) {
  std::int64_t code = 0;
  if (!reading::parse_id(text, code) || code < 0 || static_cast<std::size_t>(code) >= kOccupations.size()) return text;
  return kOccupations[static_cast<std::size_t>(code)];
}

}  // namespace

void read_users(const std::string& path, DatasetSink& sink) {
  const Places places = recognise(path);
  reading::Source source(path);
  reading::Records records(source, {places.delimiter, false, "", 0}, sink);
  reading::Record record;
  reading::TableBuilder table(sink, "users", reading::IdKind::natural);
  const auto age = table.column("age", Column::Kind::number), gender = table.column("gender", Column::Kind::tags),
             occupation = table.column("occupation", Column::Kind::tags),
             zip_code = table.column("zip_code", Column::Kind::text);
  while (records.load()) {
    while (records.next(record)) {
      double years = 0;
      if (record.size() != 5) {
        records.bad(record, "expected 5 fields, found " + std::to_string(record.size()));
      } else if (!reading::parse_number(record[places.age], years)) {
        records.bad(record, "expected an age, found " + reading::shown(record[places.age]));
      } else if (!table.row(record[0])) {
        records.bad(record, "expected a user's id (0, 1, 2, …), found " + reading::shown(record[0]));
      } else {
        table.number(age, years);
        table.tag(gender, record[places.gender]);
        table.tag(occupation, occupation_named(record[3]));
        table.text(zip_code, record[4]);
      }
    }
  }
  table.flush();
}

}  // namespace assay::movielens
