// Rows of the Gram matrix: the most interacted items' are kept, for they are asked for most and cost most.

#include "gram_rows.hpp"

#include <algorithm>
#include <numeric>

#include "pool.hpp"

namespace slim {
namespace {

constexpr std::int64_t kRows = 4;       // of a piece of parallel work
constexpr std::int64_t kTogether = 64;  // rows between two looks at the memory that is left, at most
constexpr std::size_t kDense = 4;       // a row with more than one place in four filled is kept whole

}  // namespace

GramRows::GramRows(assay::Interactions by_item, assay::Interactions by_user)
    : by_item_(by_item), by_user_(by_user), kept_(static_cast<std::size_t>(by_item.rows)) {
  for (Index i = 0; i < by_item_.rows; ++i) {
    const auto begin = by_item_.offsets[static_cast<std::size_t>(i)],
               end = by_item_.offsets[static_cast<std::size_t>(i) + 1];
    double square = by_item_.value ? 0 : static_cast<double>(end - begin);
    for (auto e = begin; by_item_.value && e < end; ++e)
      square += double{by_item_.value[e]} * double{by_item_.value[e]};
    diagonal_.push_back(static_cast<float>(square));
  }
}

/// Σ_u x_ui · x_u into scratch.sums; scratch.touched says where, ascending.
void GramRows::sum(Index i, GramScratch& scratch) const {
  scratch.sums.resize(static_cast<std::size_t>(by_item_.rows));
  scratch.touched.clear();
  double* sums = scratch.sums.data();
  const auto end = by_item_.offsets[static_cast<std::size_t>(i) + 1];
  std::int64_t work = 0;
  for (auto e = by_item_.offsets[static_cast<std::size_t>(i)]; e < end; ++e) {
    const auto user = static_cast<std::size_t>(by_item_.column[e]);
    const auto first = by_user_.offsets[user], last = by_user_.offsets[user + 1];
    work += last - first;
    const double weight = by_item_.value ? by_item_.value[e] : 1;
    if (by_user_.value)
      for (auto k = first; k < last; ++k) sums[by_user_.column[k]] += weight * double{by_user_.value[k]};
    else
      for (auto k = first; k < last; ++k) sums[by_user_.column[k]] += 1;
  }
  if (work > by_item_.rows / 16) {  // a scan finds them sooner than a sort
    for (Index j = 0; j < by_item_.rows; ++j)
      if (sums[j] != 0) scratch.touched.push_back(j);
    return;
  }
  for (auto e = by_item_.offsets[static_cast<std::size_t>(i)]; e < end; ++e) {
    const auto user = static_cast<std::size_t>(by_item_.column[e]);
    scratch.touched.insert(scratch.touched.end(), by_user_.column + by_user_.offsets[user],
                           by_user_.column + by_user_.offsets[user + 1]);
  }
  std::ranges::sort(scratch.touched);
  scratch.touched.erase(std::unique(scratch.touched.begin(), scratch.touched.end()), scratch.touched.end());
}

GramRow GramRows::row(Index i, GramScratch& scratch) const {
  const KeptRow& kept = kept_[static_cast<std::size_t>(i)];
  if (!kept.value.empty()) return kept.view();
  if (const auto it = scratch.recent.find(i); it != scratch.recent.end()) return it->second.view();
  KeptRow row = made(i, scratch);
  if (scratch.bytes + row.bytes() > GramScratch::kRoom) {
    scratch.recent.clear();
    scratch.bytes = 0;
  }
  scratch.bytes += row.bytes();
  return (scratch.recent[i] = std::move(row)).view();
}

KeptRow GramRows::made(Index i, GramScratch& scratch) const {
  sum(i, scratch);
  KeptRow row;
  const bool whole = scratch.touched.size() * kDense > kept_.size();
  if (whole)
    row.value.resize(kept_.size());
  else
    row.column = scratch.touched;
  for (const Index j : scratch.touched) {
    double& s = scratch.sums[static_cast<std::size_t>(j)];
    if (whole)
      row.value[static_cast<std::size_t>(j)] = static_cast<float>(s);
    else
      row.value.push_back(static_cast<float>(s));
    s = 0;
  }
  row.value.shrink_to_fit();
  return row;
}

void GramRows::keep(assay::Run& run, std::int64_t bytes) {
  std::vector<Index> order(static_cast<std::size_t>(by_item_.rows));
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](Index i) { return count(i); });
  while (!order.empty() && count(order.back()) == 0) order.pop_back();
  const std::int64_t row_bytes = by_item_.rows * std::int64_t{sizeof(float)};
  const auto together =
      static_cast<std::size_t>(std::clamp(bytes / std::max<std::int64_t>(1, row_bytes), std::int64_t{1}, kTogether));
  Pool<GramScratch> scratches;
  for (std::size_t first = 0; first < order.size() && bytes > 0; first += together) {
    const auto rows = std::span(order).subspan(first, std::min(together, order.size() - first));
    std::vector<KeptRow> block(rows.size());
    assay::for_ranges(run, static_cast<std::int64_t>(rows.size()), kRows, [&](std::int64_t begin, std::int64_t end) {
      const auto scratch = scratches.borrow();
      for (auto r = static_cast<std::size_t>(begin); r < static_cast<std::size_t>(end); ++r)
        block[r] = made(rows[r], *scratch);
    });
    for (std::size_t r = 0; r < rows.size(); ++r) {
      bytes -= block[r].bytes();
      if (bytes < 0) return;
      kept_[static_cast<std::size_t>(rows[r])] = std::move(block[r]);
    }
  }
}

}  // namespace slim
