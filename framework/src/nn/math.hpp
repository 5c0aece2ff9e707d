#pragma once  // exp, sigmoid, tanh and softplus as branch-free code that compilers vectorise. Within 2 ulp; NaN stays.

#include <bit>
#include <cstdint>

namespace assay::nn::detail {

/// e^x, x clamped to ±87.3: the results stay normal. Cody–Waite reduction, minimax polynomial (Cephes, expf).
inline float exp(float x) {
  x = x > 87.3f ? 87.3f : x;  // comparisons with NaN are false: NaN passes
  x = x < -87.3f ? -87.3f : x;
  constexpr float kMagic = 12582912.f;  // 1.5 · 2^23: adding it rounds to an integer, in the low bits
  const float shifted = x * 1.44269504088896341f + kMagic;
  const float n = shifted - kMagic;
  float r = x - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.f;
  const auto exponent = (std::bit_cast<std::uint32_t>(shifted) + 127u) << 23;  // the magic's own bits fall off
  return p * std::bit_cast<float>(exponent);
}

inline float sigmoid(float x) { return 1.f / (1.f + exp(-x)); }

/// Near 0 a polynomial (Cephes, tanhf): 1 − 2 / (e^2x + 1) alone loses all digits there.
inline float tanh(float x) {
  const float size = x < 0 ? -x : x;
  const float far = 1.f - 2.f / (exp(2.f * size) + 1.f);
  const float square = x * x;
  float p = -5.70498872745e-3f;
  p = p * square + 2.06390887954e-2f;
  p = p * square - 5.37397155531e-2f;
  p = p * square + 1.33314422036e-1f;
  p = p * square - 3.33332819422e-1f;
  const float near = p * square * x + x;
  const float signed_far = x < 0 ? -far : far;
  return size < 0.625f ? near : signed_far;
}

/// log(1 + e^−|x|) by the series of 2·artanh(u / (2 + u)), u = e^−|x| ≤ 1.
inline float log1p_exp_minus(float x) {
  const float u = exp(x < 0 ? x : -x);
  const float s = u / (2.f + u), square = s * s;  // s ≤ 1/3
  float p = 1.f / 15;
  p = p * square + 1.f / 13;
  p = p * square + 1.f / 11;
  p = p * square + 1.f / 9;
  p = p * square + 1.f / 7;
  p = p * square + 1.f / 5;
  p = p * square + 1.f / 3;
  p = p * square + 1.f;
  return 2.f * s * p;
}

}  // namespace assay::nn::detail
