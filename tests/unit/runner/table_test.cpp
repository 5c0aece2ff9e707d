// Listings in each of their formats, and text that terminals and programs must survive.

#include "runner/table.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <sstream>

#include "assay/errors.hpp"

namespace assay {
namespace {

Listing sample() {
  Listing listing({{"model", ""}, {"ndcg", "ndcg@10"}, {"note", ""}});
  listing.add({"ease", Cell::number(0.25), "a, \"b\""});
  listing.add({"item|knn", Cell::number(std::numeric_limits<double>::quiet_NaN(), 4), Cell{}});
  listing.add({"日本", Cell::number(1.0 / 3, 4), "x"});
  return listing;
}

std::string printed(const Listing& listing, TableFormat format, TerminalStyle style = {}) {
  std::ostringstream out;
  listing.print(out, format, style);
  return out.str();
}

TEST(Listing, AlignsByDisplayWidthWithNumbersOnTheRight) {
  EXPECT_EQ(printed(sample(), TableFormat::text),
            "model     ndcg@10  note\n"
            "ease         0.25  a, \"b\"\n"
            "item|knn      nan\n"
            "日本       0.3333  x\n");
}

TEST(Listing, KnowsHowWideItsTextIs) {
  const std::string text = printed(sample(), TableFormat::text);
  EXPECT_EQ(sample().text_width(), text.find('\n', text.find("ease")) - text.find("ease"));
  EXPECT_EQ(Listing({{"日本", ""}, {"b", ""}}).text_width(), 4U + 2U + 1U);
}

TEST(Listing, QuotesCsvAndKeepsAllDigits) {
  EXPECT_EQ(printed(sample(), TableFormat::csv),
            "model,ndcg,note\n"
            "ease,0.25,\"a, \"\"b\"\"\"\n"
            "item|knn,nan,\n"
            "日本,0.3333333333333333,x\n");
}

TEST(Listing, WritesMarkdownWithEscapedBars) {
  EXPECT_EQ(printed(sample(), TableFormat::markdown),
            "| model | ndcg@10 | note |\n"
            "| --- | --: | --- |\n"
            "| ease | 0.25 | a, \"b\" |\n"
            "| item\\|knn | nan |  |\n"
            "| 日本 | 0.3333 | x |\n");
}

TEST(Listing, WritesJsonWithNullForNothingAndWordsForNotANumber) {
  EXPECT_EQ(printed(sample(), TableFormat::json),
            "[\n {\"model\": \"ease\", \"ndcg\": 0.25, \"note\": \"a, \\\"b\\\"\"},\n"
            " {\"model\": \"item|knn\", \"ndcg\": \"nan\", \"note\": null},\n"
            " {\"model\": \"日本\", \"ndcg\": 0.3333333333333333, \"note\": \"x\"}\n]\n");
  EXPECT_EQ(printed(Listing(std::vector<ListingColumn>{{"a", ""}}), TableFormat::json), "[]\n");
}

TEST(Listing, ColoursOnlyWhenAsked) {
  Listing listing(std::vector<ListingColumn>{{"s", ""}});
  listing.add({Cell("failed").with(Emphasis::bad)});
  EXPECT_EQ(printed(listing, TableFormat::text), "s\nfailed\n");
  EXPECT_EQ(printed(listing, TableFormat::text, {.colour = true}), "\x1b[1ms\x1b[0m\n\x1b[31mfailed\x1b[0m\n");
}

TEST(Listing, RefusesARowOfAnotherLength) {
  Listing listing({{"a", ""}, {"b", ""}});
  EXPECT_THROW(listing.add({"one"}), Error);
}

TEST(TableFormatName, SuggestsWhatWasMeant) {
  EXPECT_EQ(parse_table_format("csv"), TableFormat::csv);
  try {
    static_cast<void>(parse_table_format("jsn"));
    FAIL() << "accepted";
  } catch (const ConfigError& e) {
    EXPECT_NE(std::string(e.what()).find("Did you mean \"json\"?"), std::string::npos) << e.what();
  }
}

TEST(DisplayWidth, CountsWideAndCombiningCharacters) {
  EXPECT_EQ(display_width("abc"), 3u);
  EXPECT_EQ(display_width("日本"), 4u);
  EXPECT_EQ(display_width("e\xCC\x81"), 1u);            // e and a combining acute accent
  EXPECT_EQ(display_width("\xF0\x9F\x98\x80"), 2u);     // a face
  EXPECT_EQ(display_width("0.25 \xC2\xB1 0.01"), 11u);  // plus-minus
}

TEST(Wrapped, BreaksBetweenWordsOnly) {
  EXPECT_EQ(wrapped("one two three", 8), "one two\nthree");
  EXPECT_EQ(wrapped("one two three", 0), "one two three");
  EXPECT_EQ(wrapped("one two three", 9, 4), "one\n    two\n    three") << "4 columns are taken already";
  EXPECT_EQ(wrapped("  1 of 2  long-word-that-stays", 10), "  1 of 2\nlong-word-that-stays");
  EXPECT_EQ(wrapped("", 10), "");
}

TEST(Listing, WrapsTheLastColumnOnATerminalWhereWordsHaveRoom) {
  Listing listing({{"run", ""}, {"reason", ""}});
  listing.add({"4f1c22ab", "a first part and a second part"});
  EXPECT_EQ(printed(listing, TableFormat::text, {.colour = false, .width = 32}),
            "run       reason\n"
            "4f1c22ab  a first part and a\n"
            "          second part\n");
  EXPECT_EQ(printed(listing, TableFormat::text, {.colour = false, .width = 20}),
            "run       reason\n4f1c22ab  a first part and a second part\n");
}

TEST(Listing, CanBePrintedWithoutAColumn) {
  EXPECT_EQ(printed(sample().without("ndcg").without("nosuch"), TableFormat::csv),
            "model,note\nease,\"a, \"\"b\"\"\"\nitem|knn,\n日本,x\n");
}

TEST(Printable, LetsNoStoredTextSteerTheTerminal) {
  EXPECT_EQ(printable("a\x1b[2Jb\nc\x7f"), "a\\x1b[2Jb\\nc\\x7f");
  EXPECT_EQ(printable("\xC2\x9B"), "\\x9b");                       // CSI as one C1 character
  EXPECT_EQ(printable("a\xFFz\xE2\x82"), "a\uFFFDz\uFFFD\uFFFD");  // broken UTF-8
  EXPECT_EQ(printable("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");      // a surrogate
  EXPECT_EQ(printable("x\u202Ey"), "x\uFFFDy");                    // right-to-left override
}

TEST(JsonText, EscapesWhatJsonForbids) {
  EXPECT_EQ(json_text("a\"\\\n\x01\xFF"), "\"a\\\"\\\\\\n\\u0001\\ufffd\"");
  EXPECT_EQ(json_text("é"), "\"é\"");
}

}  // namespace
}  // namespace assay
