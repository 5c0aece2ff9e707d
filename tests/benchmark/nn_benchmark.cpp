// The network engine: a GAN's training step, the limit it runs against, and its parts. CPU time of the process.

#include <benchmark/benchmark.h>
#include <vector>

#include "assay/nn/init.hpp"
#include "assay/nn/loss.hpp"
#include "assay/nn/network.hpp"
#include "assay/nn/optimizer.hpp"
#include "assay/random.hpp"

#include "base/pool.hpp"

namespace assay {
namespace {

using nn::Activation;

nn::Network make(std::int64_t inputs, const std::vector<nn::LayerSpec>& layers, std::uint64_t seed) {
  nn::Network network(inputs, layers);
  Random random(seed);
  for (std::size_t i = 0; i < network.size(); ++i)
    nn::fill_xavier_uniform(random, network.layer(i).weights.value.view());
  return network;
}

/// What the cores can do: chains of fused multiply-adds without memory. Counter: GFLOP/s.
void FmaPeak(benchmark::State& state) {
  using Lanes __attribute__((vector_size(32))) = float;
  Lanes sum[12];
  for (int c = 0; c < 12; ++c) sum[c] = Lanes{} + static_cast<float>(c);
  const Lanes factor = Lanes{} + 0.999f, term = Lanes{} + 0.001f;
  for (auto _ : state) {
    for (int i = 0; i < 1000; ++i)
      for (int c = 0; c < 12; ++c) sum[c] = sum[c] * factor + term;
    benchmark::DoNotOptimize(sum);
  }
  state.counters["GFLOPS"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * 1000 * 12 * 16 / 1e9, benchmark::Counter::kIsRate);
}
BENCHMARK(FmaPeak);

/// Generator and discriminator of a picture GAN on 784 pixels; the noise has 100 places.
struct Gan {
  explicit Gan(std::int64_t batch)
      : generator(make(100,
                       {{128, Activation::leaky_relu},
                        {256, Activation::leaky_relu},
                        {512, Activation::leaky_relu},
                        {1024, Activation::leaky_relu},
                        {784, Activation::tanh}},
                       1)),
        discriminator(make(784,
                           {{512, Activation::leaky_relu},
                            {256, Activation::leaky_relu},
                            {128, Activation::leaky_relu},
                            {1, Activation::identity}},
                           2)),
        learn_g(nn::Adam{.rate = 2e-4f, .beta1 = .5f}, generator.parameters()),
        learn_d(nn::Adam{.rate = 2e-4f, .beta1 = .5f}, discriminator.parameters()),
        tape_g(generator, batch, nn::Tape::For::training),
        tape_d(discriminator, 2 * batch, nn::Tape::For::training),
        noise(batch, 100),
        pictures(2 * batch, 784),
        rows(batch) {
    Random random(3);
    nn::fill_normal(random, 0, 1, noise.view());
    nn::fill_uniform(random, -1, 1, pictures.view());
  }

  /// D on real and fake pictures, then G through D on the same fakes.
  double step(Executor& executor) {
    const float mean = 1.f / static_cast<float>(rows);
    generator.forward(executor, noise.view(), tape_g);
    nn::copy(tape_g.output(), pictures.view(rows, rows));
    discriminator.clear_gradients();
    discriminator.forward(executor, pictures.view(), tape_d);
    const Matrix logits = tape_d.output(), delta = tape_d.delta();
    const auto half = [&](Matrix m, std::int64_t first) {
      return Matrix{m.data + first * m.stride, rows, m.columns, m.stride};
    };
    double loss = nn::bce_with_logits(executor, half(logits, 0), 1, mean, half(delta, 0));
    loss += nn::bce_with_logits(executor, half(logits, rows), 0, mean, half(delta, rows));
    discriminator.backward(executor, pictures.view(), tape_d);
    learn_d.step(executor);

    generator.clear_gradients();
    discriminator.forward(executor, pictures.view(rows, rows), tape_d);
    loss += nn::bce_with_logits(executor, tape_d.output(), 1, mean, tape_d.delta());
    discriminator.backward_deltas(executor, tape_d);
    discriminator.layer(0).multiply_back(executor, tape_d.delta(0), 0, tape_g.delta());
    generator.backward(executor, noise.view(), tape_g);
    learn_g.step(executor);
    return loss;
  }
  /// Multiplications and additions of the matrix products above.
  [[nodiscard]] double flop() const {
    double g = 0, d = 0;
    for (std::size_t i = 0; i < generator.size(); ++i)
      g += static_cast<double>(generator.layer(i).inputs() * generator.layer(i).outputs());
    for (std::size_t i = 0; i < discriminator.size(); ++i)
      d += static_cast<double>(discriminator.layer(i).inputs() * discriminator.layer(i).outputs());
    const double first_g = 100 * 128, first_d = 784 * 512;
    const double discriminating = g + 2 * (3 * d - first_d), generating = 2 * d + 2 * g - first_g;
    return 2 * static_cast<double>(rows) * (discriminating + generating);
  }

  nn::Network generator, discriminator;
  nn::Optimizer learn_g, learn_d;
  nn::Tape tape_g, tape_d;
  nn::Block noise, pictures;
  std::int64_t rows;
};

void GanStep(benchmark::State& state) {
  ThreadPool pool(static_cast<int>(state.range(1)));
  Gan gan(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(gan.step(pool));
  state.counters["GFLOPS"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * gan.flop() / 1e9, benchmark::Counter::kIsRate);
}
BENCHMARK(GanStep)
    ->ArgNames({"batch", "threads"})
    ->Args({64, 1})
    ->Args({256, 1})
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(GanStep)
    ->ArgNames({"batch", "threads"})
    ->Args({64, 2})
    ->Args({256, 2})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void AdamStep(benchmark::State& state) {
  Gan gan(1);
  for (nn::Parameter* p : gan.generator.parameters()) std::fill(p->touched.begin(), p->touched.end(), std::uint8_t{1});
  for (auto _ : state) gan.learn_g.step(serial_executor());
}
BENCHMARK(AdamStep)->Unit(benchmark::kMillisecond);

void Activate(benchmark::State& state) {
  nn::Block x(64, 1000);
  Random random(1);
  nn::fill_normal(random, 0, 2, x.view());
  for (auto _ : state) {
    nn::activate(serial_executor(), static_cast<Activation>(state.range(0)), nullptr, x.view());
    benchmark::ClobberMemory();
  }
  state.counters["ns/element"] = benchmark::Counter(static_cast<double>(state.iterations()) * 64e3 / 1e9,
                                                    benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(Activate)->DenseRange(1, 4);

/// First layer of `columns` inputs and 400 outputs, 64 rows of `per_row` entries: forward, and the weights' gradient.
void SparseLayer(benchmark::State& state) {
  const std::int64_t columns = state.range(0), per_row = state.range(1);
  std::vector<std::int64_t> offsets{0};
  std::vector<Index> column;
  Random random(1);
  for (int r = 0; r < 64; ++r) {
    for (std::int64_t e = 0; e < per_row; ++e) {
      const std::int64_t slot = columns / per_row;
      column.push_back(
          static_cast<Index>(e * slot + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(slot)))));
    }
    offsets.push_back(static_cast<std::int64_t>(column.size()));
  }
  const std::vector<float> values(column.size(), 1.f);
  const Interactions data{64, static_cast<Index>(columns), offsets, column.data(), values.data(), nullptr};
  std::vector<Index> rows(64);
  for (Index r = 0; r < 64; ++r) rows[static_cast<std::size_t>(r)] = r;
  nn::SparseBatch batch(data, 64);
  batch.gather(data, rows, nn::SparseBatch::Values::ones, nn::SparseBatch::For::gradient);
  nn::Linear layer(columns, 400);
  nn::Block out(64, 400), dense(64, columns);
  Random w(2);
  nn::fill_xavier_uniform(w, layer.weights.value.view());
  for (auto _ : state) {
    if (state.range(2) == 0) layer.multiply(serial_executor(), batch, 0, false, out.view());
    if (state.range(2) == 1) layer.clear_gradient(), layer.add_weight_gradient(serial_executor(), batch, 0, out.view());
    if (state.range(2) == 2) layer.multiply(serial_executor(), dense.view(), 0, false, out.view());
    if (state.range(2) == 3)
      layer.clear_gradient(), layer.add_weight_gradient(serial_executor(), dense.view(), 0, out.view());
  }
}
BENCHMARK(SparseLayer)
    ->ArgNames({"columns", "per_row", "0forward_1gradient_2_3dense"})
    ->ArgsProduct({{943}, {48}, {0, 1, 2, 3}})
    ->ArgsProduct({{3706}, {37}, {0, 1, 2, 3}})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace assay
