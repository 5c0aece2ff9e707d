// Cutting, transposing and uniting sparse matrices.

#include "data/csr.hpp"

#include <algorithm>
#include <numeric>

namespace assay {
namespace {

using Place = std::size_t;

}  // namespace

Csr extract(const LogView& log, std::span<const Part> parts, Part part) {
  const auto size = static_cast<Place>(std::count(parts.begin(), parts.end(), part));
  Csr out{log.users, log.items, {0}, {}, {}, {}};
  out.offsets.reserve(log.offsets.size());
  out.column.reserve(size);
  out.value.reserve(size);
  if (!log.time.empty()) out.time.reserve(size);
  for (Place u = 0; u < static_cast<Place>(log.users); ++u) {
    for (auto at = static_cast<Place>(log.offsets[u]); at < static_cast<Place>(log.offsets[u + 1]); ++at) {
      if (parts[at] != part) continue;
      out.column.push_back(log.item[at]);
      out.value.push_back(log.value[at]);
      if (!log.time.empty()) out.time.push_back(log.time[at]);
    }
    out.offsets.push_back(static_cast<std::int64_t>(out.column.size()));
  }
  return out;
}

Csr transpose(const Interactions& matrix) {
  const auto size = static_cast<Place>(matrix.size());
  Csr out{matrix.columns,      matrix.rows,         std::vector<std::int64_t>(static_cast<Place>(matrix.columns) + 1),
          Buffer<Index>(size), Buffer<float>(size), Buffer<std::int64_t>(matrix.time ? size : 0)};
  for (Index r = 0; r < matrix.rows; ++r)
    for (const Index c : matrix[r].columns) ++out.offsets[static_cast<Place>(c) + 1];
  std::partial_sum(out.offsets.begin(), out.offsets.end(), out.offsets.begin());
  std::vector<std::int64_t> cursor(out.offsets.begin(), out.offsets.end() - 1);
  for (Index r = 0; r < matrix.rows; ++r) {
    const Row row = matrix[r];
    for (Place i = 0; i < row.columns.size(); ++i) {
      const auto to = static_cast<Place>(cursor[static_cast<Place>(row.columns[i])]++);
      out.column[to] = r;
      out.value[to] = row.values[i];
      if (matrix.time) out.time[to] = row.times[i];
    }
  }
  return out;
}

Csr unite(const Interactions& a, const Interactions& b) {
  Csr out{a.rows, a.columns, {0}, {}, {}, {}};
  const bool timed = a.time && b.time;
  const auto take = [&](const Row& row, Place i) {
    out.column.push_back(row.columns[i]);
    out.value.push_back(row.values[i]);
    if (timed) out.time.push_back(row.times[i]);
  };
  for (Index r = 0; r < a.rows; ++r) {
    const Row left = a[r], right = b[r];
    Place i = 0, j = 0;
    while (i < left.columns.size() || j < right.columns.size()) {
      if (j == right.columns.size() || (i < left.columns.size() && left.columns[i] <= right.columns[j])) {
        if (j < right.columns.size() && left.columns[i] == right.columns[j]) ++j;
        take(left, i++);
      } else {
        take(right, j++);
      }
    }
    out.offsets.push_back(static_cast<std::int64_t>(out.column.size()));
  }
  return out;
}

}  // namespace assay
