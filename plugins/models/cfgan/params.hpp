#pragma once  // What can be tuned. The defaults are the official code's hyper-parameters for MovieLens 100K.

#include <string>
#include <tuple>
#include <vector>

#include "assay/params.hpp"

namespace cfgan {

struct Params {
  std::string mode = "item", scheme = "zp", variant = "official_code";
  int epochs = 250;
  std::vector<int> generator_layers{400}, discriminator_layers{125};
  std::string activation = "sigmoid", output_activation = "identity";
  int generator_steps = 4, discriminator_steps = 2, generator_batch = 32, discriminator_batch = 64;
  double generator_rate = 1e-4, discriminator_rate = 1e-4, generator_l2 = 1e-3, discriminator_l2 = 0;
  double zr_ratio = 0.7, pm_ratio = 0.7, zr_coefficient = 0.03;

  static constexpr auto fields() {
    using assay::field;
    using P = Params;
    return std::tuple{
        field(&P::mode, "mode", "What a sample is: an item's vector over users, or a user's vector over items.")
            .one_of("item", "user"),
        field(&P::scheme, "scheme",
              "Zero-reconstruction regularisation (zr), partial masking of the fakes (pm), or both (zp).")
            .one_of("zr", "pm", "zp"),
        field(&P::variant, "variant",
              "Whether the two samples of missing entries are drawn apart (paper) or coincide (official_code).")
            .one_of("paper", "official_code"),
        field(&P::epochs, "epochs", "Rounds of new masks, discriminator steps and generator steps.").in(1, 1000000),
        field(&P::generator_layers, "generator_layers", "Sizes of the generator's hidden layers.").in(1, 1000000),
        field(&P::discriminator_layers, "discriminator_layers", "Sizes of the discriminator's hidden layers.")
            .in(1, 1000000),
        field(&P::activation, "activation", "Activation of all hidden layers.")
            .one_of("sigmoid", "tanh", "relu", "leaky_relu", "identity"),
        field(&P::output_activation, "output_activation", "Activation of the generator's outputs while it trains.")
            .one_of("identity", "sigmoid"),
        field(&P::generator_steps, "generator_steps", "Passes over all samples that the generator makes in an epoch.")
            .in(1, 1000),
        field(&P::discriminator_steps, "discriminator_steps",
              "Passes over all samples that the discriminator makes in an epoch.")
            .in(0, 1000),
        field(&P::generator_batch, "generator_batch", "Samples of a generator's minibatch.").in(1, 65536),
        field(&P::discriminator_batch, "discriminator_batch", "Samples of a discriminator's minibatch.").in(1, 65536),
        field(&P::generator_rate, "generator_rate", "Learning rate of the generator's Adam.").above(0),
        field(&P::discriminator_rate, "discriminator_rate", "Learning rate of the discriminator's Adam.").above(0),
        field(&P::generator_l2, "generator_l2", "The generator's loss gets this times half the sum of squared weights.")
            .at_least(0),
        field(&P::discriminator_l2, "discriminator_l2",
              "The discriminator's loss gets this times half the sum of squared weights.")
            .at_least(0),
        field(&P::zr_ratio, "zr_ratio", "Share of a sample's missing entries that the generator is told are zero.")
            .in(0, 1),
        field(&P::pm_ratio, "pm_ratio", "Share of a sample's missing entries that the discriminator gets to see.")
            .in(0, 1),
        field(&P::zr_coefficient, "zr_coefficient", "Weight of the zero-reconstruction loss (alpha in the paper).")
            .at_least(0)};
  }
};

}  // namespace cfgan
