// Every reader meets the same broken files: each is refused with its name (and line), at once, or skipped and counted.
#include <fstream>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "assay/errors.hpp"

#include "fixture.hpp"

namespace assay::test {
namespace {

/// A reader, a sound file for it, and its parameters with PATH for the file.
struct Reader {
  const char* plugin;
  const char* sound;
  const char* params;
};
void PrintTo(const Reader& reader, std::ostream* out) { *out << reader.plugin; }

class AnyReader : public ReaderTest, public ::testing::WithParamInterface<Reader> {
 protected:
  /// Reads `file` with this reader; the message of the error, without the folder.
  std::string complaint(const std::string& file) const { return error_of(GetParam().plugin, params(file)); }
  [[nodiscard]] std::string params(const std::string& file) const {
    std::string out = GetParam().params;
    return out.replace(out.find("PATH"), 4, "@/" + file);
  }
  [[nodiscard]] std::string sound() const { return GetParam().sound; }
};

INSTANTIATE_TEST_SUITE_P(Readers, AnyReader,
                         ::testing::Values(Reader{"csv", "1,2\n2,3\n3,4\n", "{'path':'PATH'}"},
                                           Reader{"movielens", "1\t2\t3\t881250949\n2\t3\t4\t881250950\n",
                                                  "{'path':'PATH','attributes':false}"},
                                           Reader{"adjacency", "0 1 2 3\n1 2 4\n", "{'path':'PATH','ids':'number'}"},
                                           Reader{"rdata", "X\n", "{'path':'PATH','user':'u','item':'i'}"}),
                         [](const auto& test) { return test.param.plugin; });

TEST_P(AnyReader, RefusesAMissingFile) {
  EXPECT_EQ(complaint("none"), "none: cannot be opened: No such file or directory");
}

TEST_P(AnyReader, RefusesAFolder) {
  std::filesystem::create_directory(folder_ / "a folder");
  const std::string why = complaint("a folder");
  EXPECT_TRUE(why == "a folder: is not a file" ||
              why == "a folder: is a folder without ratings.csv, ratings.dat or u.data")
      << why;
}

TEST_P(AnyReader, RefusesAPipeInsteadOfWaitingForItsWriter) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(complaint("pipe"), "pipe: is not an ordinary file (a pipe, a socket or a device); copy it into one");
}

TEST_P(AnyReader, RefusesAnEmptyFile) {
  write("empty", "");
  const std::string why = complaint("empty");
  EXPECT_TRUE(why.starts_with("empty: ")) << why;
}

TEST_P(AnyReader, RefusesAGzipThatIsCutAnywhere) {
  write_gz("whole.gz", sound());
  std::ifstream in(folder_ / "whole.gz", std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  for (std::size_t size = 2; size < whole.size(); ++size) {
    write("cut.gz", std::string_view(whole).substr(0, size));
    const std::string why = complaint("cut.gz");
    EXPECT_TRUE(why.starts_with("cut.gz: is damaged or cut short")) << size << ": " << why;
  }
}

TEST_P(AnyReader, RefusesAGzipWithAWrongChecksumLengthOrTail) {
  write_gz("whole.gz", sound());
  std::ifstream in(folder_ / "whole.gz", std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  for (std::size_t byte = whole.size() - 8; byte < whole.size(); ++byte) {
    std::string changed = whole;
    changed[byte] = static_cast<char>(changed[byte] ^ 0x10);
    write("changed.gz", changed);
    const std::string why = complaint("changed.gz");
    EXPECT_TRUE(why.starts_with("changed.gz: is damaged or cut short: incorrect")) << byte << ": " << why;
  }
  write("tail.gz", whole + "tail");
  const std::string why = complaint("tail.gz");
  EXPECT_TRUE(why.starts_with("tail.gz: is damaged or cut short")) << why;
}

TEST_P(AnyReader, RefusesTenMillionCharactersWithoutALineEnd) {
  std::string text(10'000'000, '7');
  write("long", text);
  const std::string digits = complaint("long");
  EXPECT_TRUE(digits.starts_with("long:")) << digits;
  EXPECT_LT(digits.size(), 1000U) << "the line itself is not repeated";
  for (std::size_t i = 1; i < text.size(); i += 2) text[i] = ',';
  write("long", text + "\n7\n");
  const std::string commas = complaint("long");
  EXPECT_TRUE(commas.starts_with("long:")) << commas;
  EXPECT_LT(commas.size(), 1000U);
}

TEST_P(AnyReader, RefusesRandomBytes) {
  std::string bytes;
  for (unsigned i = 0, x = 12345; i < 100'000; ++i) bytes += static_cast<char>((x = x * 1103515245 + 12345) >> 16);
  write("noise", bytes);
  EXPECT_TRUE(complaint("noise").starts_with("noise:"));
}

TEST_P(AnyReader, RefusesUtf16) {
  std::string wide = "\xff\xfe";
  for (const char c : sound()) wide += {c, '\0'};
  write("wide", wide);
  const std::string why = complaint("wide");
  EXPECT_TRUE(why.starts_with("wide:")) << why;
}

/// A line that one of the readers cannot read, and what it says.
struct BadLine {
  const char *name, *plugin, *params, *text, *expected;
};
void PrintTo(const BadLine& bad, std::ostream* out) { *out << bad.name; }

class BadLines : public ReaderTest, public ::testing::WithParamInterface<BadLine> {};

constexpr const char* kRated = "{'path':'@/f','value':'2','ids':'number','header':'no'}";
constexpr const char* kStars = "{'path':'@/f','attributes':false}";
constexpr const char* kLists = "{'path':'@/f','ids':'number'}";
INSTANTIATE_TEST_SUITE_P(
    Table, BadLines,
    ::testing::Values(BadLine{"CsvIdOverflow", "csv", kRated, "1,2,3\n9223372036854775808,2,3\n",
                              "f:2: expected an integer id in column \"0\", found \"9223372036854775808\""},
                      BadLine{"CsvHugeRating", "csv", kRated, "1,2,3\n1,3,1e39\n",
                              "f:2: expected a number in column \"2\", found \"1e39\""},
                      BadLine{"CsvInfiniteRating", "csv", kRated, "1,2,3\n1,3,inf\n",
                              "f:2: expected a number in column \"2\", found \"inf\""},
                      BadLine{"CsvHexadecimalRating", "csv", kRated, "1,2,3\n1,3,0x10\n",
                              "f:2: expected a number in column \"2\", found \"0x10\""},
                      BadLine{"CsvDecimalComma", "csv", "{'path':'@/f','value':'2','delimiter':';'}",
                              "1;2;3\n1;3;3,5\n", "f:2: expected a number in column \"2\", found \"3,5\""},
                      BadLine{"CsvNotUtf8", "csv", kRated, "1,2,3\n1,\xe9t\xe9,3\n",
                              "f:2: expected an integer id in column \"1\", found \"?t?\""},
                      BadLine{"CsvHugeTime", "csv", "{'path':'@/f','time':'2','time_format':'seconds'}",
                              "1,2,3\n1,3,9999999999999999\n",
                              "f:2: expected a time in seconds since 1970 in column \"2\", found \"9999999999999999\""},
                      BadLine{"CsvCarriageReturns", "csv", kRated, "1,2,3\r\n1,3\r\n",
                              "f:2: expected 3 fields, as on line 1, found 2"},
                      BadLine{"MovieLensNegativeUser", "movielens", kStars, "1\t2\t3\t4\n-1\t2\t3\t4\n",
                              "f:2: expected an id (0, 1, 2, …), found \"-1\""},
                      BadLine{"MovieLensNegativeMovie", "movielens", kStars, "1\t2\t3\t4\n1\t-2\t3\t4\n",
                              "f:2: expected an id (0, 1, 2, …), found \"-2\""},
                      BadLine{"MovieLensIdOverflow", "movielens", kStars, "1\t2\t3\t4\n1\t99999999999999999999\t3\t4\n",
                              "f:2: expected an id (0, 1, 2, …), found \"99999999999999999999\""},
                      BadLine{"MovieLensBrokenRating", "movielens", kStars, "1\t2\t3\t4\n1\t2\tthree\t4\n",
                              "f:2: expected a rating, found \"three\""},
                      BadLine{"MovieLensHugeTime", "movielens", kStars, "1\t2\t3\t4\n1\t2\t3\t9223372036854775807\n",
                              "f:2: expected a timestamp in seconds, found \"9223372036854775807\""},
                      BadLine{"MovieLensMissingField", "movielens", kStars, "1\t2\t3\t4\n1\t2\t3\n",
                              "f:2: expected 4 fields, as on line 1, found 3"},
                      BadLine{"AdjacencyNegativeItem", "adjacency", kLists, "0 1\n1 -2\n",
                              "f:2: expected an id (0, 1, 2, …), found \"-2\""},
                      BadLine{"AdjacencyNegativeUser", "adjacency", kLists, "0 1\n-1 2\n",
                              "f:2: expected an id (0, 1, 2, …), found \"-1\""},
                      BadLine{"AdjacencyIdOverflow", "adjacency", kLists, "0 1\n1 9223372036854775808\n",
                              "f:2: expected an id (0, 1, 2, …), found \"9223372036854775808\""},
                      BadLine{"AdjacencyBrokenNumber", "adjacency", kLists, "0 1\n1 2.5\n",
                              "f:2: expected an id (0, 1, 2, …), found \"2.5\""}),
    [](const auto& test) { return test.param.name; });

TEST_P(BadLines, AreNamedByFileAndLine) {
  write("f", GetParam().text);
  EXPECT_EQ(error_of(GetParam().plugin, GetParam().params), GetParam().expected);
}

TEST_P(BadLines, AreSkippedAndCountedWhereThatIsWanted) {
  write("f", GetParam().text);
  const auto r = read(GetParam().plugin, GetParam().params);
  EXPECT_EQ(r.bad, std::vector<std::string>{GetParam().expected});
  EXPECT_EQ(r.seen.size(), 1U) << "the sound line is read";
}

struct Huge {
  const char *plugin, *params, *first, *line;  ///< line: with X for what is huge
};
void PrintTo(const Huge& huge, std::ostream* out) { *out << huge.plugin << " " << huge.line; }
class HugeFields : public ReaderTest, public ::testing::WithParamInterface<Huge> {
 protected:
  /// What is told of the second line, with so many bytes in the place of X.
  std::vector<std::string> told_of(std::size_t bytes) {
    std::string line = GetParam().line;
    line.replace(line.find('X'), 1, bytes, 'x');
    write("f", GetParam().first + line);
    return read(GetParam().plugin, GetParam().params).bad;
  }
};
INSTANTIATE_TEST_SUITE_P(Readers, HugeFields,
                         ::testing::Values(Huge{"csv", "{'path':'@/f'}", "u1,i1\n", "u5,X\n"},
                                           Huge{"csv", "{'path':'@/f'}", "u1,i1\n", "X,i2\n"},
                                           Huge{"csv", "{'path':'@/f'}", "u1,i1\n", "u5,\"X\"\n"},
                                           Huge{"adjacency", "{'path':'@/f'}", "a b\n", "b c X d\n"},
                                           Huge{"adjacency", "{'path':'@/f'}", "a b\n", "X c\n"}));

TEST_P(HugeFields, AreNoIds) {
  EXPECT_THAT(told_of(4096), ::testing::IsEmpty());
  for (const std::size_t bytes : {4097, 10'000'000}) {
    const auto told = told_of(bytes);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_TRUE(told[0].starts_with("f:2: expected ")) << told[0];
    EXPECT_NE(told[0].find(bytes == 4097 ? "an id of at most 4096 bytes" : "fields of at most 65536 bytes"),
              told[0].npos)
        << told[0];
    EXPECT_LT(told[0].size(), 300U);
  }
}

TEST_F(ReaderTest, ATitleMayBeLongAndNotHuge) {
  write("f", "u1,i1\n");
  for (const std::size_t bytes : {60'000, 70'000}) {
    write("titles", "id,title\ni1," + std::string(bytes, 't') + "\n");
    auto r = read("csv", "{'path':'@/f','items_path':'@/titles','items_key':'id'}");
    EXPECT_EQ(r.tables["items"]["i1"]["title"].size(), bytes == 60'000 ? bytes : 0);
    EXPECT_EQ(r.bad.size(), bytes == 60'000 ? 0U : 1U);
  }
}

TEST_F(ReaderTest, AListMayBeLongerThanAnyOfItsIds) {
  std::string line = "a";
  for (int i = 0; i < 30'000; ++i) line += " i" + std::to_string(i);
  write("f", line + "\n");
  EXPECT_EQ(read("adjacency", "{'path':'@/f'}").seen.size(), 30'000U);
}

using Input = ReaderTest;

TEST_F(Input, ANulIsAByteOfAnIdAndOfNothingElse) {
  write("f", std::string_view("1,a\0b,3\n2,c,4\0\n", 15));
  const auto r = read("csv", "{'path':'@/f','value':'2','header':'no'}");
  ASSERT_EQ(r.seen.size(), 1U);
  EXPECT_EQ(r.seen[0].item, std::string_view("a\0b", 3));
  EXPECT_EQ(r.bad, std::vector<std::string>{"f:2: expected a number in column \"2\", found \"4?\""});
}

TEST_F(Input, AByteOrderMarkAndCarriageReturnsAreNoPartOfAnyId) {
  write("f",
        "\xef\xbb\xbf"
        "7,a\r\n8,b\r\n");
  const auto r = read("csv", "{'path':'@/f','header':'no'}");
  ASSERT_EQ(r.seen.size(), 2U);
  EXPECT_EQ(r.seen[0].user + r.seen[0].item + r.seen[1].user + r.seen[1].item, "7a8b");
  EXPECT_TRUE(r.number_users);
}

TEST_F(Input, AFileMayBeCalledAnything) {
  const std::string name = "it \\\"is\\\" a ?*#% file\\n.csv";
  write("it \"is\" a ?*#% file\n.csv", "1,2\n2,3\n");
  EXPECT_EQ(read("csv", "{'path':'@/" + name + "'}").seen.size(), 2U);
}

TEST_F(Input, AnIdBeyondSixtyFourBitsIsATextWhereIdsMayBeTexts) {
  write("f", "9223372036854775807,1\n9223372036854775808,1\n");
  const auto r = read("csv", "{'path':'@/f','header':'no'}");
  ASSERT_EQ(r.seen.size(), 2U);
  EXPECT_EQ(r.seen[1].user, "9223372036854775808");
  EXPECT_FALSE(r.number_users);
}

TEST_F(Input, AColumnThatTheHeaderNamesTwiceIsNotGuessed) {
  write("f", "user,item,user\n1,2,3\n");
  EXPECT_EQ(error_of("csv", "{'path':'@/f','user':'user','item':'item'}"),
            "f:1: the header names two columns \"user\"; give user the number of the one that is meant (from 0)");
  write("g", "id,title,title\n1,a,b\n");
  write("h", "1,2\n");
  EXPECT_EQ(error_of("csv", "{'path':'@/h','items_path':'@/g','items_key':'id'}"),
            "g:1: the header names two columns \"title\"; list those to take in items_columns");
  EXPECT_EQ(error_of("csv", "{'path':'@/h','items_path':'@/g','items_key':'id','items_columns':['1:text','1:tags']}"),
            "the attribute \"title\" of items is asked for twice; name each column once");
}

TEST_F(Input, AGzipOfSeveralMembersAndPaddingIsReadWhole) {
  write_gz("a.gz", "1,2\n");
  write_gz("b.gz", "2,3\n");
  std::string both;
  for (const char* part : {"a.gz", "b.gz"}) {
    std::ifstream in(folder_ / part, std::ios::binary);
    both += std::string{std::istreambuf_iterator<char>(in), {}};
  }
  write("both.gz", both + std::string(512, '\0'));
  EXPECT_EQ(read("csv", "{'path':'@/both.gz','header':'no'}").seen.size(), 2U);
}

}  // namespace
}  // namespace assay::test
