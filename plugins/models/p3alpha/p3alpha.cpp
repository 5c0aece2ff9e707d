// P3α: items are ranked by the chance that a random walk of three steps from the user ends there (Cooper, Lee,
// Radzik, Siantos, "Random walks in recommender systems: exact computation and simulations", WWW 2014 companion).

#include <tuple>

#include "assay/plugin.hpp"

#include "walks.hpp"

namespace {

class P3Alpha final : public walks::Model {
 public:
  struct Params {
    int neighbours = 100;
    double alpha = 1;
    bool normalise = false, use_values = false;
    static constexpr auto fields() {
      return std::tuple{
          assay::field(&Params::neighbours, "neighbours", "Items kept for each item that walks come through.")
              .in(1, 1000000),
          assay::field(&Params::alpha, "alpha", "Exponent on the probability of a step.").in(0, 2),
          assay::field(&Params::normalise, "normalise", "Make the weights of each item's neighbours sum to 1."),
          assay::field(&Params::use_values, "use_values",
                       "Steps go with the values of interactions (ratings, counts); otherwise all are equal.")};
    }
  };
  explicit P3Alpha(const Params& p) : Model({p.neighbours, p.alpha, 0, p.normalise, p.use_values}) {}
};

}  // namespace

ASSAY_PLUGIN("p3alpha", "1.0.0",
             assay::component<assay::Recommender, P3Alpha>("p3alpha", "Where random walks from the user's items end."));
