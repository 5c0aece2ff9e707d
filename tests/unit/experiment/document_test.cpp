// Positions of values and keys, and what is refused before any key means something.

#include "experiment/document.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "assay/errors.hpp"
#include "assay/random.hpp"

namespace assay {
namespace {

std::string position(const Position& p) { return std::to_string(p.line) + ":" + std::to_string(p.column); }

Node parse(std::string_view text) {
  Findings findings;
  findings.add_source("f");
  auto node = parse_document(text, 0, findings);
  findings.throw_if_any();
  return std::move(*node);
}

std::string complaint(std::string_view text) {
  try {
    (void)parse(text);
    return "accepted";
  } catch (const ConfigError& e) {
    return e.what();
  }
}

TEST(Document, KnowsWhereEveryKeyAndValueBegins) {
  const Node root = parse(
      "// a comment with \"quotes\" and {braces}\n"
      "{ \"a\": 1, /* 2, \"x\": */ \"b\" :\n"
      "\t[true,null , -2.5e3,\"\\\"],\"],\n"
      "  \"größe\": \"ü\", \"c\": {}}");
  EXPECT_EQ(position(root.at), "2:1");
  EXPECT_EQ(position(root.key_position("a")), "2:3");
  EXPECT_EQ(position(root.find("a")->at), "2:8");
  EXPECT_EQ(position(root.key_position("b")), "2:25");
  const Node& list = *root.find("b");
  EXPECT_EQ(position(list.at), "3:2");
  EXPECT_EQ(position(list.children[0].at), "3:3");
  EXPECT_EQ(position(list.children[1].at), "3:8");
  EXPECT_EQ(position(list.children[2].at), "3:15");
  EXPECT_EQ(position(list.children[3].at), "3:22");
  EXPECT_EQ(list.children[3].text, "\"],");
  EXPECT_EQ(position(root.find("größe")->at), "4:12");  // characters, not bytes
  EXPECT_EQ(position(root.find("c")->at), "4:22");
}

TEST(Document, SkipsAByteOrderMark) { EXPECT_EQ(position(parse("\xEF\xBB\xBF{\"a\": 1}").find("a")->at), "1:7"); }

/// A random value, written with random white space and comments; the tree must give it back.
nlohmann::json random_value(Random& random, int depth) {
  switch (random.below(depth > 3 ? 5 : 7)) {
    case 0:
      return nullptr;
    case 1:
      return random.below(2) == 0;
    case 2:
      return static_cast<std::int64_t>(random.bits() >> 1) * (random.below(2) ? 1 : -1);
    case 3:
      return random.normal() * 1e10;
    case 4:
      return std::string(random.below(5), "ab\"\\/\n{"[random.below(7)]);
    case 5: {
      auto list = nlohmann::json::array();
      for (auto n = random.below(5); n > 0; --n) list.push_back(random_value(random, depth + 1));
      return list;
    }
    default: {
      auto object = nlohmann::json::object();
      for (auto n = random.below(5); n > 0; --n)
        object["k" + std::to_string(random.below(50))] = random_value(random, depth + 1);
      return object;
    }
  }
}

void expect_positions_point_at_values(const Node& node, const std::vector<std::string>& lines) {
  const char first = lines[static_cast<std::size_t>(node.at.line - 1)][static_cast<std::size_t>(node.at.column - 1)];
  const std::string shown = node.to_json();
  EXPECT_EQ(first, node.is(Node::Kind::real) ? (node.real < 0 ? '-' : first) : shown[0]) << shown;
  for (const Node& child : node.children) expect_positions_point_at_values(child, lines);
}

TEST(Document, GivesBackRandomDocumentsWithPositionsThatPointAtTheValues) {
  Random random(4);
  for (int round = 0; round < 300; ++round) {
    const auto value = nlohmann::json::object({{"x", random_value(random, 0)}, {"y", random_value(random, 0)}});
    const std::string text = value.dump(static_cast<int>(random.below(4)) - 1);
    const Node root = parse(text);
    ASSERT_EQ(nlohmann::json::parse(root.to_json()), value);
    std::vector<std::string> lines(1);
    for (const char c : text)
      if (c == '\n')
        lines.emplace_back();
      else
        lines.back() += c;
    expect_positions_point_at_values(root, lines);
  }
}

TEST(Document, RefusesAKeyGivenTwice) {
  EXPECT_EQ(complaint("{\"a\": {\"b\": 1,\n \"b\": 2}}"),
            "f:2:2: /a: the key \"b\" was already given in line 1. Keep one of the two.");
}

TEST(Document, TellsWhereASyntaxErrorIs) {
  EXPECT_EQ(complaint("{\n  \"a\": [1, 2,],\n}").substr(0, 28), "f:2:14: /a: this is not JSON");
  EXPECT_EQ(complaint("").substr(0, 26), "f:1:1: this is not JSON: s");
  EXPECT_EQ(complaint("{\"a\": 1} x").substr(0, 24), "f:1:10: this is not JSON");
}

TEST(Document, RefusesEndlessNesting) {
  EXPECT_EQ(complaint(std::string(100000, '[')), "f:1:101: nested more than 100 deep");
}

TEST(Document, LargeOrLongTextsAreRefusedInAShortMessageAndInTimeThatGrowsWithThem) {
  const std::string ten_million(10'000'000, 'x');
  EXPECT_EQ(complaint(ten_million),
            "f: has 9.5 MiB; experiments and dataset cards have 4.0 MiB at most. Is it the right file?");
  const std::string open_text = complaint("{\n  \"name\": \"" + std::string(4'000'000, 'x'));
  EXPECT_TRUE(open_text.starts_with("f:2:")) << open_text.substr(0, 200);
  EXPECT_LT(open_text.size(), 300U);
  std::string keys = "{";  // a hundred thousand of them, each compared with all before it, took minutes
  for (int i = 0; i < 300'000; ++i) keys += (i ? ",\"" : "\"") + std::to_string(i) + "\":1";
  EXPECT_EQ(parse(keys + "}").children.size(), 300'000U);
  std::string same = "{\"a\":1";
  for (int i = 0; i < 5000; ++i) same += ",\"a\":1";
  const std::string thousand = complaint(same + "}");
  EXPECT_EQ(std::count(thousand.begin(), thousand.end(), '\n'), 1000);
  EXPECT_TRUE(thousand.ends_with("\nand 4000 more"));
}

TEST(Document, PointersEscapeTheirSeparators) { EXPECT_EQ(child_pointer("/a", "b/c~d"), "/a/b~1c~0d"); }

}  // namespace
}  // namespace assay
