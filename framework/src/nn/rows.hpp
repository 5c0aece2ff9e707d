#pragma once  // Shares an elementwise pass over a matrix between threads, in pieces worth a thread.

#include <algorithm>

#include "assay/run.hpp"

namespace assay::nn::detail {

/// body(first, last) for ranges of rows of about 32 Ki elements.
template <class Body>
void for_row_pieces(Executor& executor, std::int64_t rows, std::int64_t columns, Body&& body) {
  for_ranges(executor, rows, std::max<std::int64_t>(1, (std::int64_t{1} << 15) / std::max<std::int64_t>(columns, 1)),
             body);
}

}  // namespace assay::nn::detail
