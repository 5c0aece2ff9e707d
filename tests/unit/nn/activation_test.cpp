// Activations: accuracy against the standard library in float64, also near zero and far out.

#include "assay/nn/activation.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

#include "assay/errors.hpp"
#include "assay/nn/loss.hpp"

#include "fixtures.hpp"

namespace assay::nn {
namespace {

float applied(Activation f, float x) {
  activate(serial_executor(), f, nullptr, {&x, 1, 1, 1});
  return x;
}

double exact(Activation f, double x) {
  switch (f) {
    case Activation::identity:
      return x;
    case Activation::sigmoid:
      return 1 / (1 + std::exp(-x));
    case Activation::tanh:
      return std::tanh(x);
    case Activation::relu:
      return x < 0 ? 0 : x;
    case Activation::leaky_relu:
      return x < 0 ? static_cast<double>(kLeakySlope) * x : x;
  }
  return 0;
}

constexpr Activation kAll[] = {Activation::identity, Activation::sigmoid, Activation::tanh, Activation::relu,
                               Activation::leaky_relu};

TEST(Activations, AreWithinThreeUnitsInTheLastPlace) {
  for (const Activation f : kAll)
    for (double x = 1e-8; x < 80; x *= 1.013)
      for (const double sign : {1., -1.}) {
        const auto at = static_cast<float>(sign * x);
        const double want = exact(f, static_cast<double>(at));
        ASSERT_NEAR(applied(f, at), want, 3 * 0x1p-24 * std::abs(want) + 1e-38) << static_cast<int>(f) << " at " << at;
      }
}

TEST(Activations, KeepTheirLimits) {
  for (const float x : {100.f, 1e30f, std::numeric_limits<float>::infinity()}) {
    EXPECT_FLOAT_EQ(applied(Activation::sigmoid, x), 1);
    EXPECT_NEAR(applied(Activation::sigmoid, -x), 0, 1e-37);
    EXPECT_FLOAT_EQ(applied(Activation::tanh, x), 1);
    EXPECT_FLOAT_EQ(applied(Activation::tanh, -x), -1);
  }
}

TEST(Activations, LetNanThroughSoThatDivergenceIsSeen) {
  for (const Activation f : kAll) EXPECT_TRUE(std::isnan(applied(f, std::numeric_limits<float>::quiet_NaN())));
}

TEST(Activations, AddTheBiasOfEachColumn) {
  Block x = test::random_block(3, 37, 1);
  const Block before = test::random_block(3, 37, 1), bias = test::random_block(1, 37, 2);
  activate(serial_executor(), Activation::tanh, bias.row(0).data(), x.view());
  for (std::int64_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 37; ++j) ASSERT_NEAR(x.row(i)[j], std::tanh(before.row(i)[j] + bias.row(0)[j]), 1e-6);
}

TEST(Activations, AreFoundByTheirNames) {
  EXPECT_EQ(activation_named("leaky_relu"), Activation::leaky_relu);
  EXPECT_THROW((void)activation_named("swish"), ConfigError);
}

TEST(BceWithLogits, IsExactForSmallAndHugeLogits) {
  for (const double z : {-90., -80., -30., -1., -1e-4, 0., 1e-4, .5, 3., 20., 80., 1000.})
    for (const float target : {0.f, .25f, 1.f}) {
      auto logit = static_cast<float>(z);
      float gradient = 0;
      const double at = static_cast<double>(logit), t = static_cast<double>(target);
      const double loss = bce_with_logits(serial_executor(), {&logit, 1, 1, 1}, target, 2, {&gradient, 1, 1, 1});
      const double want = 2 * (std::max(at, 0.) - at * t + std::log1p(std::exp(-std::abs(at))));
      EXPECT_NEAR(loss, want, 3e-7 * std::max(1., want)) << z;
      EXPECT_NEAR(gradient, 2 * (1 / (1 + std::exp(-at)) - t), 3e-7) << z;
    }
}

}  // namespace
}  // namespace assay::nn
