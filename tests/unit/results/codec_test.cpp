// Vectors in blobs, decoded by hand as docs/results-database.md says.

#include "results/codec.hpp"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#include <string>
#include <zstd.h>

#include "results/database.hpp"

namespace assay {
namespace {

template <class T>
std::vector<std::byte> pack(std::span<const T> values) {
  Packer packer;
  const auto first = packer.pack(values);
  return {first.begin(), first.end()};
}

TEST(Codec, StoresBytesOfEqualSignificanceTogetherUnderZstd) {
  const std::vector<std::int32_t> values{1, -1, 0x01020304};
  const std::vector<std::byte> blob = pack(std::span<const std::int32_t>(values));
  std::string bytes(12, '\0');
  ASSERT_EQ(ZSTD_decompress(bytes.data(), bytes.size(), blob.data(), blob.size()), 12u);
  EXPECT_EQ(bytes, std::string("\x01\xff\x04\x00\xff\x03\x00\xff\x02\x00\xff\x01", 12));
}

TEST(Codec, GivesBackTheSameBits) {
  std::vector<float> values{0.0f, -0.0f, 1e-40f, std::numeric_limits<float>::infinity(), std::nanf("7")};
  for (int i = 0; i < 10'000; ++i) values.push_back(std::sin(static_cast<float>(i)));
  const std::vector<std::byte> blob = pack(std::span<const float>(values));
  const std::vector<float> back = unpack_floats(blob, static_cast<std::int64_t>(values.size()));
  ASSERT_EQ(back.size(), values.size());
  EXPECT_EQ(std::memcmp(back.data(), values.data(), 4 * values.size()), 0);
  EXPECT_TRUE(unpack_floats(pack(std::span<const float>{}), 0).empty());
}

TEST(Codec, PacksAShortVectorAfterALongOne) {
  Packer packer;
  const std::vector<std::int32_t> longer(10'000, 7), shorter{1, 2, 3};
  static_cast<void>(packer.pack(std::span<const std::int32_t>(longer)));
  EXPECT_EQ(unpack_integers(packer.pack(std::span<const std::int32_t>(shorter)), 3), shorter);
}

TEST(Codec, RefusesBlobsThatHoldSomethingElse) {
  const std::vector<float> values{1, 2, 3};
  std::vector<std::byte> blob = pack(std::span<const float>(values));
  EXPECT_THROW(static_cast<void>(unpack_floats(blob, 4)), DatabaseError);
  EXPECT_THROW(static_cast<void>(unpack_floats(blob, -1)), DatabaseError);
  blob.resize(blob.size() - 2);
  EXPECT_THROW(static_cast<void>(unpack_floats(blob, 3)), DatabaseError);
  EXPECT_THROW(static_cast<void>(unpack_floats({}, 3)), DatabaseError);
}

}  // namespace
}  // namespace assay
