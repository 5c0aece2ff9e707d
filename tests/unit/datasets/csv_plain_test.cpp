// The csv reader against a parser that looks at one byte after the other.
#include <algorithm>

#include "assay/random.hpp"

#include "fixture.hpp"

namespace assay::test {
namespace {

using Fields = std::vector<std::string>;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// RFC 4180 with the reader's leniencies, in the plainest way: a quote opens at the beginning of a field only; what
/// follows the closing one belongs to the field; blanks around a bare field do not count.
class PlainParser {
 public:
  explicit PlainParser(std::string text) : text_(std::move(text)) {
    if (!text_.empty() && text_.back() != '\n') text_ += '\n';
  }
  /// False at the end; `broken`: a quote was never closed, and its line is dropped.
  bool next(Fields& fields, bool& broken) {
    while (at_ < text_.size()) {
      const std::size_t start = at_;
      fields.clear();
      broken = !record(fields);
      if (broken) at_ = text_.find('\n', start) + 1;
      const std::string_view line = std::string_view(text_).substr(start, at_ - start);
      if (broken || (line != "\n" && line != "\r\n")) return true;
    }
    return false;
  }

 private:
  bool record(Fields& fields) {
    for (;;) {
      std::string field;
      const bool quoted = text_[at_] == '"';
      if (quoted && !quoted_part(field)) return false;
      while (text_[at_] != ',' && text_[at_] != '\n') field += text_[at_++];
      const bool last = text_[at_++] == '\n';
      if (last && text_[at_ - 2] == '\r' && !field.empty() && field.back() == '\r') field.pop_back();
      if (!quoted) {
        while (!field.empty() && is_blank(field.back())) field.pop_back();
        while (!field.empty() && is_blank(field.front())) field.erase(0, 1);
      }
      fields.push_back(field);
      if (last) return true;
    }
  }
  bool quoted_part(std::string& field) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != '"') {
        field += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        field += text_[at_++];
      } else {
        ++at_;
        return true;
      }
    }
    return false;
  }

  std::string text_;
  std::size_t at_ = 0;
};

std::string random_text(std::uint64_t seed, std::size_t size, std::string_view alphabet) {
  Random random(seed);
  std::string text = "x,y\n";
  while (text.size() < size) text += alphabet[random.below(alphabet.size())];
  return text;
}

using CsvPlain = ReaderTest;

TEST_F(CsvPlain, AgreesWithAPlainParserOnRandomText) {
  const auto dataset = open("csv", "{'path':'@/a.csv','delimiter':',','header':'no','ids':'text'}");
  std::uint64_t seed = 0;
  for (const std::string_view alphabet :
       {"ab,\n", "abcdefg,,\n\r\n \t", "abcdefgh\",,\n\r\n \"", "ab\"\"\",\n", "\",\n"}) {
    for (const std::size_t size : {10U, 40U, 63U, 64U, 65U, 200U, 5000U, 700'000U}) {
      const std::string text = random_text(++seed, size, alphabet);
      write("a.csv", text);
      Recorder r;
      dataset->read(r);
      PlainParser plain(text);
      Fields fields;
      bool broken = false;
      std::size_t good = 0, bad = 0;
      while (plain.next(fields, broken)) {
        if (broken || fields.size() != 2 || fields[0].empty() || fields[1].empty()) {
          ++bad;
          continue;
        }
        ASSERT_LT(good, r.seen.size()) << "seed " << seed;
        ASSERT_EQ(r.seen[good].user, fields[0]) << "seed " << seed << ", row " << good;
        ASSERT_EQ(r.seen[good].item, fields[1]) << "seed " << seed << ", row " << good;
        ++good;
      }
      EXPECT_EQ(r.seen.size(), good) << "seed " << seed;
      EXPECT_EQ(r.bad.size(), bad) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace assay::test
