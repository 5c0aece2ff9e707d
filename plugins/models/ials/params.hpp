#pragma once  // What can be tuned, in the paper's symbols.

#include <string>
#include <tuple>

#include "assay/params.hpp"

namespace ials {

struct Params {
  int factors = 64;
  int epochs = 16;
  double alpha0 = 0.1, lambda = 0.003, nu = 1, stdev = 0.1;
  std::string solver = "exact";
  int cg_steps = 3, block = 64;
  std::string confidence = "one";
  double alpha = 1;

  static constexpr auto fields() {
    using assay::field;
    using P = Params;
    return std::tuple{
        field(&P::factors, "factors", "Dimension of the embedding (d in the paper).").in(1, 4096),
        field(&P::epochs, "epochs", "Times that all items, then all users are solved for.").in(1, 100000),
        field(&P::alpha0, "alpha0", "Weight of every pair, seen or not (α₀): how much not taking an item says.")
            .at_least(0),
        field(&P::lambda, "lambda", "Regularization (λ).").above(0),
        field(&P::nu, "nu", "How the regularization grows with an item's or user's frequency (ν); 0: not at all.")
            .in(0, 2),
        field(&P::stdev, "stdev", "The factors begin as N(0, stdev/√d) (σ* in the paper).").above(0),
        field(
            &P::solver, "solver",
            "How a row's least squares are solved: exact (Cholesky), cg (a few conjugate gradient steps from the last "
            "epoch's solution), block (iALS++: a block of dimensions at a time).")
            .one_of("exact", "cg", "block"),
        field(&P::cg_steps, "cg_steps", "Conjugate gradient steps of a row in an epoch (solver cg).").in(1, 1000),
        field(&P::block, "block", "Dimensions that are solved for at a time (solver block).").in(1, 4096),
        field(&P::confidence, "confidence",
              "Weight of a seen pair: one (1), value (alpha · its value), log (alpha · ln(1 + value)).")
            .one_of("one", "value", "log"),
        field(&P::alpha, "alpha", "Scale of the confidence, where it comes from values.").above(0)};
  }
};

}  // namespace ials
