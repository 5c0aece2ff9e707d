// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011), and draws from
// it. Conversions to floating point live here, so that a plugin's own compiler flags cannot change them.

#include "assay/random.hpp"

#include <array>
#include <cmath>
#include <numbers>

namespace assay {
namespace {

/// One block of 128 bits for a 64-bit key and a 64-bit block number.
std::array<std::uint64_t, 2> philox(std::uint64_t key, std::uint64_t block) noexcept {
  auto k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  std::uint32_t c0 = static_cast<std::uint32_t>(block), c1 = static_cast<std::uint32_t>(block >> 32), c2 = 0, c3 = 0;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = 0xD2511F53ull * c0, p1 = 0xCD9E8D57ull * c2;
    const auto n0 = static_cast<std::uint32_t>(p1 >> 32) ^ c1 ^ k0, n2 = static_cast<std::uint32_t>(p0 >> 32) ^ c3 ^ k1;
    c1 = static_cast<std::uint32_t>(p1);
    c3 = static_cast<std::uint32_t>(p0);
    c0 = n0;
    c2 = n2;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return {std::uint64_t{c1} << 32 | c0, std::uint64_t{c3} << 32 | c2};
}

double unit(std::uint64_t bits) noexcept { return static_cast<double>(bits >> 11) * 0x1p-53; }

}  // namespace

std::uint64_t Random::bits() noexcept {
  const std::uint64_t draw = counter_++;
  return philox(key_, draw >> 1)[draw & 1];
}

std::uint64_t Random::below(std::uint64_t bound) noexcept {
  // Lemire, "Fast random integer generation in an interval", TOMACS 2019.
  __extension__ using Wide = unsigned __int128;
  Wide product = static_cast<Wide>(bits()) * bound;
  if (static_cast<std::uint64_t>(product) < bound) {
    const std::uint64_t threshold = (0 - bound) % bound;
    while (static_cast<std::uint64_t>(product) < threshold) product = static_cast<Wide>(bits()) * bound;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

double Random::uniform() noexcept { return unit(bits()); }

double Random::normal() noexcept {
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

void Random::uniform(std::span<float> out, float low, float high) noexcept {
  for (float& value : out) {  // 24 bits: the result is below `high`
    value = low + (high - low) * (static_cast<float>(bits() >> 40) * 0x1p-24f);
    if (!(value < high)) value = low;
  }
}

void Random::normal(std::span<float> out, float mean, float deviation) noexcept {
  for (float& value : out) value = static_cast<float>(mean + deviation * normal());
}

void Random::shuffle(std::span<std::int32_t> values) noexcept {
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
}

}  // namespace assay
