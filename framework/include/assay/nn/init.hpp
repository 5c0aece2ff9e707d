#pragma once  // First values of weights. A weight matrix is inputs × outputs: its rows are the fan-in.

#include "assay/export.hpp"
#include "assay/linalg.hpp"
#include "assay/random.hpp"

namespace assay::nn {
inline namespace v1 {

ASSAY_EXPORT void fill_uniform(Random&, float low, float high, Matrix);
ASSAY_EXPORT void fill_normal(Random&, float mean, float deviation, Matrix);
/// U(−a, a), a = √(6 / (fan-in + fan-out)), and N(0, 2 / (fan-in + fan-out)): Glorot, Bengio, AISTATS 2010, eq. 16.
ASSAY_EXPORT void fill_xavier_uniform(Random&, Matrix weights);
ASSAY_EXPORT void fill_xavier_normal(Random&, Matrix weights);
/// U(−a, a), a = √(6 / fan-in), and N(0, 2 / fan-in): He et al., ICCV 2015, eq. 10.
ASSAY_EXPORT void fill_he_uniform(Random&, Matrix weights);
ASSAY_EXPORT void fill_he_normal(Random&, Matrix weights);

}  // namespace v1
}  // namespace assay::nn
