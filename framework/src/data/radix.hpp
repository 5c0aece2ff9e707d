#pragma once  // Radix sort by an unsigned key: linear, stable.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace assay {
namespace detail {

/// Counting sorts, least significant digit first, over the digits in which keys differ.
template <unsigned kBits, class T, class Key>
void radix_passes(std::span<T> values, std::span<T> to, std::uint64_t differing, Key&& key) {
  constexpr unsigned kBuckets = 1u << kBits;
  std::span<T> from = values;
  for (unsigned shift = 0; shift < 64 && (differing >> shift) != 0; shift += kBits) {
    if (((differing >> shift) & (kBuckets - 1)) == 0) continue;
    std::array<std::uint32_t, kBuckets> place{};
    for (const T& v : from) ++place[(key(v) >> shift) & (kBuckets - 1)];
    std::uint32_t sum = 0;
    for (auto& p : place) sum += std::exchange(p, sum);
    for (const T& v : from) to[place[(key(v) >> shift) & (kBuckets - 1)]++] = v;
    std::swap(from, to);
  }
  if (from.data() != values.data()) std::copy(from.begin(), from.end(), values.begin());
}

}  // namespace detail

/// Sorts at most 2^32 - 1 elements by key(element), an unsigned number. Elements with equal keys keep their order.
/// `scratch` is grown as needed and may be kept.
template <class T, class Key>
void radix_sort(std::span<T> values, std::vector<T>& scratch, Key&& key) {
  if (values.size() < 48) {  // insertion
    for (std::size_t i = 1; i < values.size(); ++i) {
      const T moved = values[i];
      std::size_t at = i;
      for (; at > 0 && key(moved) < key(values[at - 1]); --at) values[at] = values[at - 1];
      values[at] = moved;
    }
    return;
  }
  std::uint64_t all = 0, common = ~std::uint64_t{0};
  for (const T& v : values) all |= key(v), common &= key(v);
  if (scratch.size() < values.size()) scratch.resize(values.size());
  const std::span<T> to(scratch.data(), values.size());
  if (values.size() < 4096)
    detail::radix_passes<8>(values, to, all & ~common, key);
  else
    detail::radix_passes<11>(values, to, all & ~common, key);
}

}  // namespace assay
