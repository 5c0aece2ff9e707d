#pragma once  // What an experiment says of its data: where it comes from, how it is filtered and split.

#include <cstdint>
#include <optional>
#include <string>

namespace assay {

/// A reader plugin with its parameters, by a dataset card or given in the experiment itself.
struct DatasetSpec {
  std::string name;     ///< the card's name, or the label given in the experiment
  std::string plugin;   ///< component name of the reader
  std::string params;   ///< canonical JSON object, every default filled in, paths absolute
  std::string library;  ///< file of the plugin
  std::string library_sha256;
  std::string licence, citation, obtain;  ///< from the card; may be empty
  bool skip_bad_lines = false;            ///< lines that cannot be read: skip and count them, else a DataError
  /// What the card promises of the unfiltered data; a mismatch is a DataError that shows both.
  std::optional<std::int64_t> expected_users, expected_items, expected_interactions;
  std::optional<std::string> expected_fingerprint;
};

enum class Duplicates : std::uint8_t { keep_last, keep_first, keep_max, error };

/// Applied in this order: time window, minimum rating, duplicates, k-core.
struct FilterSpec {
  std::optional<std::int64_t> from_ms, until_ms;  ///< keep from <= time < until
  std::optional<double> min_rating;               ///< keep value >= min_rating
  Duplicates duplicates = Duplicates::keep_max;   ///< first and last need times
  int user_core = 0, item_core = 0;  ///< iterated until every user (item) has at least so many interactions
};

enum class SplitStrategy : std::uint8_t { given, random_holdout, leave_one_out, temporal_user, temporal_global };

/// Shares are shares of all of a user's (or of all) interactions, rounded by floor(n·p + .5); train keeps at least one.
struct SplitSpec {
  SplitStrategy strategy = SplitStrategy::random_holdout;
  double test = 0.2, validation = 0.0;
  bool per_user = true;      ///< random_holdout: by user, else over all interactions
  bool last_by_time = true;  ///< leave_one_out: the last by time, else a random one
  std::optional<std::int64_t> test_from_ms, validation_from_ms;  ///< temporal_global: points in time instead of shares
  std::uint64_t seed = 42;
};

}  // namespace assay
