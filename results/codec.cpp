// Vectors as compressed blobs.

#include "results/codec.hpp"

#include <bit>
#include <cstring>
#include <string>
#include <zstd.h>

#include "results/database.hpp"

namespace assay {
namespace {

static_assert(std::endian::native == std::endian::little, "blobs are little-endian; other machines must swap here");
constexpr int kLevel = 1;  // higher levels gain a few percent of size for several times the time

template <class T>
std::vector<T> unpack_values(std::span<const std::byte> blob, std::int64_t count) {
  const auto n = static_cast<std::size_t>(count);
  const auto expected = static_cast<unsigned long long>(n) * 4;
  if (count < 0 || ZSTD_getFrameContentSize(blob.data(), blob.size()) != expected)
    throw DatabaseError("a stored vector is damaged: it does not hold " + std::to_string(count) + " numbers");
  std::vector<std::byte> shuffled(expected);
  const std::size_t size = ZSTD_decompress(shuffled.data(), shuffled.size(), blob.data(), blob.size());
  if (ZSTD_isError(size) || size != expected)
    throw DatabaseError(std::string("a stored vector is damaged: ") + ZSTD_getErrorName(size));
  std::vector<T> values(n);
  const std::span<std::byte> bytes = std::as_writable_bytes(std::span(values));
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t b = 0; b < 4; ++b) bytes[4 * i + b] = shuffled[b * n + i];
  return values;
}

}  // namespace

struct Packer::State {
  struct Free {
    void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> context{ZSTD_createCCtx()};
  std::vector<std::byte> shuffled, packed;
};

Packer::Packer() : state_(std::make_unique<State>()) {}
Packer::~Packer() = default;

std::span<const std::byte> Packer::pack_bytes(std::span<const std::byte> bytes) {
  auto& [context, shuffled, packed] = *state_;
  const std::size_t n = bytes.size() / 4;
  if (shuffled.size() < bytes.size()) shuffled.resize(bytes.size());
  for (std::size_t b = 0; b < 4; ++b)
    for (std::size_t i = 0; i < n; ++i) shuffled[b * n + i] = bytes[4 * i + b];
  if (const std::size_t bound = ZSTD_compressBound(bytes.size()); packed.size() < bound) packed.resize(bound);
  const std::size_t size =
      ZSTD_compressCCtx(context.get(), packed.data(), packed.size(), shuffled.data(), bytes.size(), kLevel);
  if (ZSTD_isError(size)) throw DatabaseError(std::string("a vector cannot be compressed: ") + ZSTD_getErrorName(size));
  return std::span(packed).first(size);
}

std::span<const std::byte> Packer::pack(std::span<const float> values) { return pack_bytes(std::as_bytes(values)); }
std::span<const std::byte> Packer::pack(std::span<const std::int32_t> values) {
  return pack_bytes(std::as_bytes(values));
}

std::vector<float> unpack_floats(std::span<const std::byte> blob, std::int64_t count) {
  return unpack_values<float>(blob, count);
}
std::vector<std::int32_t> unpack_integers(std::span<const std::byte> blob, std::int64_t count) {
  return unpack_values<std::int32_t>(blob, count);
}

}  // namespace assay
