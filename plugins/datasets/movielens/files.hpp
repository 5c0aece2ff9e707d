#pragma once  // The three kinds of files of a MovieLens release, each in the spellings that GroupLens has used.

#include <string>

#include "assay/dataset.hpp"

namespace assay::movielens {

/// u.data (tab), ratings.dat (::, with or without the timestamp) or ratings.csv (header), told apart by the first line.
/// Times are seconds in the file, milliseconds for the sink. Throws DataError where it is none of them.
void read_ratings(const std::string& path, Part part, DatasetSink& sink);

/// u.item (bar, 19 genre flags), movies.dat (::) or movies.csv (header): columns title (text), genres (tags), year
/// (number; out of the title's last "(1995)" where the file has no date).
void read_movies(const std::string& path, DatasetSink& sink);

/// u.user (bar) or users.dat (::): columns age (number), gender (tags), occupation (tags), zip_code (text).
void read_users(const std::string& path, DatasetSink& sink);

}  // namespace assay::movielens
