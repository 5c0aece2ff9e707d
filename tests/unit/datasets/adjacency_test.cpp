// The adjacency reader.
#include "fixture.hpp"

namespace assay::test {
namespace {

using AdjacencyTest = ReaderTest;

TEST_F(AdjacencyTest, ReadsAUserAndItsItemsFromEachLine) {
  write("train.txt", "0 5 7\r\n1 9 \n2\n3  4\n");
  const auto r = read("adjacency", "{'path':'@/train.txt'}");
  EXPECT_EQ(r.seen, (std::vector<Seen>{{Part::all, "0", "5", 1, 0, ""},
                                       {Part::all, "0", "7", 1, 0, ""},
                                       {Part::all, "1", "9", 1, 0, ""},
                                       {Part::all, "3", "4", 1, 0, ""}}));
  EXPECT_TRUE(r.bad.empty()) << "a user without items is no fault";
  EXPECT_FALSE(r.has_values);
}

TEST_F(AdjacencyTest, ReadsTrainValidationAndTest) {
  write_gz("train.txt.gz", "0 1\n");
  write("valid.txt", "0 2\n");
  write("test.txt", "0 3\n");
  const auto r =
      read("adjacency", "{'path':'@/train.txt.gz','validation_path':'@/valid.txt','test_path':'@/test.txt'}");
  EXPECT_EQ(r.seen, (std::vector<Seen>{{Part::train, "0", "1", 1, 0, ""},
                                       {Part::validation, "0", "2", 1, 0, ""},
                                       {Part::test, "0", "3", 1, 0, ""}}));
}

TEST_F(AdjacencyTest, ReadsTabs) {
  write("train.txt", "0\t1\t2\n1\n");
  EXPECT_EQ(read("adjacency", "{'path':'@/train.txt'}").seen.size(), 2U);
}

TEST_F(AdjacencyTest, ReadsALineOfAMillionItems) {
  std::string text = "0 1\n1";
  for (int i = 0; i < 1'000'000; ++i) text += " " + std::to_string(i);
  write("train.txt", text + "\n2 3\n");
  const auto r = read("adjacency", "{'path':'@/train.txt'}");
  ASSERT_EQ(r.seen.size(), 1'000'002U);
  EXPECT_EQ(r.seen[1'000'000].item, "999999");
  EXPECT_EQ(r.largest_batch, 65'536U);
}

TEST_F(AdjacencyTest, NamesTheLineOfABadId) {
  write("train.txt", "0 1\n1 2 x 3\n");
  EXPECT_EQ(error_of("adjacency", "{'path':'@/train.txt','ids':'number'}"),
            "train.txt:2: expected an id (0, 1, 2, …), found \"x\"");
  EXPECT_EQ(read("adjacency", "{'path':'@/train.txt'}").seen.size(), 4U) << "texts are ids too";
}

}  // namespace
}  // namespace assay::test
