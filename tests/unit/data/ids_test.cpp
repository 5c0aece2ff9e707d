// External ids: codes while reading, ranks in the end.

#include "data/ids.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

#include "assay/random.hpp"

namespace assay {
namespace {

std::vector<std::uint32_t> numbers(IdInterner& interner, const std::vector<std::int64_t>& ids) {
  std::vector<std::uint32_t> codes(ids.size());
  interner.codes({ids, {}}, codes);
  return codes;
}

std::vector<std::uint32_t> texts(IdInterner& interner, const std::vector<std::string_view>& ids) {
  std::vector<std::uint32_t> codes(ids.size());
  interner.codes({{}, ids}, codes);
  return codes;
}

IdInterner::Ranking rank_all(const IdInterner& interner) {
  return interner.rank(std::vector<std::uint8_t>(interner.size(), 1));
}

std::vector<std::string> ordered(const IdInterner& interner) {
  const auto ranking = rank_all(interner);
  std::vector<std::string> out;
  for (Index i = 0; i < ranking.ids.view().size(); ++i) out.push_back(ranking.ids.view().text(i));
  return out;
}

TEST(Ids, RankNumbersByValueOverTheWholeRange) {
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min(), kMost = std::numeric_limits<std::int64_t>::max();
  IdInterner interner;
  const auto codes = numbers(interner, {10, 9, kMost, -3, 5'000'000'000, 0, kLeast, 10, -3, kMost});
  EXPECT_EQ(codes, (std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6, 0, 3, 2}));
  const auto ranking = rank_all(interner);
  EXPECT_EQ(ranking.ids.numbers, (std::vector<std::int64_t>{kLeast, -3, 0, 9, 10, 5'000'000'000, kMost}));
  EXPECT_EQ(ranking.rank, (std::vector<Index>{4, 3, 6, 1, 5, 2, 0}));
}

TEST(Ids, RankTextsThatAreAllIntegersByValue) {
  IdInterner interner;
  texts(interner, {"10", "9", "-1", "100"});
  EXPECT_EQ(ordered(interner), (std::vector<std::string>{"-1", "9", "10", "100"}));
}

TEST(Ids, RankTextsBytewiseAsSoonAsOneIsNoInteger) {
  IdInterner interner;
  texts(interner, {"10", "9", "\xc3\xa4", "A", "a", "100", "prefixed-1", "prefixed-", "prefixed-12"});
  EXPECT_EQ(ordered(interner), (std::vector<std::string>{"10", "100", "9", "A", "a", "prefixed-", "prefixed-1",
                                                         "prefixed-12", "\xc3\xa4"}));
}

TEST(Ids, TellAnIntegerFromItsUnusualSpellings) {
  for (const char* text : {"07", "+7", "-0", "", "-", " 7", "7 ", "7.0", "1e3", "9223372036854775808"})
    EXPECT_FALSE(canonical_integer(text)) << text;
  EXPECT_EQ(canonical_integer("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(canonical_integer("0"), 0);
  IdInterner interner;
  texts(interner, {"7", "07"});
  EXPECT_EQ(interner.size(), 2u);
  EXPECT_EQ(ordered(interner), (std::vector<std::string>{"07", "7"}));
}

TEST(Ids, TakeANumberAndItsTextForTheSameId) {
  IdInterner interner;
  EXPECT_EQ(numbers(interner, {7, 5'000'000'000, 12}), (std::vector<std::uint32_t>{0, 1, 2}));
  EXPECT_EQ(texts(interner, {"12", "B7", "5000000000"}), (std::vector<std::uint32_t>{2, 3, 1}));
  EXPECT_EQ(numbers(interner, {7, 8}), (std::vector<std::uint32_t>{0, 4}));
  EXPECT_EQ(ordered(interner), (std::vector<std::string>{"12", "5000000000", "7", "8", "B7"}));
}

TEST(Ids, RankOnlyThoseThatAreUsed) {
  IdInterner interner;
  texts(interner, {"3", "attribute only", "20"});
  const auto ranking = interner.rank(std::vector<std::uint8_t>{1, 0, 1});
  EXPECT_EQ(ranking.ids.numbers, (std::vector<std::int64_t>{3, 20})) << "the unused text does not make ids texts";
  EXPECT_EQ(ranking.rank, (std::vector<Index>{0, kUnknown, 1}));
}

TEST(Ids, SurviveTheGrowthOfTheTables) {
  Random random(5);
  IdInterner by_number, by_text;
  std::vector<std::int64_t> ids;
  for (int i = 0; i < 50'000; ++i) ids.push_back(static_cast<std::int64_t>(random.below(30'000)) * 1'000'003 - 9'999);
  std::vector<std::string> spelled;
  for (const auto id : ids) spelled.push_back("id" + std::to_string(id));
  EXPECT_EQ(numbers(by_number, ids), texts(by_text, {spelled.begin(), spelled.end()}));
  const std::set<std::int64_t> unique(ids.begin(), ids.end());
  EXPECT_EQ(by_number.size(), unique.size());
  EXPECT_TRUE(std::ranges::equal(rank_all(by_number).ids.numbers, unique));
  const std::set<std::string> unique_texts(spelled.begin(), spelled.end());
  EXPECT_TRUE(std::ranges::equal(ordered(by_text), unique_texts));
}

TEST(Ids, AreFoundByTheirText) {
  IdInterner number, text;
  numbers(number, {30, -5, 7});
  texts(text, {"b", "a", "cc", ""});
  const auto by_number = rank_all(number), by_text = rank_all(text);
  for (const auto* ranking : {&by_number, &by_text})
    for (Index i = 0; i < ranking->ids.view().size(); ++i)
      EXPECT_EQ(ranking->ids.view().find(ranking->ids.view().text(i)), i);
  for (const char* absent : {"8", "31", "-6", "007", "x"}) EXPECT_FALSE(by_number.ids.view().find(absent)) << absent;
  for (const char* absent : {"c", "ccc", "A", "z"}) EXPECT_FALSE(by_text.ids.view().find(absent)) << absent;
}

}  // namespace
}  // namespace assay
