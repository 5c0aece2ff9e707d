// Activation functions as loops that the compiler vectorises.

#include "assay/nn/activation.hpp"

#include <string>

#include "assay/errors.hpp"

#include "math.hpp"
#include "rows.hpp"

namespace assay::nn {
inline namespace v1 {
namespace {

/// x(i, j) = f(x(i, j) + bias[j])
template <class F>
void apply(Executor& executor, const float* bias, Matrix x, F f) {
  detail::for_row_pieces(executor, x.rows, x.columns, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      float* __restrict row = x.data + i * x.stride;
      if (bias) {
        const float* __restrict b = bias;
        for (std::int64_t j = 0; j < x.columns; ++j) row[j] = f(row[j] + b[j]);
      } else {
        for (std::int64_t j = 0; j < x.columns; ++j) row[j] = f(row[j]);
      }
    }
  });
}

/// delta(i, j) *= derivative(output(i, j))
template <class F>
void multiply(Executor& executor, ConstMatrix output, Matrix delta, F derivative) {
  detail::for_row_pieces(executor, delta.rows, delta.columns, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      const float* __restrict y = output.data + i * output.stride;
      float* __restrict d = delta.data + i * delta.stride;
      for (std::int64_t j = 0; j < delta.columns; ++j) d[j] *= derivative(y[j]);
    }
  });
}

}  // namespace

Activation activation_named(std::string_view name) {
  if (name == "identity") return Activation::identity;
  if (name == "sigmoid") return Activation::sigmoid;
  if (name == "tanh") return Activation::tanh;
  if (name == "relu") return Activation::relu;
  if (name == "leaky_relu") return Activation::leaky_relu;
  throw ConfigError("there is no activation \"" + std::string(name) +
                    "\"; there are identity, sigmoid, tanh, relu and leaky_relu.");
}

void activate(Executor& executor, Activation f, const float* bias, Matrix x) {
  switch (f) {
    case Activation::identity:
      if (bias) apply(executor, bias, x, [](float v) { return v; });
      return;
    case Activation::sigmoid:
      return apply(executor, bias, x, [](float v) { return detail::sigmoid(v); });
    case Activation::tanh:
      return apply(executor, bias, x, [](float v) { return detail::tanh(v); });
    case Activation::relu:
      return apply(executor, bias, x, [](float v) { return v < 0 ? 0.f : v; });
    case Activation::leaky_relu:
      return apply(executor, bias, x, [](float v) { return v < 0 ? kLeakySlope * v : v; });
  }
}

void differentiate(Executor& executor, Activation f, ConstMatrix output, Matrix delta) {
  switch (f) {
    case Activation::identity:
      return;
    case Activation::sigmoid:
      return multiply(executor, output, delta, [](float y) { return y * (1.f - y); });
    case Activation::tanh:
      return multiply(executor, output, delta, [](float y) { return 1.f - y * y; });
    case Activation::relu:
      return multiply(executor, output, delta, [](float y) { return y > 0 ? 1.f : 0.f; });
    case Activation::leaky_relu:
      return multiply(executor, output, delta, [](float y) { return y > 0 ? 1.f : kLeakySlope; });
  }
}

}  // namespace v1
}  // namespace assay::nn
