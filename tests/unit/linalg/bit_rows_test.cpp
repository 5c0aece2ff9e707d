// Long rows as bits, and how many of some have each bit set, against plain loops.

#include "assay/bit_rows.hpp"

#include <gtest/gtest.h>
#include <vector>

#include "assay/linalg.hpp"

#include "linalg/bit_counts.hpp"
#include "random_sparse.hpp"

namespace assay {
namespace {

using test::random_sparse;
using test::Sparse;

bool bit(const BitBlock* row, Index column) {
  const auto c = static_cast<std::size_t>(column);
  return (row[c / 512].word[c % 512 / 64] >> (c % 64) & 1) != 0;
}

TEST(BitRows, HoldTheEntriesOfLongRowsAndNothingElse) {
  for (const Index columns : {1, 63, 512, 513, 3000}) {
    const Sparse x = random_sparse(60, columns, 0.02, true, 1);
    const BitRows bits(pattern_of(x.view()));
    const BitRowsView view = bits.view();
    std::int64_t kept = 0;
    for (Index r = 0; r < x.rows; ++r) {
      const auto entries = static_cast<Index>(x.view()[r].columns.size());
      const BitBlock* row = view.row(r);
      ASSERT_EQ(row != nullptr, entries >= 4 * ((columns + 511) / 512)) << entries << " of " << columns;
      kept += row != nullptr;
      for (Index c = 0; row && c < static_cast<Index>(512 * view.blocks_of_row); ++c)
        ASSERT_EQ(bit(row, c), c < columns && x.at(r, c) != 0) << "row " << r << ", column " << c;
    }
    const auto bytes = static_cast<std::int64_t>(sizeof(BitBlock) * view.blocks_of_row) * kept + 4 * x.rows;
    EXPECT_LE(bytes, BitRows::most_bytes(x.rows, columns, x.view().size()));
  }
}

TEST(BitRows, OfAMatrixCutOutOfALargerOneAreItsOwn) {
  const Sparse x = random_sparse(10, 100, 0.3, true, 2);
  Interactions lower = pattern_of(x.view());
  lower.rows = 4;
  lower.offsets = lower.offsets.subspan(5, 5);
  const BitRows bits(lower);
  for (Index c = 0; c < 100; ++c) EXPECT_EQ(bit(bits.view().row(2), c), x.at(7, c) != 0);
}

TEST(BitRows, AreNoneWhereThereAreValues) {
  const Sparse x = random_sparse(10, 100, 0.5, false, 3);
  const BitRows bits(x.view()), none;
  EXPECT_EQ(bits.view().row(3), nullptr);
  EXPECT_EQ(none.view().row(3), nullptr);
}

TEST(CountBits, EqualsAPlainCountForAnyNumberOfRows) {
  const Sparse x = random_sparse(600, 1200, 0.5, true, 4);
  const BitRows bits(pattern_of(x.view()));
  const BitRowsView view = bits.view();
  for (const std::size_t wanted : {0, 1, 3, 15, 16, 17, 31, 32, 255, 256, 500}) {
    std::vector<const BitBlock*> rows;
    std::vector<std::uint32_t> expected(512 * view.blocks_of_row), counts(expected.size(), 77);
    for (Index r = 0; rows.size() < wanted; ++r) {
      if (view.row(r) == nullptr) continue;  // every seventh row is empty
      rows.push_back(view.row(r));
      for (const Index c : x.view()[r].columns) ++expected[static_cast<std::size_t>(c)];
    }
    count_bits(rows, view.blocks_of_row, counts.data());
    EXPECT_EQ(counts, expected) << wanted << " rows";
  }
}

}  // namespace
}  // namespace assay
