// Lines that are redrawn in place, seen by a small terminal.

#include "runner/live_block.hpp"

#include <algorithm>
#include <gtest/gtest.h>

#include "small_terminal.hpp"

namespace assay {
namespace {

using Lines = std::vector<std::string>;

TEST(LiveBlock, IsDrawnOverItself) {
  SmallTerminal terminal(20);
  LiveBlock block(terminal);
  block.draw("", {"one", "two"});
  block.draw("", {"1", "2"});
  EXPECT_EQ(terminal.screen(), (Lines{"1", "2"}));
}

TEST(LiveBlock, TextAppearsAboveAndStays) {
  SmallTerminal terminal(20);
  LiveBlock block(terminal);
  block.draw("", {"bar a", "bar b"});
  block.draw("a is done\n", {"bar b"});
  block.draw("b is done\n", {});
  EXPECT_EQ(terminal.screen(), (Lines{"a is done", "b is done"}));
}

TEST(LiveBlock, ShrinksAndGrows) {
  SmallTerminal terminal(20);
  LiveBlock block(terminal);
  block.draw("before\n", {"a", "b", "c"});
  block.draw("", {"a"});
  EXPECT_EQ(terminal.screen(), (Lines{"before", "a"}));
  block.draw("", {"a", "b"});
  EXPECT_EQ(terminal.screen(), (Lines{"before", "a", "b"}));
  block.erase();
  EXPECT_EQ(terminal.screen(), (Lines{"before"}));
}

TEST(LiveBlock, LongLinesAreCutSoThatNothingWraps) {
  SmallTerminal terminal(8);
  LiveBlock block(terminal);
  block.draw("", {"0123456789", "abc"});
  EXPECT_EQ(terminal.screen(), (Lines{"012345…", "abc"}));
}

TEST(LiveBlock, ANarrowerWindowLeavesNoRests) {
  SmallTerminal terminal(40);
  LiveBlock block(terminal);
  block.draw("before\n", {"0123456789012345678901234567", "second line"});
  terminal.resize(10);
  block.draw("", {"new", "lines"});
  EXPECT_EQ(terminal.screen(), (Lines{"before", "new", "lines"}));
}

TEST(LiveBlock, EveryDrawIsOneWrite) {
  SmallTerminal terminal(20);
  LiveBlock block(terminal);
  block.draw("x\n", {"one", "two"});
  block.draw("y\n", {"1", "2", "3"});
  EXPECT_EQ(terminal.writes, 2);
}

TEST(Clipped, CountsColumnsNotBytesAndKeepsColours) {
  EXPECT_EQ(clipped("░░░░", 2), "░…");
  EXPECT_EQ(clipped("漢字漢", 4), "漢…");
  EXPECT_EQ(clipped("\x1b[31mabc\x1b[0m", 2), "\x1b[31ma…\x1b[0m");
  EXPECT_EQ(clipped("abc", 3), "abc");
}

}  // namespace
}  // namespace assay
