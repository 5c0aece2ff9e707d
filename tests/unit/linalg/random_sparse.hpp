// A random sparse matrix for tests: both orientations, some rows empty, values 1 or arbitrary.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "assay/interactions.hpp"
#include "assay/random.hpp"

namespace assay::test {

/// Owns a matrix in CSR form.
struct Sparse {
  Index rows = 0, columns = 0;
  std::vector<std::int64_t> offsets{0};
  std::vector<Index> column;
  std::vector<float> value;

  [[nodiscard]] Interactions view() const { return {rows, columns, offsets, column.data(), value.data(), nullptr}; }
  [[nodiscard]] float at(Index row, Index col) const {
    const Row r = view()[row];
    const auto it = std::lower_bound(r.columns.begin(), r.columns.end(), col);
    return it != r.columns.end() && *it == col ? r.values[static_cast<std::size_t>(it - r.columns.begin())] : 0;
  }
};

/// Entries are denser in the first columns, as popular items are; every seventh row is empty.
inline Sparse random_sparse(Index rows, Index columns, double density, bool ones, std::uint64_t key) {
  Random random(key);
  Sparse x{rows, columns, {0}, {}, {}};
  for (Index i = 0; i < rows; ++i) {
    for (Index j = 0; j < columns && i % 7 != 6; ++j)
      if (random.uniform() < density * 3 * std::exp(-3.0 * j / columns)) {
        x.column.push_back(j);
        x.value.push_back(ones ? 1.f : static_cast<float>(1 + random.below(9)) / 2);
      }
    x.offsets.push_back(static_cast<std::int64_t>(x.column.size()));
  }
  return x;
}

inline Sparse transposed(const Sparse& x) {
  Sparse t{x.columns, x.rows, {0}, {}, {}};
  for (Index j = 0; j < x.columns; ++j) {
    for (Index i = 0; i < x.rows; ++i)
      if (const float v = x.at(i, j); v != 0) {
        t.column.push_back(i);
        t.value.push_back(v);
      }
    t.offsets.push_back(static_cast<std::int64_t>(t.column.size()));
  }
  return t;
}

}  // namespace assay::test
