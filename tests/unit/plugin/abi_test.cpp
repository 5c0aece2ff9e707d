// ABI symbols in words, and the sentence of a mismatch.

#include "plugin/abi.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

namespace assay {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST(Abi, DescribesASymbolInWords) {
  const std::vector<std::string> exported{
      "assay_plugin_v3_clang16_abi1002_cxx11abi0_dbg1_sanaddress_rtti0_exc0_std202302L"};
  EXPECT_THAT(abi_mismatch(exported),
              StartsWith("built as plugin API 3, clang 16, C++ ABI 1002, old std::string, _GLIBCXX_DEBUG, address "
                         "sanitizer, no RTTI, no exceptions, C++23; this runner is "));
}

TEST(Abi, TheOwnSymbolIsAsTheMacroComposesIt) {
  EXPECT_THAT(std::string(own_abi_symbol()), StartsWith("assay_plugin_v1_"));
  EXPECT_THAT(std::string(own_abi_symbol()), HasSubstr("_rtti1_exc1_std202002L"));
}

TEST(Abi, AcceptsItsOwnSymbolAmongOthers) {
  EXPECT_EQ(abi_mismatch(std::vector<std::string>{"main", std::string(own_abi_symbol()), "zlib"}), "");
}

TEST(Abi, NamesExactlyWhatDiffers) {
  const auto other = replaced(std::string(own_abi_symbol()), "_v1_", "_v7_");
  const auto why = abi_mismatch(std::vector<std::string>{replaced(other, "_rtti1", "_rtti0")});
  EXPECT_THAT(why, HasSubstr("built as plugin API 7, "));
  EXPECT_THAT(why, HasSubstr("this runner is plugin API 1, "));
  EXPECT_THAT(why, HasSubstr("It has plugin API 7, no RTTI where plugin API 1, RTTI is needed"));
  EXPECT_THAT(why, HasSubstr("rebuild it with this runner's SDK"));
}

TEST(Abi, ASymbolOfNoPatternAtAllIsStillShown) {
  EXPECT_THAT(abi_mismatch(std::vector<std::string>{"assay_plugin_"}), HasSubstr("this runner is"));
  EXPECT_THAT(abi_mismatch(std::vector<std::string>{"assay_plugin_v1__x"}), HasSubstr("x"));
}

TEST(Abi, ALibraryWithoutOurSymbolIsNoPlugin) {
  EXPECT_THAT(abi_mismatch(std::vector<std::string>{"main"}), HasSubstr("not an Assay plugin"));
}

}  // namespace
}  // namespace assay
