#pragma once  // How vectors are stored: bytes of equal significance together ("shuffled"), then zstd.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace assay {

/// Numbers of 4 bytes, little-endian. Reading it elsewhere, in Python:
/// np.frombuffer(zstd.decompress(blob), 'u1').reshape(4, -1).T.copy().view('<f4').
[[nodiscard]] std::vector<std::byte> pack(std::span<const float> values);
[[nodiscard]] std::vector<std::byte> pack(std::span<const std::int32_t> values);

/// The reverse; `count` is what the row says. Throws DatabaseError where the blob holds something else.
[[nodiscard]] std::vector<float> unpack_floats(std::span<const std::byte> blob, std::int64_t count);
[[nodiscard]] std::vector<std::int32_t> unpack_integers(std::span<const std::byte> blob, std::int64_t count);

}  // namespace assay
