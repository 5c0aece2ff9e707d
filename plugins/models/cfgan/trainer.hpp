#pragma once  // The two networks and how they learn from each other: one epoch, and the state to go on from.

#include <span>
#include <vector>

#include "assay/nn/network.hpp"
#include "assay/nn/optimizer.hpp"
#include "assay/run.hpp"

#include "masks.hpp"
#include "params.hpp"

namespace cfgan {

struct Losses {
  double generator = 0, discriminator = 0, zr = 0;
};

/// G: a sample's known entries -> values for all places. D: (sample, real or masked fake) -> how real. Holds views of
/// the samples, which must outlive the training.
class Trainer {
 public:
  Trainer(const Params& params, const assay::Interactions& samples);

  void initialise(assay::Run& run);
  /// New masks, then `discriminator_steps` and `generator_steps` passes over all samples. Losses are means over
  /// samples.
  [[nodiscard]] Losses epoch(assay::Run& run, int epoch);
  /// One minibatch each, with the masks of the last draw. The loss is the sum over the batch's samples.
  [[nodiscard]] double discriminator_step(assay::Executor& executor, std::span<const assay::Index> batch);
  [[nodiscard]] Losses generator_step(assay::Executor& executor, std::span<const assay::Index> batch);
  void draw_masks(assay::Run& run, int epoch);

  [[nodiscard]] assay::nn::Network& generator() { return generator_; }
  [[nodiscard]] assay::nn::Network& discriminator() { return discriminator_; }
  [[nodiscard]] const Mask& shown() const { return shown_; }  ///< what D sees of a fake
  [[nodiscard]] const Mask& zeros() const { return zeros_; }  ///< what the ZR loss pulls to zero
  void save(assay::Writer& writer) const;
  void load(const assay::Reader& reader);

 private:
  /// G's output for the batch in x_, and its masked copy in fake_.
  void generate(assay::Executor& executor, std::span<const assay::Index> batch);
  /// body(batch) for minibatches of `size` over all samples in a new order.
  template <class Body>
  void pass(assay::Run& run, const char* purpose, std::uint64_t index, int size, Body&& body);

  Params params_;
  assay::Interactions samples_;
  std::int64_t places_, largest_;
  assay::nn::Network generator_, discriminator_;
  assay::nn::Optimizer learn_generator_, learn_discriminator_;
  assay::nn::Tape tape_g_, tape_d_;
  assay::nn::SparseBatch x_;
  assay::nn::Block fake_, condition_;
  Mask shown_, zeros_;
  std::vector<assay::Index> order_;
  std::vector<double> row_sums_;
};

/// Hidden layers of the sizes asked for, then `outputs`.
[[nodiscard]] assay::nn::Network make_network(std::int64_t inputs, const std::vector<int>& hidden,
                                              const std::string& activation, std::int64_t outputs,
                                              const std::string& output_activation);

}  // namespace cfgan
