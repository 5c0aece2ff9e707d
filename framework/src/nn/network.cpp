// Multilayer perceptrons: passes, and their state in files.

#include "assay/nn/network.hpp"

#include <cstring>
#include <string>

#include "assay/errors.hpp"
#include "assay/stored.hpp"

namespace assay::nn {
inline namespace v1 {

Network::Network(std::int64_t inputs, std::span<const LayerSpec> layers) {
  if (layers.empty()) throw Error("Network: needs at least one layer.");
  for (const LayerSpec& spec : layers) {
    layers_.emplace_back(inputs, spec.outputs);
    activations_.push_back(spec.activation);
    inputs = spec.outputs;
  }
}

std::vector<Parameter*> Network::parameters() {
  std::vector<Parameter*> all;
  for (Linear& layer : layers_) {
    all.push_back(&layer.weights);
    all.push_back(&layer.bias);
  }
  return all;
}

void Network::forward(Executor& executor, Input x, Tape& tape) const {
  tape.set_rows(x.rows());
  layers_.front().multiply(executor, x, 0, false, tape.output(0));
  forward_from_first(executor, tape);
}

void Network::forward_from_first(Executor& executor, Tape& tape) const {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (i > 0) layers_[i].multiply(executor, tape.output(i - 1), 0, false, tape.output(i));
    activate(executor, activations_[i], layers_[i].bias.value.row(0).data(), tape.output(i));
  }
}

void Network::backward(Executor& executor, Input x, Tape& tape) {
  backward_to_first(executor, tape);
  layers_.front().add_weight_gradient(executor, x, 0, tape.delta(0));
}

void Network::backward_to_first(Executor& executor, Tape& tape) {
  for (std::size_t i = layers_.size(); i-- > 0;) {
    differentiate(executor, activations_[i], tape.output(i), tape.delta(i));
    layers_[i].add_bias_gradient(executor, tape.delta(i));
    if (i == 0) break;
    layers_[i].add_weight_gradient(executor, tape.output(i - 1), 0, tape.delta(i));
    layers_[i].multiply_back(executor, tape.delta(i), 0, tape.delta(i - 1));
  }
}

void Network::backward_deltas(Executor& executor, Tape& tape) const {
  for (std::size_t i = layers_.size(); i-- > 0;) {
    differentiate(executor, activations_[i], tape.output(i), tape.delta(i));
    if (i > 0) layers_[i].multiply_back(executor, tape.delta(i), 0, tape.delta(i - 1));
  }
}

void Network::clear_gradients() noexcept {
  for (Linear& layer : layers_) layer.clear_gradient();
}

namespace {

std::string name_of(std::string_view prefix, std::size_t layer, const char* part) {
  return std::string(prefix) + "." + std::to_string(layer) + "." + part;
}

}  // namespace

void Network::save(Writer& writer, std::string_view prefix) const {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    save_matrix(writer, name_of(prefix, i, "weight"), layers_[i].weights.value.view());
    save_matrix(writer, name_of(prefix, i, "bias"), layers_[i].bias.value.view());
  }
}

void Network::load(const Reader& reader, std::string_view prefix) {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    load_matrix(reader, name_of(prefix, i, "weight"), layers_[i].weights.value.view());
    load_matrix(reader, name_of(prefix, i, "bias"), layers_[i].bias.value.view());
  }
}

Tape::Tape(const Network& network, std::int64_t max_rows, For use) : rows_(max_rows) {
  for (std::size_t i = 0; i < network.size(); ++i) {
    outputs_.emplace_back(max_rows, network.layer(i).outputs());
    if (use == For::training) deltas_.emplace_back(max_rows, network.layer(i).outputs());
  }
}

void save_matrix(Writer& writer, std::string_view name, ConstMatrix m) {
  std::vector<float> dense(static_cast<std::size_t>(m.rows * m.columns));
  copy(m, {dense.data(), m.rows, m.columns, m.columns});
  const std::int64_t shape[] = {m.rows, m.columns};
  writer.tensor(name, {dense.data(), Element::f32, m.rows == 1 ? std::span(shape).subspan(1) : std::span(shape)});
}

void load_matrix(const Reader& reader, std::string_view name, Matrix m) {
  const Tensor tensor = m.rows == 1 ? stored_tensor<float>(reader, name, {m.columns})
                                    : stored_tensor<float>(reader, name, {m.rows, m.columns});
  copy({static_cast<const float*>(tensor.data), m.rows, m.columns, m.columns}, m);
}

}  // namespace v1
}  // namespace assay::nn
