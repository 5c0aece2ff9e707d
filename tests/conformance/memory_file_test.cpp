// The suite's own model file.

#include "plugin/conformance/memory_file.hpp"

#include <gtest/gtest.h>

#include "assay/errors.hpp"

namespace assay::conformance {
namespace {

TEST(MemoryFile, ReturnsWhatWasWritten) {
  MemoryFile file;
  const double values[] = {1, 2, 3, 4, 5, 6};
  const std::int64_t shape[] = {2, 3};
  file.tensor("w", {values, Element::f64, shape});
  file.text("note", "hello");
  const Reader& reader = file;
  const Tensor back = reader.tensor("w");
  EXPECT_EQ(back.element, Element::f64);
  EXPECT_EQ(std::vector(back.shape.begin(), back.shape.end()), (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(static_cast<const double*>(back.data)[5], 6);
  EXPECT_NE(back.data, values);
  EXPECT_EQ(reader.text("note"), "hello");
}

TEST(MemoryFile, AMissingNameIsADataError) {
  const MemoryFile file;
  EXPECT_THROW(static_cast<void>(file.tensor("w")), DataError);
  EXPECT_THROW(static_cast<void>(file.text("w")), DataError);
}

TEST(MemoryFile, RefusesTensorsThatAreNotWellFormed) {
  MemoryFile file;
  const std::int64_t two[] = {2}, negative[] = {-1}, none[] = {0};
  EXPECT_THROW(file.tensor("w", {nullptr, Element::f32, two}), Error);
  EXPECT_THROW(file.tensor("w", {two, Element::f32, negative}), Error);
  EXPECT_THROW(file.tensor("", {two, Element::u8, two}), Error);
  file.tensor("w", {nullptr, Element::f32, none});
  EXPECT_THROW(file.tensor("w", {nullptr, Element::f32, none}), Error);
}

}  // namespace
}  // namespace assay::conformance
