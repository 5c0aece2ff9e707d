#pragma once  // A sum that does not depend on the order of its terms.

#include <cmath>
#include <span>

namespace assay {

/// The mean of the values, the same bits in any order: they are added as whole multiples of 2^-60, which is exact for
/// 2^-36 <= |x| < 2^40 and up to 2^26 such values. NaN or a greater one among them, or no value at all, gives NaN.
[[nodiscard]] inline double exact_mean(std::span<const float> values) {
  __extension__ typedef __int128 Wide;
  Wide sum = 0;
  for (const float value : values) {
    if (!(std::fabs(value) < 0x1p40F)) return std::nan("");
    sum += static_cast<Wide>(std::ldexp(static_cast<double>(value), 60));
  }
  return values.empty() ? std::nan("") : std::ldexp(static_cast<double>(sum), -60) / static_cast<double>(values.size());
}

}  // namespace assay
