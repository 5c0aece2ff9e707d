#pragma once  // Losses with their gradients. `scale` is the caller's: 1 / rows gives means over a batch.

#include "assay/export.hpp"
#include "assay/linalg.hpp"

namespace assay::nn {
inline namespace v1 {

/// scale · Σ log(1 + exp(−z)) for target 1, log(1 + exp(z)) for target 0, linear between; z: logits.
/// gradient = scale · (σ(z) − target); it may be the logits' own memory. Sums do not depend on the number of threads.
ASSAY_EXPORT double bce_with_logits(Executor&, ConstMatrix logits, ConstMatrix targets, float scale, Matrix gradient);
/// The same where all targets are equal.
ASSAY_EXPORT double bce_with_logits(Executor&, ConstMatrix logits, float target, float scale, Matrix gradient);
/// scale · Σ (x − target)²; gradient = 2 · scale · (x − target).
ASSAY_EXPORT double squared_error(Executor&, ConstMatrix x, ConstMatrix targets, float scale, Matrix gradient);

}  // namespace v1
}  // namespace assay::nn
