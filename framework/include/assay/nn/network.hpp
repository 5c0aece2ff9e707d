#pragma once  // A multilayer perceptron, its workspace, and how both learn: forward, backward, save, load.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "assay/export.hpp"
#include "assay/nn/activation.hpp"
#include "assay/nn/layer.hpp"

namespace assay::nn {
inline namespace v1 {

struct LayerSpec {
  std::int64_t outputs;
  Activation activation;
};

/// Layers of y = f(x · W + b). One thread at a time may train; const members may be called by many, with a Tape each.
class ASSAY_EXPORT Network {
 public:
  /// Weights and biases are zero until init.hpp or load() fills them.
  Network(std::int64_t inputs, std::span<const LayerSpec> layers);

  [[nodiscard]] std::size_t size() const noexcept { return layers_.size(); }
  [[nodiscard]] Linear& layer(std::size_t i) noexcept { return layers_[i]; }
  [[nodiscard]] const Linear& layer(std::size_t i) const noexcept { return layers_[i]; }
  [[nodiscard]] Activation activation(std::size_t i) const noexcept { return activations_[i]; }
  [[nodiscard]] std::vector<Parameter*> parameters();

  /// Fills the tape's outputs from x.
  void forward(Executor&, Input x, class Tape&) const;
  /// The same when the caller has put x · W of the first layer (no bias) into tape.output(0).
  void forward_from_first(Executor&, Tape&) const;
  /// From tape.delta(last) = ∂loss/∂output: adds the gradients of all parameters and leaves ∂loss/∂(first layer's
  /// x · W) in tape.delta(0).
  void backward(Executor&, Input x, Tape&);
  /// The same without the first layer's weights, whose gradient is the caller's business.
  void backward_to_first(Executor&, Tape&);
  /// The deltas only: for a network that judges while another learns. No gradient changes.
  void backward_deltas(Executor&, Tape&) const;
  void clear_gradients() noexcept;

  /// Tensors "<prefix>.<layer>.weight" [inputs × outputs] and "<prefix>.<layer>.bias" [outputs].
  void save(Writer&, std::string_view prefix) const;
  void load(const Reader&, std::string_view prefix);  ///< throws DataError where a shape does not fit

 private:
  std::vector<Linear> layers_;
  std::vector<Activation> activations_;
};

/// The workspace of passes through one network: outputs (after the activation) and deltas of every layer, for batches
/// of at most `max_rows`. Made once; passes then allocate nothing.
class ASSAY_EXPORT Tape {
 public:
  enum class For : std::uint8_t { forward, training };
  Tape(const Network&, std::int64_t max_rows, For);
  /// The batch size of the passes that follow; forward() sets it by itself.
  void set_rows(std::int64_t rows) noexcept { rows_ = rows; }
  [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }
  [[nodiscard]] Matrix output(std::size_t layer) noexcept { return outputs_[layer].view(0, rows_); }
  [[nodiscard]] Matrix delta(std::size_t layer) noexcept { return deltas_[layer].view(0, rows_); }
  [[nodiscard]] Matrix output() noexcept { return output(outputs_.size() - 1); }  ///< the last layer's
  [[nodiscard]] Matrix delta() noexcept { return delta(deltas_.size() - 1); }

 private:
  std::int64_t rows_ = 0;
  std::vector<Block> outputs_, deltas_;
};

/// One parameter's values as a contiguous tensor; `load` throws DataError where the shape differs.
ASSAY_EXPORT void save_matrix(Writer&, std::string_view name, ConstMatrix);
ASSAY_EXPORT void load_matrix(const Reader&, std::string_view name, Matrix);

}  // namespace v1
}  // namespace assay::nn
