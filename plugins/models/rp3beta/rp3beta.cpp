// RP3β: P3α's random walks, re-ranked by how popular their ends are (Paudel, Christoffel, Newell, Bernstein,
// "Updatable, accurate, diverse, and scalable recommendations for interactive applications", TiiS 2016).

#include <tuple>

#include "assay/plugin.hpp"

#include "walks.hpp"

namespace {

class Rp3Beta final : public walks::Model {
 public:
  struct Params {
    int neighbours = 100;
    double alpha = 1, beta = 0.6;
    bool normalise = true, use_values = false;
    static constexpr auto fields() {
      return std::tuple{
          assay::field(&Params::neighbours, "neighbours", "Items kept for each item that walks come through.")
              .in(1, 1000000),
          assay::field(&Params::alpha, "alpha", "Exponent on the probability of a step.").in(0, 2),
          assay::field(&Params::beta, "beta", "Exponent on the popularity that an end point is divided by.").in(0, 2),
          assay::field(&Params::normalise, "normalise", "Make the weights of each item's neighbours sum to 1."),
          assay::field(&Params::use_values, "use_values",
                       "Steps go with the values of interactions (ratings, counts); otherwise all are equal.")};
    }
  };
  explicit Rp3Beta(const Params& p) : Model({p.neighbours, p.alpha, p.beta, p.normalise, p.use_values}) {}
};

}  // namespace

ASSAY_PLUGIN("rp3beta", "1.0.0",
             assay::component<assay::Recommender, Rp3Beta>(
                 "rp3beta", "Where random walks from the user's items end, popular ends discounted."));
