#pragma once  // The long rows of a sparse matrix as bits, so that what they have in common is counted 256 at a time.

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "assay/interactions.hpp"

namespace assay {

inline constexpr std::int64_t kBitsOfBlock = 512;

/// 512 columns of a row: bit j % 64 of word j / 64 is set where column j has an entry.
struct alignas(64) BitBlock {
  std::uint64_t word[8];
};

/// Rows of BitRows, which owns them.
struct BitRowsView {
  std::span<const Index> place;  ///< of every row of the matrix among those that are kept, kUnknown: not kept
  const BitBlock* blocks;
  std::size_t blocks_of_row;
  /// Null where the row is not kept.
  [[nodiscard]] const BitBlock* row(Index r) const {
    const Index p = place.empty() ? kUnknown : place[static_cast<std::size_t>(r)];
    return p == kUnknown ? nullptr : blocks + static_cast<std::size_t>(p) * blocks_of_row;
  }
};

/// Those rows of a matrix of ones that are not much shorter as a list of columns: their bits take at most four times as
/// much, which means an entry in every 128th column. Inline: it lives in the plugin.
class BitRows {
 public:
  BitRows() = default;

  /// Keeps nothing where `x` has values: they cannot be counted.
  explicit BitRows(const Interactions& x) : blocks_of_row_(static_cast<std::size_t>(blocks_of(x.columns))) {
    if (x.value != nullptr) return;
    place_.assign(static_cast<std::size_t>(x.rows), kUnknown);
    Index kept = 0;
    for (std::size_t r = 0; r < place_.size(); ++r)
      if (x.offsets[r + 1] - x.offsets[r] >= fewest_entries(x.columns)) place_[r] = kept++;
    blocks_.resize(static_cast<std::size_t>(kept) * blocks_of_row_);
    for (std::size_t r = 0; r < place_.size(); ++r) {
      if (place_[r] == kUnknown) continue;
      BitBlock* row = blocks_.data() + static_cast<std::size_t>(place_[r]) * blocks_of_row_;
      for (auto e = x.offsets[r]; e < x.offsets[r + 1]; ++e) {
        const auto column = static_cast<std::size_t>(x.column[e]);
        row[column / kBitsOfBlock].word[column / 64 % 8] |= std::uint64_t{1} << column % 64;
      }
    }
  }

  [[nodiscard]] BitRowsView view() const { return {place_, blocks_.data(), blocks_of_row_}; }

  /// The most that they take of a [rows × columns] matrix with so many entries, in bytes.
  [[nodiscard]] static constexpr std::int64_t most_bytes(std::int64_t rows, std::int64_t columns,
                                                         std::int64_t entries) {
    const std::int64_t kept = columns == 0 ? 0 : std::min(rows, entries / fewest_entries(columns));
    return rows * std::int64_t{sizeof(Index)} + kept * blocks_of(columns) * std::int64_t{sizeof(BitBlock)};
  }

 private:
  static constexpr std::int64_t blocks_of(std::int64_t columns) { return (columns + kBitsOfBlock - 1) / kBitsOfBlock; }
  static constexpr std::int64_t fewest_entries(std::int64_t columns) {
    return blocks_of(columns) * std::int64_t{sizeof(BitBlock)} / (4 * std::int64_t{sizeof(Index)});
  }

  std::size_t blocks_of_row_ = 0;
  std::vector<Index> place_;
  std::vector<BitBlock> blocks_;
};

}  // namespace assay
