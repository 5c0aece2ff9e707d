// What a model can do beyond its interface is learned from an object of it, in a child process.

#include "plugin/abilities.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixtures.hpp"

namespace assay {
namespace {

using testing::ElementsAre;

ComponentDescription described(const std::string& folder, const std::string& name) {
  const auto file = std::filesystem::path(ASSAY_BINARY_DIR) / folder / (name + ".so");
  return Library::open(file)->components().at(0);
}

TEST(Abilities, AreTheFurtherBasesOfAModel) {
  EXPECT_THAT(abilities_of(described("plugins", "ease")).value(), ElementsAre("sized"));
  EXPECT_THAT(abilities_of(described("plugins", "cfgan")).value(), ElementsAre("resumable", "sized"));
}

TEST(Abilities, OfOtherKindsAndOfModelsThatCannotBeMadeAreUnknown) {
  EXPECT_FALSE(abilities_of(described("plugins", "csv")));
  EXPECT_FALSE(abilities_of(Library::open(test::test_plugin("good"))->components().at(0))) << "a parameter is required";
  EXPECT_FALSE(abilities_of(Library::open(test::test_plugin("throwing_factory"))->components().at(0)));
}

}  // namespace
}  // namespace assay
