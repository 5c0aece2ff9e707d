// Prepared data whose checksums are right but whose sections do not fit together is refused before anyone follows it.

#include "data/layout.hpp"

#include <cmath>
#include <functional>
#include <gtest/gtest.h>

#include "assay/errors.hpp"

#include "support.hpp"

namespace assay {
namespace {

using test::Folder;

/// Two users, three items, as sections; a test spoils one array.
struct Sections_ {
  std::vector<std::int64_t> offsets{0, 2, 3}, times{5, 6, 7}, word_offsets{0, 1, 3};
  std::vector<Index> columns{0, 2, 1};
  std::vector<float> values{1, 2, 3};
  std::vector<double> numbers{1.5, 2.5};
  std::string words = "abb", facts;
};

std::string complaint(const std::function<void(Sections_&)>& spoil,
                      const std::function<void(const SectionFile&)>& read) {
  const Folder folder;
  const auto path = folder.path() / "x.assay";
  Sections_ s;
  s.facts =
      R"([{"name":"year","kind":"number","element":1,"shape":[2]},{"name":"genre","kind":"text","element":1,"shape":[]}])";
  spoil(s);
  SectionWriter out;
  out.add("m.offsets", std::span<const std::int64_t>(s.offsets));
  out.add("m.columns", std::span<const Index>(s.columns));
  out.add("m.items", std::span<const Index>(s.columns));
  out.add("m.values", std::span<const float>(s.values));
  out.add("m.times", std::span<const std::int64_t>(s.times));
  out.add("id.offsets", std::span<const std::int64_t>(s.word_offsets));
  out.add_text("id.bytes", s.words);
  out.add("t.0.dense", std::span<const double>(s.numbers));
  out.add("t.1.word_offsets", std::span<const std::int64_t>(s.word_offsets));
  out.add_text("t.1.word_bytes", s.words);
  out.add_text("t.columns", s.facts);
  out.write(path, CacheKind::task);
  try {
    read(SectionFile(path, CacheKind::task));
    return "accepted";
  } catch (const DataError& e) {
    return e.what();
  }
}

void expect_damaged(const std::function<void(Sections_&)>& spoil, const std::function<void(const SectionFile&)>& read) {
  const std::string why = complaint(spoil, read);
  EXPECT_NE(why.find("does not fit together: delete the file, it will be built again"), std::string::npos) << why;
}

void as_matrix(const SectionFile& file) { (void)csr_of(file, "m", 2, 3); }
void as_log(const SectionFile& file) { (void)log_of(file, "m", 2, 3); }
void as_ids(const SectionFile& file) { (void)ids_of(file, "id"); }
void as_table(const SectionFile& file) { (void)table_of(file, "t", 2); }

TEST(Layout, SoundSectionsAreAccepted) {
  for (const auto read : {as_matrix, as_log, as_ids, as_table})
    EXPECT_EQ(complaint([](Sections_&) {}, read), "accepted");
}

TEST(Layout, RowsThatLeadAstrayAreRefused) {
  for (const auto read : {as_matrix, as_log}) {
    expect_damaged([](Sections_& s) { s.offsets = {0, 2}; }, read);
    expect_damaged([](Sections_& s) { s.offsets = {1, 2, 3}; }, read);
    expect_damaged([](Sections_& s) { s.offsets = {0, 4, 3}; }, read);
    expect_damaged([](Sections_& s) { s.offsets = {0, -1, 3}; }, read);
    expect_damaged([](Sections_& s) { s.offsets = {0, 2, 1'000'000}; }, read);
    expect_damaged([](Sections_& s) { s.columns = {0, 3, 1}; }, read);
    expect_damaged([](Sections_& s) { s.columns = {0, -1, 1}; }, read);
    expect_damaged([](Sections_& s) { s.values.pop_back(); }, read);
    expect_damaged([](Sections_& s) { s.times.pop_back(); }, read);
  }
}

TEST(Layout, IdsThatLieOutsideOfTheirBytesAreRefused) {
  expect_damaged([](Sections_& s) { s.word_offsets = {0, 1, 4}; }, as_ids);
  expect_damaged([](Sections_& s) { s.word_offsets = {0, 9, 3}; }, as_ids);
  expect_damaged([](Sections_& s) { s.word_offsets = {}; }, as_ids);
}

TEST(Layout, TablesThatContradictThemselvesAreRefused) {
  const auto facts = [](const std::string& from, const std::string& to) {
    return [=](Sections_& s) { s.facts.replace(s.facts.find(from), from.size(), to); };
  };
  expect_damaged([](Sections_& s) { s.numbers.push_back(1); }, as_table);
  expect_damaged([](Sections_& s) { s.word_offsets = {0, 3}; }, as_table);
  expect_damaged([](Sections_& s) { s.word_offsets = {0, 7, 3}; }, as_table);
  expect_damaged(facts("number", "colour"), as_table);
  expect_damaged(facts("\"element\":1", "\"element\":9"), as_table);
  expect_damaged(facts("\"element\":1", "\"element\":1e300"), as_table);
  expect_damaged(facts("[2]", "[-2]"), as_table);
  expect_damaged(facts("[2]", "[2,0,9223372036854775807]"), as_table);
  expect_damaged(facts("[2]", "[]"), as_table);
  expect_damaged(facts("\"name\":\"year\",", ""), as_table);
  expect_damaged([](Sections_& s) { s.facts = std::string(100'000, '['); }, as_table);
}

}  // namespace
}  // namespace assay
