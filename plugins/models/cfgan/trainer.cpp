// CFGAN's training (Chae, Kang, Kim, Lee: "CFGAN: A Generic Collaborative Filtering Framework based on Generative
// Adversarial Networks", CIKM 2018), equations 3 to 8.

#include "trainer.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "assay/errors.hpp"
#include "assay/nn/init.hpp"
#include "assay/nn/loss.hpp"

namespace cfgan {
namespace {

using assay::Index;
using assay::Matrix;
namespace nn = assay::nn;

Matrix rows(Matrix m, std::int64_t first, std::int64_t count) {
  return {m.data + first * m.stride, count, m.columns, m.stride};
}

nn::Adam adam(double rate, double l2) { return {.rate = static_cast<float>(rate), .l2 = static_cast<float>(l2)}; }

void fill(assay::Random random, nn::Network& network) {
  for (std::size_t i = 0; i < network.size(); ++i) {
    nn::fill_xavier_uniform(random, network.layer(i).weights.value.view());
    nn::fill_uniform(random, -0.01f, 0.01f, network.layer(i).bias.value.view());
  }
}

}  // namespace

nn::Network make_network(std::int64_t inputs, const std::vector<int>& hidden, const std::string& activation,
                         std::int64_t outputs, const std::string& output_activation) {
  std::vector<nn::LayerSpec> layers;
  for (const int size : hidden) layers.push_back({size, nn::activation_named(activation)});
  layers.push_back({outputs, nn::activation_named(output_activation)});
  return nn::Network(inputs, layers);
}

Trainer::Trainer(const Params& params, const assay::Interactions& samples)
    : params_(params),
      samples_(samples),
      places_(samples.columns),
      largest_(std::max(params.generator_batch, params.discriminator_batch)),
      generator_(make_network(places_, params.generator_layers, params.activation, places_, params.output_activation)),
      discriminator_(make_network(2 * places_, params.discriminator_layers, params.activation, 1, "identity")),
      learn_generator_(adam(params.generator_rate, params.generator_l2), generator_.parameters()),
      learn_discriminator_(adam(params.discriminator_rate, params.discriminator_l2), discriminator_.parameters()),
      tape_g_(generator_, largest_, nn::Tape::For::training),
      tape_d_(discriminator_, std::max(2 * params.discriminator_batch, params.generator_batch),
              nn::Tape::For::training),
      x_(samples, largest_),
      fake_(largest_, places_),
      condition_(largest_, discriminator_.layer(0).outputs()),
      shown_(samples.rows, places_),
      zeros_(samples.rows, params.scheme == "pm" ? 0 : places_),
      order_(static_cast<std::size_t>(samples.rows)),
      row_sums_(static_cast<std::size_t>(largest_)) {}

void Trainer::initialise(assay::Run& run) {
  fill(run.random("generator", 0), generator_);
  fill(run.random("discriminator", 0), discriminator_);
}

void Trainer::draw_masks(assay::Run& run, int epoch) {
  const auto index = static_cast<std::uint64_t>(epoch);
  // The official code seeds both draws with the clock's second: the same places, as far as the ratios agree.
  const assay::Random zr = run.random("masks", index);
  const assay::Random pm = params_.variant == "paper" ? run.random("partial masks", index) : zr;
  if (params_.scheme != "pm") draw(run, zr, samples_, params_.zr_ratio, false, zeros_);
  if (params_.scheme != "zr")
    draw(run, pm, samples_, params_.pm_ratio, true, shown_);
  else
    set_known(run, samples_, shown_);
}

template <class Body>
void Trainer::pass(assay::Run& run, const char* purpose, std::uint64_t index, int size, Body&& body) {
  std::iota(order_.begin(), order_.end(), 0);
  run.random(purpose, index).shuffle(order_);
  const auto began = std::chrono::steady_clock::now();
  for (std::size_t first = 0; first < order_.size(); first += static_cast<std::size_t>(size)) {
    body(
        std::span<const Index>(order_).subspan(first, std::min(static_cast<std::size_t>(size), order_.size() - first)));
    // A short epoch is worth finishing: then it can be checkpointed, which it cannot once the answer was heard.
    if (std::chrono::steady_clock::now() - began > std::chrono::seconds(3) && run.cancelled()) throw assay::Cancelled();
  }
}

Losses Trainer::epoch(assay::Run& run, int epoch) {
  draw_masks(run, epoch);
  const int d_passes = params_.discriminator_steps, g_passes = params_.generator_steps;
  const auto passes = static_cast<std::int64_t>(d_passes) + g_passes;
  Losses sum;
  for (int i = 0; i < d_passes; ++i) {
    const auto index =
        static_cast<std::uint64_t>(epoch) * static_cast<std::uint64_t>(d_passes) + static_cast<std::uint64_t>(i);
    pass(run, "discriminator batches", index, params_.discriminator_batch,
         [&](std::span<const Index> batch) { sum.discriminator += discriminator_step(run, batch); });
    run.progress(i + 1, passes);
  }
  for (int i = 0; i < g_passes; ++i) {
    const auto index =
        static_cast<std::uint64_t>(epoch) * static_cast<std::uint64_t>(g_passes) + static_cast<std::uint64_t>(i);
    pass(run, "generator batches", index, params_.generator_batch, [&](std::span<const Index> batch) {
      const Losses loss = generator_step(run, batch);
      sum.generator += loss.generator;
      sum.zr += loss.zr;
    });
    run.progress(d_passes + i + 1, passes);
  }
  const double n = static_cast<double>(samples_.rows);
  return {sum.generator / (n * g_passes), d_passes > 0 ? sum.discriminator / (n * d_passes) : 0,
          sum.zr / (n * g_passes)};
}

void Trainer::generate(assay::Executor& executor, std::span<const Index> batch) {
  x_.gather(samples_, batch, nn::SparseBatch::Values::ones, nn::SparseBatch::For::gradient);
  generator_.forward(executor, x_, tape_g_);
  const Matrix y = tape_g_.output();
  assay::for_ranges(executor, y.rows, 8, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r)
      apply_mask(shown_.row(batch[static_cast<std::size_t>(r)]), y.data + r * y.stride, places_, fake_.row(r).data());
  });
}

/// Equation 3 (with the mask of equation 7): real and fake share the condition's half of the first product, and its
/// gradient.
double Trainer::discriminator_step(assay::Executor& executor, std::span<const Index> batch) {
  generate(executor, batch);
  const auto n = static_cast<std::int64_t>(batch.size());
  nn::Linear& first = discriminator_.layer(0);
  tape_d_.set_rows(2 * n);
  const Matrix real = rows(tape_d_.output(0), 0, n), fake = rows(tape_d_.output(0), n, n);
  first.multiply(executor, x_, 0, false, real);
  nn::copy(real, fake);
  first.multiply(executor, x_, places_, true, real);
  first.multiply(executor, fake_.view(0, n), places_, true, fake);
  discriminator_.forward_from_first(executor, tape_d_);

  const float mean = 1.f / static_cast<float>(n);
  const Matrix logits = tape_d_.output(), delta = tape_d_.delta();
  const double loss = nn::bce_with_logits(executor, rows(logits, 0, n), 1, mean, rows(delta, 0, n)) +
                      nn::bce_with_logits(executor, rows(logits, n, n), 0, mean, rows(delta, n, n));
  discriminator_.clear_gradients();
  discriminator_.backward_to_first(executor, tape_d_);
  const Matrix of_real = rows(tape_d_.delta(0), 0, n), of_fake = rows(tape_d_.delta(0), n, n);
  first.add_weight_gradient(executor, fake_.view(0, n), places_, of_fake);
  first.add_weight_gradient(executor, x_, places_, of_real);
  nn::copy(of_real, condition_.view(0, n));
  nn::add(of_fake, condition_.view(0, n));
  first.add_weight_gradient(executor, x_, 0, condition_.view(0, n));
  learn_discriminator_.step(executor);
  return loss * static_cast<double>(n);
}

/// Equation 8 in its non-saturating form, as the official code has it: minimise −log D(fake) and α times the squared
/// outputs at places that ought to be zero.
Losses Trainer::generator_step(assay::Executor& executor, std::span<const Index> batch) {
  generate(executor, batch);
  const auto n = static_cast<std::int64_t>(batch.size());
  nn::Linear& first = discriminator_.layer(0);
  tape_d_.set_rows(n);
  first.multiply(executor, x_, 0, false, tape_d_.output(0));
  first.multiply(executor, fake_.view(0, n), places_, true, tape_d_.output(0));
  discriminator_.forward_from_first(executor, tape_d_);
  const float mean = 1.f / static_cast<float>(n);
  const double adversarial = nn::bce_with_logits(executor, tape_d_.output(), 1, mean, tape_d_.delta());
  discriminator_.backward_deltas(executor, tape_d_);
  const Matrix delta = tape_g_.delta(), y = tape_g_.output();
  first.multiply_back(executor, tape_d_.delta(0), places_, delta);

  const bool pulls = params_.scheme != "pm";
  const float weight = mean * static_cast<float>(params_.zr_coefficient);
  assay::for_ranges(executor, n, 8, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      const Index sample = batch[static_cast<std::size_t>(r)];
      row_sums_[static_cast<std::size_t>(r)] =
          masked_gradient(shown_.row(sample), pulls ? zeros_.row(sample) : nullptr, weight, y.data + r * y.stride,
                          places_, delta.data + r * delta.stride);
    }
  });
  generator_.clear_gradients();
  generator_.backward(executor, x_, tape_g_);
  learn_generator_.step(executor);
  return {adversarial * static_cast<double>(n), 0, std::accumulate(row_sums_.begin(), row_sums_.begin() + n, 0.)};
}

void Trainer::save(assay::Writer& writer) const {
  generator_.save(writer, "generator");
  discriminator_.save(writer, "discriminator");
  learn_generator_.save(writer, "generator.adam");
  learn_discriminator_.save(writer, "discriminator.adam");
}

void Trainer::load(const assay::Reader& reader) {
  generator_.load(reader, "generator");
  discriminator_.load(reader, "discriminator");
  learn_generator_.load(reader, "generator.adam");
  learn_discriminator_.load(reader, "discriminator.adam");
}

}  // namespace cfgan
