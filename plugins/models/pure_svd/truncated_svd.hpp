#pragma once  // The leading right singular vectors of a sparse matrix.

#include <functional>
#include <vector>

#include "assay/factors.hpp"
#include "assay/interactions.hpp"
#include "assay/run.hpp"

namespace pure_svd {

struct TruncatedSvd {
  std::vector<double> singular;  ///< descending
  assay::FactorMatrix right;     ///< [columns of x × factors]: a column for each singular value
};

/// Randomized subspace iteration (Halko, Martinsson, Tropp, SIAM Review 2011, algorithms 4.4 and 5.1), from a fixed
/// beginning: the same bits always. Where x has a lower rank, the columns beyond it are zeros. progress(done, total) is
/// called after each product with x.
[[nodiscard]] TruncatedSvd truncated_svd(assay::Executor& executor, const assay::Interactions& x,
                                         const assay::Interactions& x_transposed, int factors, int oversampling,
                                         int iterations, const std::function<void(int, int)>& progress);

/// Bytes that it takes.
[[nodiscard]] std::int64_t truncated_svd_bytes(std::int64_t rows, std::int64_t columns, int factors, int oversampling);

}  // namespace pure_svd
