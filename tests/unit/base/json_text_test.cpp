// JSON from outside: what nlohmann would let pass is refused.

#include "base/json_text.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace assay {
namespace {

std::string complaint(const std::string& text) {
  try {
    (void)parse_json(text);
    return "accepted";
  } catch (const nlohmann::json::exception& e) {
    return e.what();
  }
}

TEST(ParseJson, ReadsWhatNlohmannReads) {
  const std::string text = R"({"a":[1,-2,3.5,"x",null,true,{}],"b":{"a":{"a":[]}}})";
  EXPECT_EQ(parse_json(text), nlohmann::json::parse(text));
}

TEST(ParseJson, RefusesAKeyGivenTwiceInOneObjectOnly) {
  EXPECT_NE(complaint(R"({"a":{"k":1},"b":[{"k":1},{"k":2}],"c":1,"k":0})").find("accepted"), std::string::npos);
  EXPECT_NE(complaint(R"({"a":1,"b":[{"k":1,"j":2,"k":3}]})").find("the key \"k\" is given twice"), std::string::npos);
}

TEST(ParseJson, RefusesANulWhereverItStands) {
  using namespace std::string_literals;
  EXPECT_NE(complaint("{}\0garbage"s).find("a NUL byte after 2 others"), std::string::npos);
  for (const std::string& text : {"\0{}"s, "{}\0"s, "{\"a\":\0 1}"s, "[\"\0\"]"s})
    EXPECT_NE(complaint(text).find("NUL byte"), std::string::npos);
  EXPECT_EQ(complaint(R"(["\u0000"])"), "accepted") << "an escaped one is a character of a text";
}

TEST(ParseJson, RefusesDepthAtOnceHoweverDeep) {
  EXPECT_EQ(complaint(std::string(100, '[') + std::string(100, ']')), "accepted");
  for (const std::size_t depth : {std::size_t{101}, std::size_t{1'000'000}})
    for (const char* open : {"[", "{\"a\":"}) {
      std::string text;
      for (std::size_t i = 0; i < depth; ++i) text += open;
      EXPECT_NE(complaint(text).find("nested more than 100 deep"), std::string::npos) << depth << open;
    }
}

TEST(WholeNumber, IsRefusedWhereItsPlaceCannotHoldIt) {
  const nlohmann::json j = parse_json(
      R"({"int":2147483647,"long":2147483648,"most":9223372036854775807,"more":9223372036854775808,
          "minus":-1,"float":1e300,"half":0.5,"text":"7","list":[7],"truth":true})");
  EXPECT_EQ(int(whole(j, "int")), 2147483647);
  EXPECT_EQ(std::int64_t(whole(j, "most")), 9223372036854775807);
  EXPECT_EQ(std::uint64_t(whole(j, "more")), 9223372036854775808U);
  EXPECT_EQ(int(whole(j, "minus")), -1);
  EXPECT_THROW((void)int(whole(j, "long")), nlohmann::json::exception);
  EXPECT_THROW((void)std::int64_t(whole(j, "more")), nlohmann::json::exception);
  EXPECT_THROW((void)std::uint64_t(whole(j, "minus")), nlohmann::json::exception);
  for (const char* key : {"float", "half", "text", "list", "truth", "absent"}) {
    EXPECT_THROW((void)int(whole(j, key)), nlohmann::json::exception) << key;
    EXPECT_THROW((void)std::uint64_t(whole(j, key)), nlohmann::json::exception) << key;
  }
}

}  // namespace
}  // namespace assay
