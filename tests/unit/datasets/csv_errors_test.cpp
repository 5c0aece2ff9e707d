// What the csv reader refuses, and how it says so.
#include "fixture.hpp"

namespace assay::test {
namespace {

using CsvErrors = ReaderTest;
using Bad = std::vector<std::string>;

TEST_F(CsvErrors, NamesFileLineAndWhatWasExpected) {
  write("a.csv", "user,item,rating\n1,2,3\n\n1,2\n1,2,x3\n1,2,\n1,2,3,4\n,2,3\n1,2,nan\n1,2,5\n");
  const auto r = read("csv", "{'path':'@/a.csv','user':'user','item':'item','value':'rating'}");
  EXPECT_EQ(r.bad, (Bad{"a.csv:4: expected 3 fields, as on line 1, found 2",
                        "a.csv:5: expected a number in column \"rating\", found \"x3\"",
                        "a.csv:6: expected a number in column \"rating\", found nothing",
                        "a.csv:7: expected 3 fields, as on line 1, found 4",
                        "a.csv:8: expected an id in column \"user\", found nothing",
                        "a.csv:9: expected a number in column \"rating\", found \"nan\""}));
  EXPECT_EQ(r.seen.size(), 2U) << "the good lines are read all the same";
}

TEST_F(CsvErrors, CountsLinesInsideQuotesAndAcrossBlocks) {
  std::string text = "user,item\n";
  for (int i = 0; i < 100'000; ++i) text += "\"a\"\"\n\n\"," + std::to_string(i) + "\n";
  text += "broken\n";
  write("a.csv", text);
  const auto r = read("csv", "{'path':'@/a.csv','user':'user','item':'item'}");
  EXPECT_EQ(r.bad, (Bad{"a.csv:300002: expected 2 fields, as on line 1, found 1"}));
}

TEST_F(CsvErrors, NamesTheColumnsThatThereAre) {
  write("a.csv", "user,item,rating\n1,2,3\n");
  EXPECT_EQ(error_of("csv", "{'path':'@/a.csv','user':'user','item':'item','value':'stars'}"),
            "a.csv:1: there is no column \"stars\", which the parameter value asks for; the header names \"user\", "
            "\"item\", \"rating\"");
  write("b.csv", "1,2\n");
  EXPECT_EQ(error_of("csv", "{'path':'@/b.csv','value':'5'}"),
            "b.csv:1: there is no column \"5\", which the parameter value asks for; there is no header, and columns "
            "are numbered 0 to 1");
}

TEST_F(CsvErrors, WantsIntegersWhereIdsAreNumbers) {
  write("a.csv", "1,2\nann,3\n");
  EXPECT_EQ(error_of("csv", "{'path':'@/a.csv','ids':'number'}"),
            "a.csv:2: expected an integer id in column \"0\", found \"ann\"");
}

TEST_F(CsvErrors, ShowsWhatTimeWasExpected) {
  write("a.csv", "1,2,2010-12-01\n1,2,yesterday\n");
  const auto r = read("csv", "{'path':'@/a.csv','time':'2','time_format':'iso'}");
  EXPECT_EQ(r.bad, (Bad{"a.csv:2: expected a time like 2010-12-01 08:26:00 in column \"2\", found \"yesterday\""}));
}

TEST_F(CsvErrors, LosesOnlyTheLineOfAQuoteThatIsNeverClosed) {
  write("a.csv", "1,2\n3,\"4\n5,6\n7,8\n");
  const auto r = read("csv", "{'path':'@/a.csv','header':'no'}");
  EXPECT_EQ(r.bad, (Bad{"a.csv:2: a quote is opened that is never closed"}));
  EXPECT_EQ(r.seen.size(), 3U);
  EXPECT_EQ(r.seen[2].user, "7");
}

TEST_F(CsvErrors, SaysThatAGzipIsCutShort) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i * 7919 % 10'007) + "," + std::to_string(i) + "\n";
  write_gz("a.csv.gz", text);
  std::filesystem::resize_file(folder_ / "a.csv.gz", std::filesystem::file_size(folder_ / "a.csv.gz") / 2);
  const std::string error = error_of("csv", "{'path':'@/a.csv.gz'}");
  EXPECT_TRUE(error.starts_with("a.csv.gz: is damaged or cut short")) << error;
}

TEST_F(CsvErrors, SaysWhatIsWrongWithTheFileAsAWhole) {
  write("empty.csv", "");
  EXPECT_EQ(error_of("csv", "{'path':'@/empty.csv'}"), "empty.csv: holds no line of data");
  write("one.csv", "1\n2\n");
  EXPECT_EQ(error_of("csv", "{'path':'@/one.csv'}"),
            "one.csv:1: the fields are not separated by a comma, semicolon, tab, bar, blank or ::; set delimiter");
  write("utf16.csv", std::string_view("\xff\xfe"
                                      "1\0,\0"
                                      "2\0\n\0",
                                      10));
  EXPECT_EQ(error_of("csv", "{'path':'@/utf16.csv'}"),
            "utf16.csv:1: is written in UTF-16; convert it to UTF-8, for example with iconv");
  EXPECT_EQ(error_of("csv", "{'path':'@/none.csv'}"), "none.csv: cannot be opened: No such file or directory");
  EXPECT_EQ(error_of("csv", "{'path':'@/'}"), ": is not a file");
}

TEST_F(CsvErrors, RefusesParametersThatDoNotGoTogether) {
  write("a.csv", "1,2\n");
  EXPECT_EQ(error_of("csv", "{'path':'@/a.csv','user':'x','item':'x'}"),
            "csv: user and item name the same column, \"x\"");
  EXPECT_EQ(error_of("csv", "{'path':'@/a.csv','validation_path':'@/a.csv'}"),
            "csv: validation_path needs test_path: a given split has a test part");
  EXPECT_EQ(error_of("csv", "{'path':'@/a.csv','time_format':'%Q'}"),
            "csv: time_format is \"%Q\"; it must be auto, seconds, milliseconds, iso or a pattern of %Y %y %m %d %e %H "
            "%I %M %S %b %p");
  EXPECT_EQ(error_of("csv", "{'path':'@/a.csv','items_path':'@/a.csv','items_columns':['1:colour']}"),
            "items_columns: \"colour\" is no kind of attribute; write COLUMN:text, COLUMN:number or COLUMN:tags");
}

TEST_F(CsvErrors, ShowsNoBytesThatATerminalWouldObey) {
  write("a.csv", "1,2,3\n1,2,\x1b[2J\xff\n");
  const auto r = read("csv", "{'path':'@/a.csv','value':'2'}");
  EXPECT_EQ(r.bad, (Bad{"a.csv:2: expected a number in column \"2\", found \"?[2J?\""}));
}

}  // namespace
}  // namespace assay::test
