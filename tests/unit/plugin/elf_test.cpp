// ELF files, whole and broken.

#include "plugin/elf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/errors.hpp"
#include "assay/random.hpp"

#include "base/files.hpp"
#include "fixtures.hpp"

namespace assay {
namespace {

using test::message_of;
using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Elf, ListsWhatAPluginNeeds) {
  const ElfFacts facts = read_elf(test::test_plugin("good"));
  EXPECT_THAT(facts.needed, Contains("libstdc++.so.6"));
  EXPECT_THAT(facts.needed, Contains(StartsWith("libassay.so")));
  EXPECT_THAT(facts.build_id, testing::MatchesRegex("[0-9a-f]{16,}"));
}

TEST(Elf, SaysWhatAFileIsThatIsNoLibrary) {
  const test::Folder folder;
  const auto why = [&](const std::filesystem::path& file) {
    return message_of<PluginError>([&] { static_cast<void>(read_elf(file)); });
  };
  EXPECT_THAT(why(folder.write("text.so", "a text")), HasSubstr("text.so: not a shared library"));
  EXPECT_THAT(why(folder.write("empty.so", "")), HasSubstr("not a shared library"));
  EXPECT_THAT(why(folder.path()), HasSubstr("is a folder"));
  EXPECT_THAT(why(folder.path() / "none.so"), HasSubstr("none.so: cannot open"));
  std::string other = read_file(test::test_plugin("good"));
  other[18] = 3;  // e_machine: 80386
  EXPECT_THAT(why(folder.write("other.so", other)), HasSubstr("another kind of processor"));
}

TEST(Elf, ATruncatedLibraryIsRefusedWhereverItIsCut) {
  const test::Folder folder;
  const std::string whole = read_file(test::test_plugin("good"));
  for (std::size_t size = 0; size < whole.size(); size += 97)
    EXPECT_THROW(static_cast<void>(read_elf(folder.write("cut.so", whole.substr(0, size)))), PluginError) << size;
}

TEST(Elf, NoBytesInTheHeadersLeadOutsideOfTheFile) {
  const test::Folder folder;
  const std::string whole = read_file(test::test_plugin("good"));
  Random random(1);
  for (int round = 0; round < 500; ++round) {
    std::string damaged = whole;
    for (int i = 0; i < 6; ++i) damaged[random.below(1024)] = static_cast<char>(random.bits());
    try {
      static_cast<void>(read_elf(folder.write("damaged.so", damaged)));
    } catch (const PluginError&) {
      // Refused, or unharmed where it matters: both are fine; a crash is not.
    }
  }
}

}  // namespace
}  // namespace assay
