// What the csv reader reads.
#include "assay/errors.hpp"

#include "fixture.hpp"

namespace assay::test {
namespace {

using Csv = ReaderTest;

TEST_F(Csv, ReadsColumnsByNameUnderAHeader) {
  write("a.csv", "when,rating,movie,who\n100,4,7,1\n200,3.5,8,2\n");
  const auto r = read("csv", "{'path':'@/a.csv','user':'who','item':'movie','value':'rating','time':'when'}");
  EXPECT_EQ(r.seen,
            (std::vector<Seen>{{Part::all, "1", "7", 4, 100'000, ""}, {Part::all, "2", "8", 3.5, 200'000, ""}}));
  EXPECT_TRUE(r.bad.empty());
  EXPECT_TRUE(r.number_users && r.number_items);
}

TEST_F(Csv, ReadsColumnsByNumberWithoutAHeader) {
  write("a.csv", "7 1 2\n8 2 3\n");
  const auto r = read("csv", "{'path':'@/a.csv','user':'1','item':'0','value':'2'}");
  EXPECT_EQ(r.seen, (std::vector<Seen>{{Part::all, "1", "7", 2, 0, ""}, {Part::all, "2", "8", 3, 0, ""}}));
  EXPECT_FALSE(r.has_times);
}

TEST_F(Csv, IsImplicitWhereNoValueIsAsked) {
  write("a.csv", "1,2\n3,4\n");
  const auto r = read("csv", "{'path':'@/a.csv'}");
  EXPECT_FALSE(r.has_values);
  EXPECT_EQ(r.seen.size(), 2U);
}

TEST_F(Csv, TellsEveryUsualDelimiter) {
  for (const std::string delimiter : {",", ";", "\t", "|", "::", " "}) {
    std::string text;
    for (const std::string row : {"1#2#3.5", "4#5#1"}) {
      for (const char c : row) text += c == '#' ? delimiter : std::string(1, c);
      text += "\n";
    }
    write("a.txt", text);
    const auto r = read("csv", "{'path':'@/a.txt','value':'2'}");
    EXPECT_EQ(r.seen, (std::vector<Seen>{{Part::all, "1", "2", 3.5, 0, ""}, {Part::all, "4", "5", 1, 0, ""}}))
        << "delimiter " << delimiter;
  }
}

TEST_F(Csv, PrefersTheDelimiterThatCutsAllLinesAlike) {
  write("a.csv", "1;2;a b, c\n3;4;d\n5;6;e, f g\n");
  const auto r = read("csv", "{'path':'@/a.csv'}");
  EXPECT_EQ(r.seen.size(), 3U);
  EXPECT_EQ(r.seen[2].item, "6");
}

TEST_F(Csv, RecognisesAHeaderByTheNumbersThatItLacks) {
  write("a.csv", "user,item,rating\n1,2,3\n");
  EXPECT_EQ(read("csv", "{'path':'@/a.csv','value':'2'}").seen.size(), 1U);
  EXPECT_EQ(read("csv", "{'path':'@/a.csv'}").seen.size(), 1U);
  write("b.csv", "ann,apple\nbob,pear\n");
  EXPECT_EQ(read("csv", "{'path':'@/b.csv'}").seen.size(), 2U) << "ids that are texts are no header";
  EXPECT_EQ(read("csv", "{'path':'@/b.csv','header':'yes'}").seen.size(), 1U);
}

TEST_F(Csv, DropsAByteOrderMarkAndReadsCrlf) {
  write("a.csv", "\xef\xbb\xbfuser,item\r\n1,2\r\n3,4\r\n");
  const auto r = read("csv", "{'path':'@/a.csv','user':'user','item':'item'}");
  EXPECT_EQ(r.seen, (std::vector<Seen>{{Part::all, "1", "2", 1, 0, ""}, {Part::all, "3", "4", 1, 0, ""}}));
}

TEST_F(Csv, SkipsEmptyLinesCommentsAndAPreamble) {
  write("a.csv", "made by a tool\nin two lines\n# note\n1,2\n\n\r\n#x\n3,4\n\n");
  const auto r = read("csv", "{'path':'@/a.csv','skip_lines':2,'comment':'#'}");
  EXPECT_EQ(r.seen.size(), 2U);
  EXPECT_TRUE(r.bad.empty());
}

TEST_F(Csv, TakesALastLineWithoutLineEnd) {
  write("a.csv", "1,2\n3,4");
  EXPECT_EQ(read("csv", "{'path':'@/a.csv'}").seen.size(), 2U);
}

TEST_F(Csv, UndoesQuotes) {
  write("a.csv",
        "user,item\n"
        "\"a,b\",\"say \"\"hi\"\"\"\n"  // a delimiter and quotes inside
        "\"two\nlines\",\"\"\"\"\n"     // a line break inside; one quote
        "5\" nail,x\"y\"z\n"            // quotes inside a field that does not begin with one are text
        "\" padded \",  bare  \n");     // blanks count inside quotes only
  const auto r = read("csv", "{'path':'@/a.csv','user':'user','item':'item'}");
  ASSERT_EQ(r.seen.size(), 4U);
  EXPECT_EQ(r.seen[0].user, "a,b");
  EXPECT_EQ(r.seen[0].item, "say \"hi\"");
  EXPECT_EQ(r.seen[1].user, "two\nlines");
  EXPECT_EQ(r.seen[1].item, "\"");
  EXPECT_EQ(r.seen[2].user, "5\" nail");
  EXPECT_EQ(r.seen[2].item, "x\"y\"z");
  EXPECT_EQ(r.seen[3].user, " padded ");
  EXPECT_EQ(r.seen[3].item, "bare");
}

TEST_F(Csv, LeavesQuotesAloneWhereToldTo) {
  write("a.csv", "\"a,1\n\"b,2\n");
  const auto r = read("csv", "{'path':'@/a.csv','quotes':false}");
  ASSERT_EQ(r.seen.size(), 2U);
  EXPECT_EQ(r.seen[0].user, "\"a");
}

TEST_F(Csv, SwitchesToTextsWithoutLosingAnId) {
  std::string text;
  for (int i = 0; i < 70'000; ++i) text += std::to_string(i) + "," + std::to_string(i % 10) + "\n";
  text += "guest,3\n007,4\n7,5\n";
  write("a.csv", text);
  const auto r = read("csv", "{'path':'@/a.csv'}");
  ASSERT_EQ(r.seen.size(), 70'003U);
  EXPECT_FALSE(r.number_users);
  EXPECT_TRUE(r.number_items);
  EXPECT_EQ(r.seen[69'999].user, "69999");
  EXPECT_EQ(r.seen[70'000].user, "guest");
  EXPECT_EQ(r.seen[70'001].user, "007") << "a leading zero is part of the id";
  EXPECT_LE(r.largest_batch, 65'536U);
}

TEST_F(Csv, KeepsWhatIsNoCanonicalIntegerAsText) {
  write("a.csv", "1,-5\n2,+5\n3,-0\n4,9223372036854775807\n5,9223372036854775808\n6,1.0\n");
  const auto r = read("csv", "{'path':'@/a.csv','header':'no'}");
  std::vector<std::string> items;
  for (const auto& s : r.seen) items.push_back(s.item);
  EXPECT_EQ(items, (std::vector<std::string>{"-5", "+5", "-0", "9223372036854775807", "9223372036854775808", "1.0"}));
}

TEST_F(Csv, ReadsEveryWayOfWritingATime) {
  const auto time = [&](const std::string& text, const std::string& format) {
    write("a.csv", "1,2," + text + "\n");
    const auto r =
        read("csv", "{'path':'@/a.csv','time':'2','delimiter':',','header':'no','time_format':'" + format + "'}");
    return r.seen.empty() ? -1 : r.seen[0].time;
  };
  // date -u -d '2010-12-01 08:26' +%s
  EXPECT_EQ(time("2010-12-01 08:26", "auto"), 1'291'191'960'000);
  EXPECT_EQ(time("2010-12-01T08:26:09.25Z", "iso"), 1'291'191'969'250);
  EXPECT_EQ(time("2010-12-01T08:26:09+02:00", "iso"), 1'291'191'969'000 - 7'200'000);
  EXPECT_EQ(time("1969-12-31", "iso"), -86'400'000);
  EXPECT_EQ(time("881250949", "auto"), 881'250'949'000);
  EXPECT_EQ(time("881250949.5", "seconds"), 881'250'949'500);
  EXPECT_EQ(time("1291191960000", "auto"), 1'291'191'960'000);
  EXPECT_EQ(time("12", "milliseconds"), 12);
  EXPECT_EQ(time("1/12/10 08:26", "%d/%m/%y %H:%M"), 1'291'191'960'000);
  EXPECT_EQ(time("Dec 1 2010 8:26 PM", "%b %d %Y %I:%M %p"), 1'291'191'960'000 + 12 * 3'600'000);
  EXPECT_EQ(time("2010-02-29", "iso"), -1) << "no such day";
  EXPECT_EQ(time("2010-12-01 24:00", "iso"), -1);
}

TEST_F(Csv, ReadsBehaviours) {
  write("a.csv", "u,i,event\n1,2,view\n1,2,purchase\n");
  const auto r = read("csv", "{'path':'@/a.csv','user':'u','item':'i','behaviour':'event'}");
  EXPECT_EQ(r.seen[0].behaviour, "view");
  EXPECT_EQ(r.seen[1].behaviour, "purchase");
}

TEST_F(Csv, ReadsThePartsOfAGivenSplit) {
  write("train", "1 2\n");
  write("valid", "1 3\n");
  write("test", "1 4\n");
  const auto r = read("csv", "{'path':'@/train','validation_path':'@/valid','test_path':'@/test'}");
  EXPECT_EQ(r.seen, (std::vector<Seen>{{Part::train, "1", "2", 1, 0, ""},
                                       {Part::validation, "1", "3", 1, 0, ""},
                                       {Part::test, "1", "4", 1, 0, ""}}));
  EXPECT_EQ(r.last_done, r.last_total);
  EXPECT_EQ(r.last_total, 12);
}

TEST_F(Csv, ReadsGzipAsIfItWerePlain) {
  std::string text = "user,item\n";
  for (int i = 0; i < 200'000; ++i) text += std::to_string(i) + "," + std::to_string(i * 7) + "\n";
  write_gz("a.csv.gz", text);
  write("a.csv", text);
  const auto packed = read("csv", "{'path':'@/a.csv.gz'}"), plain = read("csv", "{'path':'@/a.csv'}");
  EXPECT_EQ(plain.seen.size(), 200'000U);
  EXPECT_EQ(packed.seen, plain.seen);
  EXPECT_EQ(packed.last_done, packed.last_total);
}

TEST_F(Csv, GivesTheSameRecordsWhereverBlocksEnd) {
  // Quoted fields with line breaks, of lengths that put every kind of byte at the block's edge once.
  std::string text;
  std::vector<std::string> names;
  for (int i = 0; i < 60'000; ++i) {
    const std::string name = std::string(static_cast<std::size_t>(i % 23), 'x') + "\n" + std::to_string(i);
    names.push_back(name + "\"");
    text += "\"" + name + "\"\"\"," + std::to_string(i) + (i % 2 ? "\r\n" : "\n");
  }
  write("a.csv", text);
  const auto r = read("csv", "{'path':'@/a.csv','header':'no','delimiter':','}");
  ASSERT_EQ(r.seen.size(), names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    ASSERT_EQ(r.seen[i].user, names[i]);
    ASSERT_EQ(r.seen[i].item, std::to_string(i));
  }
}

TEST_F(Csv, ReadsARecordLongerThanABlock) {
  std::string narrow, wide;
  for (int i = 0; i < 30; ++i) {
    narrow += ",";
    wide += ",\"" + std::string(50'000, 'y') + "\"";
  }
  write("a.csv", "1,2" + narrow + "\nu,3" + wide + "\n4,5" + narrow + "\n");
  const auto r = read("csv", "{'path':'@/a.csv'}");
  ASSERT_EQ(r.seen.size(), 3U);
  EXPECT_EQ(r.seen[1].user + r.seen[1].item, "u3");
}

TEST_F(Csv, PassesOverRowsWithoutAUserWhereToldTo) {
  write("a.csv", "1,2\n,3\n4,5\n");
  const auto r = read("csv", "{'path':'@/a.csv','skip_missing':true}");
  EXPECT_EQ(r.seen.size(), 2U);
  EXPECT_TRUE(r.bad.empty());
}

TEST_F(Csv, ReadsAttributes) {
  write("a.csv", "1,10\n");
  write("items.csv", "id,title,genres,price\n10,\"Caf\xe9, the\",a|b||a,2.50\n11,,,\n");
  const auto r = read("csv",
                      "{'path':'@/a.csv','items_path':'@/items.csv','items_key':'id',"
                      "'items_columns':['title','genres:tags','price:number']}");
  const auto& items = r.tables.at("items");
  EXPECT_EQ(items.at("10").at("title"), "Caf\xc3\xa9, the") << "Latin-1 becomes UTF-8";
  EXPECT_EQ(items.at("10").at("genres"), "a|b");
  EXPECT_EQ(items.at("10").at("price"), "2.5");
  EXPECT_EQ(items.at("11").at("price"), "") << "missing";
  EXPECT_TRUE(r.bad.empty());
}

TEST_F(Csv, StopsWhereTheUserCancels) {
  write("a.csv", "1,2\n");
  Recorder recorder;
  recorder.cancel_after = 0;
  EXPECT_THROW(open("csv", "{'path':'@/a.csv'}")->read(recorder), Cancelled);
}

}  // namespace
}  // namespace assay::test
