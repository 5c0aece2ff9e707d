#pragma once  // Counter-based random numbers: the same everywhere, independent of the standard library.

#include <cstdint>
#include <span>

#include "assay/export.hpp"

namespace assay {

/// A stream of pseudo-random numbers, fixed by its key. Cheap to copy; a copy goes on by itself.
/// The n-th draw depends on (key, n) only (Philox4x32-10; Salmon et al., SC 2011), never on the platform.
class ASSAY_EXPORT Random {
 public:
  explicit Random(std::uint64_t key = 0, std::uint64_t counter = 0) noexcept : key_(key), counter_(counter) {}
  [[nodiscard]] std::uint64_t bits() noexcept;                         ///< 64 uniform bits
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) noexcept;     ///< uniform in [0, bound), unbiased; bound > 0
  [[nodiscard]] double uniform() noexcept;                             ///< uniform in [0, 1), 53 bits
  [[nodiscard]] double normal() noexcept;                              ///< N(0, 1), Box–Muller on two draws
  void uniform(std::span<float> out, float low, float high) noexcept;  ///< each in [low, high)
  void normal(std::span<float> out, float mean, float deviation) noexcept;
  void shuffle(std::span<std::int32_t> values) noexcept;  ///< Fisher–Yates

 private:
  std::uint64_t key_, counter_;  // counter_ counts 64-bit draws
};

}  // namespace assay
