// Reads every MovieLens release since 1998: ratings, and beside them titles, genres and what is known of users.
#include <array>
#include <filesystem>
#include <utility>

#include "assay/dataset.hpp"
#include "assay/plugin.hpp"

#include "files.hpp"

namespace assay::movielens {
namespace {

namespace fs = std::filesystem;

/// The file of `folder` that has one of the names; empty: none has. The sink hears of every file that was looked for.
template <std::size_t N>
std::string one_of(const fs::path& folder, const std::array<const char*, N>& names, DatasetSink& sink) {
  std::error_code ignored;
  for (const char* name : names)
    for (const char* ending : {"", ".gz"}) {
      const fs::path file = folder / (std::string(name) + ending);
      sink.companion(file.string());
      if (fs::is_regular_file(file, ignored)) return file;
    }
  return {};
}

constexpr std::array kRatings = {"ratings.csv", "ratings.dat", "u.data", "ratings_no_timestamp.dat"};
constexpr std::array kMovies = {"movies.csv", "movies.dat", "u.item"};
constexpr std::array kUsers = {"users.dat", "u.user"};

}  // namespace

class MovieLens final : public Dataset {
 public:
  struct Params {
    Path path, test_path, movies_path, users_path;
    bool attributes = true;
    static constexpr auto fields() {
      return std::tuple{
          field(&Params::path, "path",
                "The ratings (u.data, ratings.dat or ratings.csv, by content), or the folder that holds them.")
              .required(),
          field(&Params::test_path, "test_path", "Ratings of the test part, such as u1.test beside u1.base."),
          field(&Params::movies_path, "movies_path",
                "Titles and genres: u.item, movies.dat or movies.csv; empty: the one beside the ratings."),
          field(&Params::users_path, "users_path",
                "What is known of users: u.user or users.dat; empty: the one beside the ratings."),
          field(&Params::attributes, "attributes", "Read titles, genres and users as well.")};
    }
  };
  explicit MovieLens(Params params) : params_(std::move(params)) {}

  void read(DatasetSink& sink) override {
    fs::path ratings = params_.path.value;
    std::error_code ignored;  // what cannot be looked at is reported when it is opened
    if (fs::is_directory(ratings, ignored)) {
      ratings = one_of(ratings, kRatings, sink);
      if (ratings.empty())
        throw DataError(params_.path.value, 0, "is a folder without ratings.csv, ratings.dat or u.data");
    }
    const bool given = !params_.test_path.value.empty();
    read_ratings(ratings, given ? Part::train : Part::all, sink);
    if (given) read_ratings(params_.test_path.value, Part::test, sink);
    if (!params_.attributes) return;
    const auto movies =
        params_.movies_path.value.empty() ? one_of(ratings.parent_path(), kMovies, sink) : params_.movies_path.value;
    const auto users =
        params_.users_path.value.empty() ? one_of(ratings.parent_path(), kUsers, sink) : params_.users_path.value;
    if (!movies.empty()) read_movies(movies, sink);
    if (!users.empty()) read_users(users, sink);
  }

 private:
  Params params_;
};

}  // namespace assay::movielens

ASSAY_PLUGIN("movielens", "1.0.0",
             assay::component<assay::Dataset, assay::movielens::MovieLens>(
                 "movielens", "MovieLens releases of 1998 to today, with titles, genres and users."));
