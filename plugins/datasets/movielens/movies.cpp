// Titles, genres and years.
#include <array>
#include <string_view>

#include "assay/errors.hpp"

#include "dialect.hpp"
#include "files.hpp"
#include "table.hpp"

namespace assay::movielens {
namespace {

/// The order of the flags in u.item, as u.genre lists it.
constexpr std::array<std::string_view, 19> kGenres = {"unknown",   "Action",   "Adventure",   "Animation", "Children's",
                                                      "Comedy",    "Crime",    "Documentary", "Drama",     "Fantasy",
                                                      "Film-Noir", "Horror",   "Musical",     "Mystery",   "Romance",
                                                      "Sci-Fi",    "Thriller", "War",         "Western"};
constexpr std::size_t kFirstFlag = 5;  // after id, title, release date, video release date, URL

enum class Spelling : std::uint8_t { item, dat, csv };

Spelling recognise(const std::string& path) {
  const auto fields = [&](const char* delimiter, bool quotes) {
    const auto first = reading::sample(path, {delimiter, quotes, "", 0}, 1).records;
    if (first.empty()) throw DataError(path, 0, "holds no movies");
    return first[0];
  };
  if (fields("|", false).size() == kFirstFlag + kGenres.size()) return Spelling::item;
  if (fields("::", false).size() == 3) return Spelling::dat;
  const auto header = fields(",", true);
  if (header == std::vector<std::string>{"movieId", "title", "genres"}) return Spelling::csv;
  throw DataError(path, 1,
                  "is no MovieLens movie file: expected 24 fields separated by | (u.item), id::title::genres "
                  "(movies.dat) or a header movieId,title,genres (movies.csv)");
}

/// The year in parentheses at the title's end; 0: there is none.
double year_in(std::string_view title) {
  while (title.ends_with(' ')) title.remove_suffix(1);
  if (title.size() < 6 || !title.ends_with(')') || title[title.size() - 6] != '(') return 0;
  double year = 0;
  return reading::parse_number(title.substr(title.size() - 5, 4), year) ? year : 0;
}

class Movies {
 public:
  explicit Movies(DatasetSink& sink) : table_(sink, "items", reading::IdKind::natural) {}

  [[nodiscard]] bool add(std::string_view id, std::string_view title) {
    if (!table_.row(id)) return false;
    table_.text(title_, title);
    if (const double year = year_in(title); year > 0) table_.number(year_, year);
    return true;
  }
  void genre(std::string_view name) { table_.tag(genres_, name); }
  void genres(std::string_view names) {
    if (names != "(no genres listed)") table_.tags(genres_, names, "|");
  }
  void finish() { table_.flush(); }

 private:
  reading::TableBuilder table_;
  std::size_t title_ = table_.column("title", Column::Kind::text);
  std::size_t genres_ = table_.column("genres", Column::Kind::tags);
  std::size_t year_ = table_.column("year", Column::Kind::number);
};

}  // namespace

void read_movies(const std::string& path, DatasetSink& sink) {
  const Spelling spelling = recognise(path);
  const char* delimiter = spelling == Spelling::item ? "|" : spelling == Spelling::dat ? "::" : ",";
  const std::size_t expected = spelling == Spelling::item ? kFirstFlag + kGenres.size() : 3;
  reading::Source source(path);
  reading::Records records(source, {delimiter, spelling == Spelling::csv, "", 0}, sink);
  reading::Record record;
  Movies movies(sink);
  bool header = spelling == Spelling::csv;
  while (records.load()) {
    if (header) header = !records.next(record);
    while (records.next(record)) {
      if (record.size() != expected) {
        records.bad(record, "expected " + std::to_string(expected) + " fields, found " + std::to_string(record.size()));
      } else if (const auto id = record[0]; !movies.add(id, record[1])) {
        records.bad(record, "expected a movie's id (0, 1, 2, …), found " + reading::shown(id));
      } else if (spelling != Spelling::item) {
        movies.genres(record[2]);
      } else {
        for (std::size_t g = 0; g < kGenres.size(); ++g)
          if (record[kFirstFlag + g] == "1") movies.genre(kGenres[g]);
      }
    }
  }
  movies.finish();
}

}  // namespace assay::movielens
