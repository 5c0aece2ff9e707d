#pragma once  // What can be tuned.

#include <string>
#include <tuple>

#include "assay/params.hpp"

namespace nmf {

struct Params {
  int factors = 50, epochs = 50;
  std::string solver = "cd";
  int sweeps = 1;
  double l1 = 0, l2 = 0;
  bool use_values = false;

  static constexpr auto fields() {
    using assay::field;
    using P = Params;
    return std::tuple{
        field(&P::factors, "factors", "Factors of each user and item (r in the papers).").in(1, 4096),
        field(&P::epochs, "epochs", "Times that all items' factors, then all users' are updated.").in(1, 100000),
        field(&P::solver, "solver", "Coordinate descent (cd) or multiplicative updates (mu).").one_of("cd", "mu"),
        field(&P::sweeps, "sweeps", "Updates of a row in an epoch, all with the same products.").in(1, 1000),
        field(&P::l1, "l1", "Added to the loss for each unit of the sum of all factors.").at_least(0),
        field(&P::l2, "l2", "Added to the loss for each unit of half the sum of all squared factors.").at_least(0),
        field(
            &P::use_values, "use_values",
            "Factorize the values (ratings, counts), which may not be negative; otherwise each interaction counts 1.")};
  }
};

}  // namespace nmf
