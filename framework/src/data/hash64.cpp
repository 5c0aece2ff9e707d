// Multiply-and-fold hash after wyhash (Wang Yi, public domain).

#include "data/hash64.hpp"

#include <cstring>

namespace assay {
namespace {

constexpr std::uint64_t kSecret[] = {0xa0761d6478bd642full, 0xe7037ed1a0b428dbull, 0x8ebc6af09c88c6e3ull,
                                     0x589965cc75374cc3ull};

std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t word(const std::byte* at) noexcept {
  std::uint64_t out = 0;
  std::memcpy(&out, at, 8);
  return out;
}

}  // namespace

std::uint64_t hash64(std::span<const std::byte> bytes) noexcept {
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t lane[4] = {kSecret[0], kSecret[1], kSecret[2], kSecret[3]};
  for (; left >= 64; at += 64, left -= 64)
    for (unsigned i = 0; i < 4; ++i)
      lane[i] = fold(word(at + 16 * i) ^ lane[i], word(at + 16 * i + 8) ^ kSecret[(i + 1) % 4]);
  std::uint64_t out = lane[0] ^ lane[1] ^ lane[2] ^ lane[3];
  for (; left >= 16; at += 16, left -= 16) out = fold(word(at) ^ out, word(at + 8) ^ kSecret[1]);
  std::byte tail[16] = {};
  if (left > 0) std::memcpy(tail, at, left);
  out = fold(word(tail) ^ out, word(tail + 8) ^ kSecret[2]);
  return fold(out ^ kSecret[3], bytes.size() ^ kSecret[1]);
}

std::uint64_t hash64(std::uint64_t number) noexcept { return fold(number ^ kSecret[0], kSecret[1]); }

}  // namespace assay
