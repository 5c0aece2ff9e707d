// Suggestions and number texts.

#include "base/text.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Suggestion, FindsTheNearestWordAndNothingFarAway) {
  const std::vector<std::string> words{"neighbours", "shrink", "similarity"};
  EXPECT_EQ(did_you_mean("neigbours", words), " Did you mean \"neighbours\"?");
  EXPECT_EQ(did_you_mean("shrnik", words), " Did you mean \"shrink\"?");
  EXPECT_EQ(did_you_mean("epochs", words), "");
  EXPECT_EQ(did_you_mean("", words), "");
}

TEST(Suggestion, OfATextOfMillionsOfCharactersTakesNoTime) {
  EXPECT_EQ(did_you_mean(std::string(10'000'000, 'x'), std::vector<std::string>{"xylophone"}), "");
}

TEST(Cut, NeverLeavesHalfACharacter) {
  EXPECT_EQ(cut("short", 5), "short");
  EXPECT_EQ(cut("größer", 3), "gr…");
  EXPECT_EQ(cut("größer", 4), "grö…");
}

TEST(Shortest, ReadsBackAsTheSameNumber) {
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(std::stod(shortest(1.0 / 3)), 1.0 / 3);
}

TEST(Grouped, SetsCommasBetweenThousands) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(grouped(-123), "-123");
  EXPECT_EQ(grouped(-1234), "-1,234");
}

TEST(HumanBytes, PicksTheUnit) {
  EXPECT_EQ(human_bytes(12), "12 B");
  EXPECT_EQ(human_bytes(1536), "1.5 KiB");
  EXPECT_EQ(human_bytes(std::int64_t{3} << 30), "3.0 GiB");
}

}  // namespace
}  // namespace assay
