// Specs and facts survive the way to JSON and back, and their JSON is canonical.

#include "data/json.hpp"

#include <gtest/gtest.h>

#include "assay/errors.hpp"

namespace assay {
namespace {

TEST(DataJson, OfASplitHasAllFieldsInOrder) {
  EXPECT_EQ(to_json(SplitSpec{}),
            R"({"last_by_time":true,"per_user":true,"seed":42,"strategy":"random_holdout","test":0.2,)"
            R"("test_from_ms":null,"validation":0.0,"validation_from_ms":null})");
}

TEST(DataJson, OfAFilterHasAllFieldsInOrder) {
  FilterSpec filter;
  filter.min_rating = 3.5;
  EXPECT_EQ(to_json(filter),
            R"({"duplicates":"keep_max","from_ms":null,"item_core":0,"min_rating":3.5,"until_ms":null,"user_core":0})");
}

TEST(DataJson, GoesThereAndBack) {
  SplitSpec split;
  split.strategy = SplitStrategy::temporal_global;
  split.seed = 18'446'744'073'709'551'615u;
  split.test = 0.1 + 0.2;
  split.validation_from_ms = -5;
  const auto split_again = split_spec_from_json(to_json(split));
  EXPECT_EQ(split_again.seed, split.seed);
  EXPECT_EQ(split_again.test, split.test);
  EXPECT_EQ(to_json(split_again), to_json(split));
  FilterSpec filter;
  filter.duplicates = Duplicates::error;
  filter.until_ms = 1;
  EXPECT_EQ(to_json(filter_spec_from_json(to_json(filter))), to_json(filter));
  DatasetSpec dataset;
  dataset.name = "ümlaut \"quoted\"";
  dataset.params = R"({"a":[1,2.5,"x"],"b":null})";
  dataset.expected_items = 3;
  dataset.expected_fingerprint = "f";
  dataset.skip_bad_lines = true;
  const auto dataset_again = dataset_spec_from_json(to_json(dataset));
  EXPECT_EQ(dataset_again.params, dataset.params);
  EXPECT_EQ(dataset_again.name, dataset.name);
  EXPECT_EQ(to_json(dataset_again), to_json(dataset));
  PreparedInfo info;
  info.file = "/cache/task-1.assay";
  info.train = 5'000'000'000;
  info.read_seconds = 0.123;
  info.has_times = true;
  const auto info_again = prepared_info_from_json(to_json(info));
  EXPECT_EQ(info_again.file, info.file);
  EXPECT_EQ(info_again.train, info.train);
  EXPECT_EQ(to_json(info_again), to_json(info));
}

TEST(DataJson, RefusesWhatIsNot) {
  EXPECT_THROW((void)split_spec_from_json("{"), DataError);
  EXPECT_THROW((void)split_spec_from_json(R"({"strategy":"by_moon"})"), DataError);
  EXPECT_THROW((void)split_spec_from_json(R"({"seed":"x"})"), DataError);
}

}  // namespace
}  // namespace assay
