// SHA-256 against the example of FIPS 180-4, and unique names.

#include "base/hash.hpp"

#include <gtest/gtest.h>
#include <set>

namespace assay {
namespace {

TEST(Sha256, EqualsThePublishedDigestOfAbc) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, PiecesGiveTheDigestOfTheWhole) {
  Sha256 hash;
  hash.add(std::string_view("a"));
  hash.add(std::string_view("bc"));
  EXPECT_EQ(hash.hex(), sha256_hex("abc"));
}

TEST(Uid, IsAVersionSevenUuidAndNeverTwiceTheSame) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string uid = make_uid();
    ASSERT_EQ(uid.size(), 36u);
    EXPECT_EQ(uid[14], '7');
    EXPECT_NE(std::string("89ab").find(uid[19]), std::string::npos);
    EXPECT_TRUE(seen.insert(uid).second);
  }
}

}  // namespace
}  // namespace assay
