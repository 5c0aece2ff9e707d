// Bit-sliced counters: plane p holds bit p of the counts of 256 columns, and full adders on whole planes count sixteen
// rows with five operations a row (Harley and Seal's tree of carry-save adders; Warren, "Hacker's Delight", ch. 5).

#include "linalg/bit_counts.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace assay {
namespace {

using Plane [[gnu::vector_size(32)]] = std::uint64_t;   // 256 columns; without AVX the compiler cuts it in two
using Counts [[gnu::vector_size(32)]] = std::uint32_t;  // of eight columns

constexpr std::size_t kMostPlanes = 32, kPlanesOfGroup = 4;
static_assert(kBitRowsAtOnce == 1 << kPlanesOfGroup);
constexpr BitBlock kNoBits{};

/// Adds 2^Level rows, from `next` on, to planes 0 … Level − 1; returns what is carried to plane Level.
template <std::size_t Level>
[[gnu::always_inline]] inline Plane add(const BitBlock* const* next, std::size_t at, Plane* planes) {
  if constexpr (Level == 0) {
    Plane row;
    std::memcpy(&row, reinterpret_cast<const char*>(*next) + at, sizeof row);
    return row;
  } else {
    const Plane a = add<Level - 1>(next, at, planes), b = add<Level - 1>(next + (1 << (Level - 1)), at, planes);
    Plane& sum = planes[Level - 1];
    const Plane either = a ^ b, carry = (a & b) | (either & sum);
    sum ^= either;
    return carry;
  }
}

/// The numbers whose bits the planes hold, 256 of them.
void unslice(const Plane* planes, std::size_t used, std::uint32_t* counts) {
  constexpr Counts kFirst{0, 1, 2, 3, 4, 5, 6, 7};
  for (std::size_t w = 0; w < 8; ++w) {  // 32 columns
    std::array<Counts, 4> sums{};
    for (std::size_t p = used; p-- > 0;) {
      std::uint32_t word;
      std::memcpy(&word, reinterpret_cast<const char*>(planes + p) + 4 * w, sizeof word);
      for (std::size_t i = 0; i < 4; ++i) {
        const Counts bits = ((word >> (8 * i)) + Counts{}) >> kFirst;
        sums[i] = sums[i] + sums[i] + (bits & 1);
      }
    }
    std::memcpy(counts + 32 * w, sums.data(), sizeof sums);
  }
}

/// Adds sixteen rows to the counts of the 256 columns that lie `at` bytes into a row.
void add_group(const BitBlock* const* rows, std::size_t at, Plane* planes, std::size_t used) {
  Plane carry = add<kPlanesOfGroup>(rows, at, planes);
  for (std::size_t p = kPlanesOfGroup; p < used; ++p) {
    const Plane both = planes[p] & carry;
    planes[p] ^= carry;
    carry = both;
  }
}

}  // namespace

void count_bits(std::span<const BitBlock* const> rows, std::size_t blocks, std::uint32_t* counts) {
  const std::size_t whole = rows.size() / kBitRowsAtOnce * kBitRowsAtOnce;
  std::array<const BitBlock*, kBitRowsAtOnce> rest;
  const auto used = static_cast<std::size_t>(std::bit_width(rows.size()));
  for (std::size_t block = 0; block < blocks; ++block) {
    std::array<Plane, kMostPlanes> first{}, second{};  // of the halves of the block
    const std::size_t at = sizeof(BitBlock) * block;
    for (std::size_t r = 0; r < whole; r += kBitRowsAtOnce) {
      for (std::size_t i = 0; i < kBitRowsAtOnce; ++i) __builtin_prefetch(rows[r + i] + block + 1);
      add_group(rows.data() + r, at, first.data(), used);
      add_group(rows.data() + r, at + sizeof(Plane), second.data(), used);
    }
    if (whole < rows.size()) {
      for (std::size_t i = 0; i < kBitRowsAtOnce; ++i)
        rest[i] = whole + i < rows.size() ? rows[whole + i] + block : &kNoBits;
      add_group(rest.data(), 0, first.data(), used);
      add_group(rest.data(), sizeof(Plane), second.data(), used);
    }
    unslice(first.data(), used, counts + kBitsOfBlock * block);
    unslice(second.data(), used, counts + kBitsOfBlock * block + kBitsOfBlock / 2);
  }
}

}  // namespace assay
