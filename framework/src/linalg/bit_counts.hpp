#pragma once  // In how many of some rows of bits each column is set.

#include <cstdint>
#include <span>

#include "assay/bit_rows.hpp"

namespace assay {

/// Rows are counted in groups of so many; a group that is not full costs as much as a full one.
inline constexpr std::size_t kBitRowsAtOnce = 16;

/// counts[j] = how many of `rows` have bit j set, for the 512·blocks columns of each row.
void count_bits(std::span<const BitBlock* const> rows, std::size_t blocks, std::uint32_t* counts);

}  // namespace assay
