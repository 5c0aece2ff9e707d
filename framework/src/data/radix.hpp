#pragma once  // Radix sort by an unsigned key: linear, stable.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace assay {

/// Sorts by key(element) (an unsigned number), least significant digit first. Elements with equal keys keep their
/// order. Digits that all keys share cost one count and no pass. `scratch` is grown as needed and may be kept.
template <class T, class Key>
void radix_sort(std::span<T> values, std::vector<T>& scratch, Key&& key) {
  constexpr unsigned kBits = 11, kBuckets = 1u << kBits;
  if (values.size() < 512) {
    std::stable_sort(values.begin(), values.end(), [&](const T& a, const T& b) { return key(a) < key(b); });
    return;
  }
  std::uint64_t all = 0, common = ~std::uint64_t{0};
  for (const T& v : values) all |= key(v), common &= key(v);
  const std::uint64_t differing = all & ~common;
  if (scratch.size() < values.size()) scratch.resize(values.size());
  std::span<T> from = values, to(scratch.data(), values.size());
  for (unsigned shift = 0; shift < 64 && (differing >> shift) != 0; shift += kBits) {
    if (((differing >> shift) & (kBuckets - 1)) == 0) continue;
    std::array<std::size_t, kBuckets> place{};
    for (const T& v : from) ++place[(key(v) >> shift) & (kBuckets - 1)];
    std::size_t sum = 0;
    for (auto& p : place) sum += std::exchange(p, sum);
    for (const T& v : from) to[place[(key(v) >> shift) & (kBuckets - 1)]++] = v;
    std::swap(from, to);
  }
  if (from.data() != values.data()) std::copy(from.begin(), from.end(), values.begin());
}

}  // namespace assay
