// The cache file's format: what is written is what the page says, and damage is noticed.

#include "data/sections.hpp"

#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <set>

#include "assay/errors.hpp"

#include "data/hash64.hpp"
#include "support.hpp"

namespace assay {
namespace {

using test::Folder;

struct Written {
  Folder folder;
  std::filesystem::path path = folder.path() / "file.assay";
  std::vector<std::int64_t> numbers{1, 2, 3, 4, 5, 6, 7, 8, 9};
  Written() {
    SectionWriter out;
    out.add("numbers", std::span<const std::int64_t>(numbers));
    out.add_text("words", "hello");
    out.add_text("nothing", "");
    out.write(path, CacheKind::task);
  }
  std::string bytes() const { return read_file(path); }
  std::string refusal(const std::string& content) const {
    std::ofstream(path, std::ios::binary) << content;
    try {
      SectionFile file(path, CacheKind::task);
    } catch (const DataError& e) {
      return e.what();
    }
    return "";
  }
};

template <class T>
T at(const std::string& bytes, std::size_t place) {
  T out{};
  std::memcpy(&out, bytes.data() + place, sizeof out);
  return out;
}

TEST(Sections, LieWhereThePageSaysTheyDo) {
  const Written written;
  const std::string bytes = written.bytes();
  EXPECT_EQ(bytes.substr(0, 8), "ASSAYDAT");
  EXPECT_EQ(at<std::uint32_t>(bytes, 8), 1u) << "version";
  EXPECT_EQ(at<std::uint32_t>(bytes, 12), 0x01020304u) << "byte order";
  EXPECT_EQ(at<std::uint64_t>(bytes, 16), bytes.size());
  EXPECT_EQ(at<std::uint32_t>(bytes, 24), 2u) << "kind: task";
  EXPECT_EQ(at<std::uint32_t>(bytes, 28), 3u) << "sections";
  EXPECT_STREQ(bytes.data() + 64, "numbers");
  EXPECT_EQ(at<std::uint64_t>(bytes, 64 + 40), 256u) << "after header and three entries";
  EXPECT_EQ(at<std::uint64_t>(bytes, 64 + 48), 72u);
  EXPECT_EQ(at<std::uint64_t>(bytes, 64 + 56), hash64(std::string_view(bytes).substr(256, 72)));
  EXPECT_EQ(at<std::uint64_t>(bytes, 128 + 40), 384u) << "aligned to 64 bytes";
  EXPECT_EQ(bytes.substr(384, 5), "hello");
  EXPECT_EQ(bytes.size() % 64, 0u);
}

TEST(Sections, AreReadBack) {
  const Written written;
  const SectionFile file(written.path, CacheKind::task);
  EXPECT_TRUE(std::ranges::equal(file.get<std::int64_t>("numbers"), written.numbers));
  EXPECT_EQ(file.text("words"), "hello");
  EXPECT_EQ(file.text("nothing"), "");
  EXPECT_TRUE(file.intact());
  EXPECT_FALSE(file.has("else"));
  EXPECT_TRUE(file.find<float>("else").empty());
  EXPECT_THROW((void)file.text("else"), DataError);
}

TEST(Sections, NoticeEveryFlippedBit) {
  const Written written;
  const std::string good = written.bytes();
  const auto in_section = [](std::size_t i) { return (i >= 256 && i < 328) || (i >= 384 && i < 389); };
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
    if (i < 256) {
      EXPECT_NE(written.refusal(bad), "") << "byte " << i << " of the header";
    } else if (in_section(i)) {
      ASSERT_EQ(written.refusal(bad), "");
      EXPECT_FALSE(SectionFile(written.path, CacheKind::task).intact()) << "byte " << i;
    }
  }
}

TEST(Sections, RefuseForeignAndCutFiles) {
  const Written written;
  const std::string good = written.bytes();
  EXPECT_NE(written.refusal("").find("not prepared data"), std::string::npos);
  EXPECT_NE(written.refusal(std::string(5000, 'x')).find("not prepared data"), std::string::npos);
  EXPECT_NE(written.refusal(good.substr(0, 300)).find("has 300 bytes, its header promises"), std::string::npos);
  EXPECT_NE(written.refusal(good + "x").find("its header promises"), std::string::npos);
  std::string newer = good;
  newer[8] = 9;
  EXPECT_NE(written.refusal(newer).find("another version (9; this is 1)"), std::string::npos);
  write_file_atomically(written.path, good);
  EXPECT_THROW(SectionFile(written.path, CacheKind::content), DataError);
}

TEST(Sections, ThatCannotBeWrittenLeaveNothing) {
  Folder folder;
  SectionWriter out;
  out.add_text("a", "b");
  EXPECT_THROW(out.write(folder.path() / "absent" / "file", CacheKind::task), Error);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Hash64, TellsSwappedWordsApart) {
  std::string text(64, '\0');
  for (std::size_t i = 0; i < 64; ++i) text[i] = static_cast<char>(i);
  std::set<std::uint64_t> seen{hash64(text)};
  for (std::size_t i = 0; i < 56; i += 8) {
    std::string other = text;
    std::swap_ranges(other.begin() + static_cast<std::ptrdiff_t>(i), other.begin() + static_cast<std::ptrdiff_t>(i) + 8,
                     other.begin() + static_cast<std::ptrdiff_t>(i) + 8);
    EXPECT_TRUE(seen.insert(hash64(other)).second) << i;
  }
}

TEST(Hash64, DependsOnEveryByteAndTheLength) {
  std::set<std::uint64_t> seen;
  std::string text;
  for (int n = 0; n < 300; ++n) {
    EXPECT_TRUE(seen.insert(hash64(text)).second) << n;
    text += '\0';
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] = 1;
    EXPECT_TRUE(seen.insert(hash64(other)).second) << i;
  }
}

}  // namespace
}  // namespace assay
