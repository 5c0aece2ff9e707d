#pragma once  // How vectors are stored: bytes of equal significance together ("shuffled"), then zstd.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace assay {

/// Packs numbers of 4 bytes, little-endian. Reading them elsewhere, in Python:
/// np.frombuffer(zstd.decompress(blob), 'u1').reshape(4, -1).T.copy().view('<f4').
/// Keeps its buffers: fresh pages for each vector would cost more than packing it.
class Packer {
 public:
  Packer();
  ~Packer();
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;
  /// The bytes live until the next call.
  [[nodiscard]] std::span<const std::byte> pack(std::span<const float> values);
  [[nodiscard]] std::span<const std::byte> pack(std::span<const std::int32_t> values);

 private:
  [[nodiscard]] std::span<const std::byte> pack_bytes(std::span<const std::byte> bytes);
  struct State;
  std::unique_ptr<State> state_;
};

/// The reverse; `count` is what the row says. Throws DatabaseError where the blob holds something else.
[[nodiscard]] std::vector<float> unpack_floats(std::span<const std::byte> blob, std::int64_t count);
[[nodiscard]] std::vector<std::int32_t> unpack_integers(std::span<const std::byte> blob, std::int64_t count);

}  // namespace assay
