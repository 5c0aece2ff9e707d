// One step of D and one of G against a plain reimplementation in float64: dense vectors, no sharing, no masks as bits.

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

#include "fixtures.hpp"
#include "trainer.hpp"

namespace cfgan {
namespace {

using Vector = std::vector<double>;
using test::Data;
using test::EpochRun;
using test::Index;
using test::Interactions;

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// Sigmoid hidden layers, linear output; gradients and Adam's first step.
struct Plain {
  struct Layer {
    std::size_t inputs, outputs;
    Vector w, b, dw, db;
  };
  std::vector<Layer> layers;

  explicit Plain(const assay::nn::Network& network) {
    for (std::size_t i = 0; i < network.size(); ++i) {
      const auto& from = network.layer(i);
      Layer l{static_cast<std::size_t>(from.inputs()), static_cast<std::size_t>(from.outputs()), {}, {}, {}, {}};
      for (std::int64_t r = 0; r < from.inputs(); ++r)
        for (const float v : from.weights.value.row(r)) l.w.push_back(v);
      for (const float v : from.bias.value.row(0)) l.b.push_back(v);
      l.dw.assign(l.w.size(), 0);
      l.db.assign(l.b.size(), 0);
      layers.push_back(l);
    }
  }
  /// Values of every layer, the input first.
  [[nodiscard]] std::vector<Vector> forward(const Vector& x) const {
    std::vector<Vector> all{x};
    for (std::size_t k = 0; k < layers.size(); ++k) {
      const Layer& l = layers[k];
      Vector y = l.b;
      for (std::size_t i = 0; i < l.inputs; ++i)
        for (std::size_t j = 0; j < l.outputs; ++j) y[j] += all.back()[i] * l.w[i * l.outputs + j];
      if (k + 1 < layers.size())
        for (double& v : y) v = sigmoid(v);
      all.push_back(y);
    }
    return all;
  }
  /// Adds gradients; returns that of the input.
  Vector backward(const std::vector<Vector>& values, Vector delta) {
    for (std::size_t k = layers.size(); k-- > 0;) {
      Layer& l = layers[k];
      if (k + 1 < layers.size())
        for (std::size_t j = 0; j < l.outputs; ++j) delta[j] *= values[k + 1][j] * (1 - values[k + 1][j]);
      Vector before(l.inputs, 0);
      for (std::size_t j = 0; j < l.outputs; ++j) l.db[j] += delta[j];
      for (std::size_t i = 0; i < l.inputs; ++i)
        for (std::size_t j = 0; j < l.outputs; ++j) {
          l.dw[i * l.outputs + j] += values[k][i] * delta[j];
          before[i] += l.w[i * l.outputs + j] * delta[j];
        }
      delta = before;
    }
    return delta;
  }
  void adam(double rate, double l2) {
    const auto update = [&](Vector& w, Vector& g) {
      for (std::size_t i = 0; i < w.size(); ++i) {
        const double gradient = g[i] + l2 * w[i];  // the first step: m̂ = g, v̂ = g²
        w[i] -= rate * gradient / (std::abs(gradient) + 1e-8);
        g[i] = 0;
      }
    };
    for (Layer& l : layers) {
      update(l.w, l.dw);
      update(l.b, l.db);
    }
  }
};

Vector joined(Vector a, const Vector& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// The gradients that a step left in `network` against the plain ones: Adam's first step hides their size.
void expect_gradients(assay::nn::Network& network, const Plain& plain, double tolerance) {
  for (std::size_t k = 0; k < network.size(); ++k) {
    const auto& l = network.layer(k);
    for (std::int64_t i = 0; i < l.inputs(); ++i)
      for (std::size_t j = 0; j < plain.layers[k].outputs; ++j) {
        const double got =
            l.weights.touched[static_cast<std::size_t>(i)] ? static_cast<double>(l.weights.gradient.row(i)[j]) : 0.;
        ASSERT_NEAR(got, plain.layers[k].dw[static_cast<std::size_t>(i) * plain.layers[k].outputs + j], tolerance)
            << "layer " << k << " weight " << i << ", " << j;
      }
    for (std::size_t j = 0; j < plain.layers[k].outputs; ++j)
      ASSERT_NEAR(l.bias.gradient.row(0)[j], plain.layers[k].db[j], tolerance) << "layer " << k << " bias " << j;
  }
}

void expect_weights(const assay::nn::Network& network, const Plain& plain, double tolerance) {
  const Plain got(network);
  for (std::size_t k = 0; k < got.layers.size(); ++k) {
    for (std::size_t i = 0; i < got.layers[k].w.size(); ++i)
      ASSERT_NEAR(got.layers[k].w[i], plain.layers[k].w[i], tolerance) << "layer " << k << " weight " << i;
    for (std::size_t i = 0; i < got.layers[k].b.size(); ++i)
      ASSERT_NEAR(got.layers[k].b[i], plain.layers[k].b[i], tolerance) << "layer " << k << " bias " << i;
  }
}

class Steps : public testing::TestWithParam<std::string> {};

TEST_P(Steps, OfBothNetworksEqualAPlainReimplementationInFloat64) {
  std::vector<std::pair<Index, Index>> pairs;
  assay::Random random(3);
  for (Index s = 0; s < 12; ++s)
    for (Index p = 0; p < 40; ++p)
      if (random.uniform() < .2) pairs.emplace_back(s, p);
  const Data data(12, 40, pairs);
  const Interactions& samples = data.by_user.view;
  Params params;
  params.scheme = GetParam();
  params.variant = "paper";
  params.generator_layers = {9, 7};
  params.discriminator_layers = {8, 5};
  params.zr_coefficient = .4;
  params.generator_l2 = .02;
  params.discriminator_l2 = .01;
  params.generator_rate = .002;
  params.discriminator_rate = .003;
  Trainer trainer(params, samples);
  EpochRun run;
  trainer.initialise(run);
  trainer.draw_masks(run, 0);
  Plain g(trainer.generator()), d(trainer.discriminator());
  const std::vector<Index> batch{4, 0, 11, 7, 9};
  const double n = 5;
  const auto sample = [&](Index s) {
    Vector x(40, 0);
    for (const Index p : samples[s].columns) x[static_cast<std::size_t>(p)] = 1;
    return x;
  };
  const auto masked = [&](Index s, Vector y) {
    for (std::size_t p = 0; p < 40; ++p)
      if (!trainer.shown().has(s, static_cast<Index>(p))) y[p] = 0;
    return y;
  };

  double d_loss = 0;
  for (const Index s : batch) {
    const Vector x = sample(s), fake = masked(s, g.forward(x).back());
    const auto of_real = d.forward(joined(x, x)), of_fake = d.forward(joined(x, fake));
    d_loss += -std::log(sigmoid(of_real.back()[0])) - std::log(1 - sigmoid(of_fake.back()[0]));
    d.backward(of_real, {(sigmoid(of_real.back()[0]) - 1) / n});
    d.backward(of_fake, {sigmoid(of_fake.back()[0]) / n});
  }
  EXPECT_NEAR(trainer.discriminator_step(assay::serial_executor(), batch), d_loss, 1e-5);
  expect_gradients(trainer.discriminator(), d, 1e-6);
  d.adam(params.discriminator_rate, params.discriminator_l2);
  expect_weights(trainer.discriminator(), d, 2e-5);

  const bool pulls = params.scheme != "pm";
  double g_loss = 0, zr_loss = 0;
  for (const Index s : batch) {
    const Vector x = sample(s);
    const auto values = g.forward(x);
    const auto judged = d.forward(joined(x, masked(s, values.back())));
    g_loss += -std::log(sigmoid(judged.back()[0]));
    Plain unchanged = d;
    const Vector back = unchanged.backward(judged, {(sigmoid(judged.back()[0]) - 1) / n});
    Vector delta = masked(s, Vector(back.begin() + 40, back.end()));
    for (std::size_t p = 0; pulls && p < 40; ++p)
      if (trainer.zeros().has(s, static_cast<Index>(p))) {
        zr_loss += values.back()[p] * values.back()[p];
        delta[p] += params.zr_coefficient * 2 * values.back()[p] / n;
      }
    g.backward(values, delta);
  }
  const Losses losses = trainer.generator_step(assay::serial_executor(), batch);
  EXPECT_NEAR(losses.generator, g_loss, 1e-5);
  EXPECT_NEAR(losses.zr, zr_loss, 1e-5);
  expect_gradients(trainer.generator(), g, 1e-6);
  g.adam(params.generator_rate, params.generator_l2);
  expect_weights(trainer.generator(), g, 2e-5);
}

INSTANTIATE_TEST_SUITE_P(Schemes, Steps, testing::Values("zr", "pm", "zp"));

}  // namespace
}  // namespace cfgan
