// The rdata reader, on serializations that the tests write byte by byte and on a real package.
#include <rdata/rdata.h>

#include "assay/errors.hpp"

#include "fixture.hpp"
#include "rdata_writer.hpp"

namespace assay::test {
namespace {

using RDataTest = ReaderTest;

const std::string kRatings = "'user':'who','item':'what','value':'stars'";

/// who (integer), what (factor), stars (real), when (date-time), name (text)
std::string small_frame() {
  r::Writer w;
  w.list(5, true);
  w.integers({1, 2, 3});
  w.integers({2, 1, 2}, true);
  w.attributes({{"levels",
                 [](r::Writer& x) {
                   x.texts({"pear", "apple|red"});
                 }},
                {"class", [](r::Writer& x) { x.texts({"factor"}); }}});
  w.reals({5, 3.5, 1});
  w.reals({881250949, 0, 86400.5}, true);
  w.attributes({{"class", [](r::Writer& x) { x.texts({"POSIXct", "POSIXt"}); }}});
  w.texts({"Ann", "Bob", "C\xe9line"});
  w.attributes({{"names",
                 [](r::Writer& x) {
                   x.texts({"who", "what", "stars", "when", "name"});
                 }},
                {"class", [](r::Writer& x) { x.texts({"data.frame"}); }},
                {"row.names", [](r::Writer& x) { x.compact_sequence(3); }}});
  return w.document();
}

TEST_F(RDataTest, ReadsADataFrameFromRds) {
  write("a.rds", small_frame());
  const auto r =
      read("rdata",
           "{'path':'@/a.rds','time':'when','users_columns':['name'],'items_columns':['what:tags']," + kRatings + "}");
  EXPECT_EQ(r.seen, (std::vector<Seen>{{Part::all, "1", "apple|red", 5, 881'250'949'000, ""},
                                       {Part::all, "2", "pear", 3.5, 0, ""},
                                       {Part::all, "3", "apple|red", 1, 86'400'500, ""}}));
  EXPECT_TRUE(r.number_users);
  EXPECT_EQ(r.tables.at("users").at("3").at("name"), "C\xc3\xa9line");
  EXPECT_EQ(r.tables.at("items").at("apple|red").at("what"), "apple|red");
}

TEST_F(RDataTest, ReadsCompressedRdsAndWorkspaces) {
  write_gz("a.rds", small_frame());
  EXPECT_EQ(read("rdata", "{'path':'@/a.rds'," + kRatings + "}").seen.size(), 3U);
  r::Writer w;
  w.pairlist(
      {{"f", [](r::Writer& x) { x.integers({1}); }}, {"d", [](r::Writer& x) { x.raw(small_frame().substr(14 + 9)); }}});
  write_gz("a.rda", "RDX3\n" + w.document());
  EXPECT_EQ(read("rdata", "{'path':'@/a.rda','object':'d'," + kRatings + "}").seen.size(), 3U);
  EXPECT_EQ(error_of("rdata", "{'path':'@/a.rda','object':'x'," + kRatings + "}"),
            "a.rda: holds no object \"x\"; it has: d, f");
  EXPECT_EQ(error_of("rdata", "{'path':'@/a.rda'," + kRatings + "}"),
            "a.rda: holds several objects; name one with the parameter object; it has: d, f");
  EXPECT_EQ(error_of("rdata", "{'path':'@/a.rda','object':'f'," + kRatings + "}"), "a.rda: \"f\" is no data frame");
}

TEST_F(RDataTest, ReadsWhatLibrdataWrites) {
  std::string content;
  auto* writer = rdata_writer_init(
      [](const void* data, std::size_t n, void* to) {
        static_cast<std::string*>(to)->append(static_cast<const char*>(data), n);
        return static_cast<ssize_t>(n);
      },
      RDATA_WORKSPACE);
  auto* who = rdata_add_column(writer, "who", RDATA_TYPE_STRING);
  auto* what = rdata_add_column(writer, "what", RDATA_TYPE_INT32);
  auto* stars = rdata_add_column(writer, "stars", RDATA_TYPE_REAL);
  auto* when = rdata_add_column(writer, "when", RDATA_TYPE_TIMESTAMP);
  rdata_begin_file(writer, &content);
  rdata_begin_table(writer, "ratings");
  rdata_begin_column(writer, who, 2);
  rdata_append_string_value(writer, "ann");
  rdata_append_string_value(writer, "bob");
  rdata_end_column(writer, who);
  rdata_begin_column(writer, what, 2);
  rdata_append_int32_value(writer, 7);
  rdata_append_int32_value(writer, -8);
  rdata_end_column(writer, what);
  rdata_begin_column(writer, stars, 2);
  rdata_append_real_value(writer, 4.5);
  rdata_append_real_value(writer, 1);
  rdata_end_column(writer, stars);
  rdata_begin_column(writer, when, 2);
  rdata_append_timestamp_value(writer, 881250949);
  rdata_append_timestamp_value(writer, 0);
  rdata_end_column(writer, when);
  rdata_end_table(writer, 2, "ratings");
  rdata_end_file(writer);
  rdata_writer_free(writer);
  write("a.rda", content);
  EXPECT_EQ(read("rdata", "{'path':'@/a.rda','time':'when'," + kRatings + "}").seen,
            (std::vector<Seen>{{Part::all, "ann", "7", 4.5, 881'250'949'000, ""}, {Part::all, "bob", "-8", 1, 0, ""}}));
}

TEST_F(RDataTest, ReadsEveryCompressionOfALazyLoadDatabase) {
  const std::string frame = small_frame();
  for (const auto compression : {r::Compression::zlib, r::Compression::zlib_marked, r::Compression::bzip2,
                                 r::Compression::lzma, r::Compression::none}) {
    const std::string piece = r::piece(frame, compression);
    const int offset = 3;
    write("Rdata.rdb", "xyz" + piece);
    r::Writer w;
    w.list(3, true);
    w.list(1, true);
    w.integers({offset, static_cast<int>(piece.size())});
    w.attributes({{"names", [](r::Writer& x) { x.texts({"ratings"}); }}});
    w.list(0);
    w.integers({1});
    w.attributes({{"names", [](r::Writer& x) { x.texts({"variables", "references", "compressed"}); }}});
    write_gz("Rdata.rdx", w.document());
    EXPECT_EQ(read("rdata", "{'path':'@/Rdata.rdx','object':'ratings'," + kRatings + "}").seen.size(), 3U);
    std::filesystem::resize_file(folder_ / "Rdata.rdb", 3 + piece.size() - 1);
    EXPECT_EQ(error_of("rdata", "{'path':'@/Rdata.rdx'," + kRatings + "}"),
              "Rdata.rdb: is shorter than its index (.rdx) says");
  }
}

TEST_F(RDataTest, TellsRowsWithMissingValues) {
  r::Writer w;
  w.list(3, true);
  w.integers({1, r::kNa, 3});
  w.reals({10, 11, 12.5});
  w.reals({1, 2, 3});
  w.attributes({{"names", [](r::Writer& x) { x.texts({"who", "what", "stars"}); }}});
  write("a.rds", w.document());
  const auto r = read("rdata", "{'path':'@/a.rds'," + kRatings + "}");
  EXPECT_EQ(r.bad, (std::vector<std::string>{
                       "a.rds:2: expected an id (a text or a whole number) in column \"who\" of this row",
                       "a.rds:3: expected an id (a text or a whole number) in column \"what\" of this row"}));
  EXPECT_EQ(r.seen.size(), 1U);
}

TEST_F(RDataTest, NamesTheColumnsThatThereAre) {
  write("a.rds", small_frame());
  EXPECT_EQ(
      error_of("rdata", "{'path':'@/a.rds','user':'u','item':'what'}"),
      "a.rds: the object has no column \"u\", which the parameter user asks for; it has: who, what, stars, when, name");
  write("b.rds", "hello");
  EXPECT_EQ(error_of("rdata", "{'path':'@/b.rds'," + kRatings + "}"),
            "b.rds: is no R data file (an .rda or .rds file in binary form, or the .rdx of a lazy-load database)");
}

TEST_F(RDataTest, RefusesEveryTruncationAndSurvivesEveryChangedByte) {
  const std::string good = small_frame();
  const std::string params = "{'path':'@/a.rds','time':'when','users_columns':['name']," + kRatings + "}";
  const auto dataset = open("rdata", params);
  for (std::size_t n = 0; n < good.size(); ++n) {
    write("a.rds", good.substr(0, n));
    Recorder recorder;
    EXPECT_THROW(dataset->read(recorder), DataError) << n;
  }
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const int to : {0x00, 0xff, good[at] ^ 0x02}) {
      std::string changed = good;
      changed[at] = static_cast<char>(to);
      write("a.rds", changed);
      Recorder recorder;
      try {
        dataset->read(recorder);
      } catch (const DataError&) {  // a reason is fine, a crash or a gigabyte is not
      }
    }
  }
}

TEST_F(RDataTest, RefusesLengthsDepthsAndSequencesThatNoFileCanBack) {
  const auto error = [&](const std::string& content) {
    write("a.rds", content);
    return error_of("rdata", "{'path':'@/a.rds'," + kRatings + "}");
  };
  const std::string head = r::Writer().document();
  EXPECT_EQ(error(head + r::word(13) + r::word(0x7fffffff)), "a.rds: ends in the middle of an R object, or is damaged");
  std::string deep = head;
  for (int i = 0; i < 100'000; ++i) deep += r::word(19) + r::word(1);
  EXPECT_EQ(error(deep), "a.rds: is nested too deeply, or damaged");
  r::Writer wide;
  wide.list(2'000'000);
  for (int i = 0; i < 2'000'000; ++i) wide.raw(r::word(254));
  EXPECT_NE(error(wide.document()).find("more than a million R objects"), std::string::npos);
  r::Writer sequence;
  sequence.compact_sequence(2e9);
  EXPECT_EQ(error(sequence.document()), "a.rds: has a compact sequence that is too long or unreadable");
}

TEST_F(RDataTest, ReadsTheMovieLensOfDslabs) {
  const auto path = find_data("dslabs/data/Rdata.rdx");
  if (!path) GTEST_SKIP() << "dslabs/data/Rdata.rdx is in none of the folders of $ASSAY_DATA";
  Recorder r;
  open("rdata", "{'path':'" + *path +
                    "','object':'movielens','user':'userId','item':'movieId','value':'rating','time':'timestamp',"
                    "'items_columns':['title','genres:tags','year:number'],'no_tags':'(no genres listed)'}")
      ->read(r);
  ASSERT_EQ(r.seen.size(), 100'004U);
  std::set<std::string> users, items;
  for (const auto& s : r.seen) {
    users.insert(s.user);
    items.insert(s.item);
  }
  EXPECT_EQ(users.size(), 671U);
  EXPECT_EQ(items.size(), 9'066U);
  EXPECT_EQ(r.seen[0], (Seen{Part::all, "1", "31", 2.5, 1'260'759'144'000, ""}));  // as librdata gives it
  EXPECT_EQ(r.tables.at("items").size(), 9'066U);
  EXPECT_EQ(r.tables.at("items").at("31").at("title"), "Dangerous Minds");
  EXPECT_EQ(r.tables.at("items").at("31").at("genres"), "Drama");
  EXPECT_EQ(r.tables.at("items").at("31").at("year"), "1995");
  EXPECT_TRUE(r.bad.empty());
  EXPECT_TRUE(r.number_users && r.number_items);
}

}  // namespace
}  // namespace assay::test
