// The movielens reader on files as GroupLens writes them.
#include "fixture.hpp"

namespace assay::test {
namespace {

using MovieLens = ReaderTest;

const std::vector<Seen> kTwo = {{Part::all, "196", "242", 3, 881'250'949'000, ""},
                                {Part::all, "186", "302", 3.5, 891'717'742'000, ""}};

TEST_F(MovieLens, RecognisesRatingsByContentWhateverTheirName) {
  write("a", "196\t242\t3\t881250949\n186\t302\t3.5\t891717742\n");
  EXPECT_EQ(read("movielens", "{'path':'@/a'}").seen, kTwo);
  write("b", "196::242::3::881250949\n186::302::3.5::891717742\n");
  EXPECT_EQ(read("movielens", "{'path':'@/b'}").seen, kTwo);
  write_gz("c", "userId,movieId,rating,timestamp\r\n196,242,3.0,881250949\r\n186,302,3.5,891717742\r\n");
  EXPECT_EQ(read("movielens", "{'path':'@/c'}").seen, kTwo);
}

TEST_F(MovieLens, ReadsRatingsWithoutTimes) {
  write_gz("ratings_no_timestamp.dat.gz", "1::1193::5\n1::661::3\n");
  const auto r = read("movielens", "{'path':'@/ratings_no_timestamp.dat.gz'}");
  EXPECT_FALSE(r.has_times);
  EXPECT_EQ(r.seen, (std::vector<Seen>{{Part::all, "1", "1193", 5, 0, ""}, {Part::all, "1", "661", 3, 0, ""}}));
}

TEST_F(MovieLens, FindsTitlesGenresAndUsersBesideTheRatings) {
  write("u.data", "1\t2\t3\t4\n");
  write("u.item",
        "1|Toy Story (1995)|01-Jan-1995||http://x|0|0|0|1|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0\n"
        "2|Mis\xe9rables, Les (1995)|01-Jan-1995||http://x|0|0|0|0|0|0|0|0|1|0|0|0|0|0|0|0|0|0|0\n"
        "267|unknown||||1|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0\n");
  write("u.user", "1|24|M|technician|85711\n2|53|F|other|T8H1N\n");
  const auto r = read("movielens", "{'path':'@/u.data'}");
  EXPECT_EQ(r.tables.at("items").at("1").at("genres"), "Animation|Children's|Comedy");
  EXPECT_EQ(r.tables.at("items").at("2").at("title"), "Mis\xc3\xa9rables, Les (1995)");
  EXPECT_EQ(r.tables.at("items").at("2").at("year"), "1995");
  EXPECT_EQ(r.tables.at("items").at("267").at("year"), "");
  EXPECT_EQ(r.tables.at("users").at("2").at("age"), "53");
  EXPECT_EQ(r.tables.at("users").at("2").at("gender"), "F");
  EXPECT_EQ(r.tables.at("users").at("2").at("zip_code"), "T8H1N");
  EXPECT_TRUE(r.bad.empty());
  EXPECT_TRUE(read("movielens", "{'path':'@/u.data','attributes':false}").tables.empty());
}

TEST_F(MovieLens, ReadsAFolderOfTheOneMillionRelease) {
  write("ml/ratings.dat", "1::2::3::4\n");
  write("ml/movies.dat",
        "1::Toy Story (1995)::Animation|Children's|Comedy\n2::Seven (a.k.a. Se7en) (1995)::Thriller\n");
  write("ml/users.dat", "1::F::1::10::48067\n");
  const auto r = read("movielens", "{'path':'@/ml'}");
  EXPECT_EQ(r.seen.size(), 1U);
  EXPECT_EQ(r.tables.at("items").at("1").at("genres"), "Animation|Children's|Comedy");
  EXPECT_EQ(r.tables.at("items").at("2").at("year"), "1995");
  EXPECT_EQ(r.tables.at("users").at("1").at("occupation"), "K-12 student");
}

TEST_F(MovieLens, ReadsQuotedTitlesOfTheLaterReleases) {
  write("ratings.csv", "userId,movieId,rating,timestamp\n1,2,3,4\n");
  write("movies.csv",
        "movieId,title,genres\n11,\"American President, The (1995)\",Comedy|Drama\n"
        "12,\"Tie \"\"Me\"\" Up! (1990) \",(no genres listed)\n13,Untitled,Drama\n");
  const auto r = read("movielens", "{'path':'@/ratings.csv'}");
  EXPECT_EQ(r.tables.at("items").at("11").at("title"), "American President, The (1995)");
  EXPECT_EQ(r.tables.at("items").at("12").at("title"), "Tie \"Me\" Up! (1990) ");
  EXPECT_EQ(r.tables.at("items").at("12").at("genres"), "");
  EXPECT_EQ(r.tables.at("items").at("12").at("year"), "1990");
  EXPECT_EQ(r.tables.at("items").at("13").at("year"), "");
}

TEST_F(MovieLens, ReadsTheAuthorsOwnSplit) {
  write("u1.base", "1\t2\t3\t4\n");
  write("u1.test", "1\t3\t3\t4\n");
  const auto r = read("movielens", "{'path':'@/u1.base','test_path':'@/u1.test'}");
  EXPECT_EQ(r.seen[0].part, Part::train);
  EXPECT_EQ(r.seen[1].part, Part::test);
}

TEST_F(MovieLens, SaysWhatIsNoRating) {
  write("u.data", "1\t2\t3\t4\n1\t2\tgood\t4\n1\t2\t3\tnow\nann\t2\t3\t4\n1\t2\t3\n");
  EXPECT_EQ(read("movielens", "{'path':'@/u.data'}").bad,
            (std::vector<std::string>{"u.data:2: expected a rating, found \"good\"",
                                      "u.data:3: expected a timestamp in seconds, found \"now\"",
                                      "u.data:4: expected an id (0, 1, 2, …), found \"ann\"",
                                      "u.data:5: expected 4 fields, as on line 1, found 3"}));
}

TEST_F(MovieLens, SaysWhatIsNoMovieLensFile) {
  write("x", "hello world\n");
  EXPECT_EQ(error_of("movielens", "{'path':'@/x'}"),
            "x:1: is no MovieLens ratings file: expected user, movie, rating and timestamp separated by tabs (u.data), "
            "by :: (ratings.dat) or by commas under a header (ratings.csv), found \"hello world\"");
  EXPECT_NE(error_of("movielens", "{'path':'@/'}").find("is a folder without ratings.csv"), std::string::npos);
  write("u.data", "1\t2\t3\t4\n");
  EXPECT_NE(error_of("movielens", "{'path':'@/u.data','movies_path':'@/x'}").find("x:1: is no MovieLens movie file"),
            std::string::npos);
}

}  // namespace
}  // namespace assay::test
