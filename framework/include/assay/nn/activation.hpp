#pragma once  // Activation functions, applied in place, and their derivatives from the outputs.

#include <cstdint>
#include <string_view>

#include "assay/export.hpp"
#include "assay/linalg.hpp"

namespace assay::nn {
inline namespace v1 {

enum class Activation : std::uint8_t { identity, sigmoid, tanh, relu, leaky_relu };

inline constexpr float kLeakySlope = 0.2f;  ///< of leaky_relu below zero, as in DCGAN (Radford et al., ICLR 2016)

/// "identity", "sigmoid", "tanh", "relu" or "leaky_relu"; throws ConfigError on any other name.
[[nodiscard]] ASSAY_EXPORT Activation activation_named(std::string_view name);

/// x(i, j) = f(x(i, j) + bias[j]); `bias` may be null. Within 2 units in the last place of the exact value; NaN stays
/// NaN.
ASSAY_EXPORT void activate(Executor&, Activation f, const float* bias, Matrix x);

/// delta(i, j) *= f'(·), the derivative where f gave output(i, j). At 0 relu and leaky_relu have that of the left side.
ASSAY_EXPORT void differentiate(Executor&, Activation f, ConstMatrix output, Matrix delta);

}  // namespace v1
}  // namespace assay::nn
