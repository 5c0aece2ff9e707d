// Gradients of every layer, activation and loss against central differences of a plain network in float64.

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

#include "assay/nn/loss.hpp"
#include "assay/nn/network.hpp"

#include "fixtures.hpp"

namespace assay::nn {
namespace {

enum class Loss { bce, squared };

/// The same network, written as plainly as possible in float64.
struct Plain {
  struct Layer {
    std::int64_t inputs, outputs;
    Activation f;
    std::vector<double> w, b;
  };
  explicit Plain(const Network& network) {
    for (std::size_t i = 0; i < network.size(); ++i) {
      const Linear& l = network.layer(i);
      Layer layer{l.inputs(), l.outputs(), network.activation(i), {}, {}};
      for (std::int64_t r = 0; r < l.inputs(); ++r)
        for (const float v : l.weights.value.row(r)) layer.w.push_back(v);
      for (const float v : l.bias.value.row(0)) layer.b.push_back(v);
      layers.push_back(layer);
    }
  }
  static double activated(Activation f, double x) {
    switch (f) {
      case Activation::identity:
        return x;
      case Activation::sigmoid:
        return 1 / (1 + std::exp(-x));
      case Activation::tanh:
        return std::tanh(x);
      case Activation::relu:
        return x > 0 ? x : 0;
      case Activation::leaky_relu:
        return x > 0 ? x : static_cast<double>(kLeakySlope) * x;
    }
    return 0;
  }
  double loss(std::vector<double> x, const std::vector<double>& target, Loss kind) const {
    for (const Layer& l : layers) {
      std::vector<double> y = l.b;
      for (std::int64_t j = 0; j < l.outputs; ++j) {
        for (std::int64_t i = 0; i < l.inputs; ++i)
          y[static_cast<std::size_t>(j)] +=
              x[static_cast<std::size_t>(i)] * l.w[static_cast<std::size_t>(i * l.outputs + j)];
        y[static_cast<std::size_t>(j)] = activated(l.f, y[static_cast<std::size_t>(j)]);
      }
      x = y;
    }
    double sum = 0;
    for (std::size_t j = 0; j < x.size(); ++j)
      sum += kind == Loss::squared ? (x[j] - target[j]) * (x[j] - target[j])
                                   : std::log1p(std::exp(x[j])) - x[j] * target[j];
    return sum;
  }
  std::vector<Layer> layers;
};

std::vector<double> doubles(std::span<const float> row) { return {row.begin(), row.end()}; }

struct Problem {
  Problem(Activation f, std::int64_t batch)
      : network(test::random_network(7, {{9, f}, {6, f}, {3, Activation::identity}}, 5)),
        tape(network, batch, Tape::For::training),
        x(test::random_block(batch, 7, 6)),
        target(batch, 3),
        scale(1.f / static_cast<float>(batch)) {
    Random random(8);
    fill_uniform(random, 0, 1, target.view());
  }
  void learn(Loss kind, Input input) {
    network.clear_gradients();
    network.forward(serial_executor(), input, tape);
    kind == Loss::bce ? bce_with_logits(serial_executor(), tape.output(), target.view(), scale, tape.delta())
                      : squared_error(serial_executor(), tape.output(), target.view(), scale, tape.delta());
    network.backward(serial_executor(), input, tape);
  }
  double plain_loss(const Plain& plain, Loss kind) const {
    double sum = 0;
    for (std::int64_t r = 0; r < x.rows(); ++r) sum += plain.loss(doubles(x.row(r)), doubles(target.row(r)), kind);
    return sum / static_cast<double>(x.rows());
  }
  /// Compares every gradient with (L(w + h) − L(w − h)) / 2h.
  void expect_right_gradients(Loss kind) {
    Plain plain(network);
    for (std::size_t l = 0; l < network.size(); ++l) {
      const Linear& layer = network.layer(l);
      for (std::size_t k = 0; k < plain.layers[l].w.size() + plain.layers[l].b.size(); ++k) {
        const bool bias = k >= plain.layers[l].w.size();
        double& w = bias ? plain.layers[l].b[k - plain.layers[l].w.size()] : plain.layers[l].w[k];
        const double middle = w, h = 1e-5;
        w = middle + h;
        const double above = plain_loss(plain, kind);
        w = middle - h;
        const double below = plain_loss(plain, kind);
        w = middle;
        const auto i = static_cast<std::int64_t>(k) / layer.outputs();
        const auto j = static_cast<std::size_t>(static_cast<std::int64_t>(k) % layer.outputs());
        const float got = bias                                                 ? layer.bias.gradient.row(0)[j]
                          : layer.weights.touched[static_cast<std::size_t>(i)] ? layer.weights.gradient.row(i)[j]
                                                                               : 0.f;
        ASSERT_NEAR(got, (above - below) / (2 * h), 2e-6) << "layer " << l << (bias ? " bias " : " weight ") << k;
      }
    }
  }
  Network network;
  Tape tape;
  Block x, target;
  float scale;
};

void PrintTo(const std::tuple<Activation, Loss>& kinds, std::ostream* out) {
  constexpr const char* names[] = {"identity", "sigmoid", "tanh", "relu", "leaky_relu"};
  *out << names[static_cast<std::size_t>(std::get<0>(kinds))]
       << (std::get<1>(kinds) == Loss::bce ? " bce" : " squared");
}

class Gradients : public testing::TestWithParam<std::tuple<Activation, Loss>> {};

TEST_P(Gradients, OfADenseInputEqualFiniteDifferences) {
  const auto [f, kind] = GetParam();
  Problem problem(f, 5);
  problem.learn(kind, problem.x.view());
  problem.expect_right_gradients(kind);
}

TEST_P(Gradients, OfASparseInputEqualFiniteDifferences) {
  const auto [f, kind] = GetParam();
  Problem problem(f, 5);
  const test::SparseData data(12, 7, .4, 3);
  SparseBatch batch(data.view, 5);
  batch.gather(data.view, std::vector<Index>{3, 11, 0, 7, 4}, SparseBatch::Values::given, SparseBatch::For::gradient);
  problem.x = test::dense_of(batch);
  problem.learn(kind, batch);
  problem.expect_right_gradients(kind);
}

INSTANTIATE_TEST_SUITE_P(All, Gradients,
                         testing::Combine(testing::Values(Activation::identity, Activation::sigmoid, Activation::tanh,
                                                          Activation::relu, Activation::leaky_relu),
                                          testing::Values(Loss::bce, Loss::squared)));

TEST(Gradients, OfTheInputEqualFiniteDifferences) {
  Problem problem(Activation::tanh, 4);
  problem.learn(Loss::squared, problem.x.view());
  Block dx(4, 7);
  problem.network.layer(0).multiply_back(serial_executor(), problem.tape.delta(0), 0, dx.view());
  const Plain plain(problem.network);
  for (std::int64_t r = 0; r < 4; ++r)
    for (std::size_t j = 0; j < 7; ++j) {
      std::vector<double> x = doubles(problem.x.row(r));
      const double middle = x[j], h = 1e-5;
      x[j] = middle + h;
      const double above = plain.loss(x, doubles(problem.target.row(r)), Loss::squared);
      x[j] = middle - h;
      const double below = plain.loss(x, doubles(problem.target.row(r)), Loss::squared);
      ASSERT_NEAR(dx.row(r)[j], (above - below) / (2 * h) / 4, 2e-6);
    }
}

TEST(Gradients, AddUpOverPassesUntilCleared) {
  Problem problem(Activation::sigmoid, 5);
  problem.learn(Loss::squared, problem.x.view());
  const float once = problem.network.layer(1).weights.gradient.row(2)[3];
  const float bias = problem.network.layer(0).bias.gradient.row(0)[3];
  problem.network.forward(serial_executor(), problem.x.view(), problem.tape);
  squared_error(serial_executor(), problem.tape.output(), problem.target.view(), problem.scale, problem.tape.delta());
  problem.network.backward(serial_executor(), problem.x.view(), problem.tape);
  EXPECT_FLOAT_EQ(problem.network.layer(1).weights.gradient.row(2)[3], 2 * once);
  EXPECT_FLOAT_EQ(problem.network.layer(0).bias.gradient.row(0)[3], 2 * bias);
}

TEST(Gradients, AreLeftAloneByAPassThatOnlyJudges) {
  Problem problem(Activation::sigmoid, 5);
  problem.learn(Loss::squared, problem.x.view());
  const Block& g = problem.network.layer(0).weights.gradient;
  const float first = problem.tape.delta(0).data[3], before = g.row(2)[3];
  squared_error(serial_executor(), problem.tape.output(), problem.target.view(), problem.scale, problem.tape.delta());
  problem.network.backward_deltas(serial_executor(), problem.tape);
  EXPECT_EQ(problem.tape.delta(0).data[3], first);
  EXPECT_EQ(g.row(2)[3], before);
}

}  // namespace
}  // namespace assay::nn
