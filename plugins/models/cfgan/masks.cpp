// Draws the masks of an epoch, and applies them.

#include "masks.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace cfgan {
namespace {

void set(std::uint32_t* row, assay::Index place) { row[place / 32] |= 1u << (place % 32); }
void clear(std::uint32_t* row, assay::Index place) { row[place / 32] &= ~(1u << (place % 32)); }

/// All ones where the mask has the place, else all zeros.
std::uint32_t wide(std::uint32_t word, std::int64_t bit) { return 0u - (word >> bit & 1u); }
float kept(float x, std::uint32_t keep) { return std::bit_cast<float>(std::bit_cast<std::uint32_t>(x) & keep); }

/// Sets `count` of `places`, drawn by a partial Fisher–Yates shuffle; of more than half, the others are drawn.
void draw_some(assay::Random random, std::vector<assay::Index>& places, std::size_t count, std::uint32_t* row) {
  const bool drop = count > places.size() / 2;
  if (drop)
    for (const assay::Index p : places) set(row, p);
  const std::size_t draws = drop ? places.size() - count : count;
  for (std::size_t i = 0; i < draws; ++i) {
    std::swap(places[i], places[i + random.below(places.size() - i)]);
    drop ? clear(row, places[i]) : set(row, places[i]);
  }
}

}  // namespace

void draw(assay::Executor& executor, assay::Random random, const assay::Interactions& samples, double ratio,
          bool with_known, Mask& mask) {
  const std::uint64_t key = random.bits();
  assay::for_ranges(executor, samples.rows, 64, [&](std::int64_t begin, std::int64_t end) {
    std::vector<assay::Index> missing;
    for (std::int64_t s = begin; s < end; ++s) {
      const auto known = samples[static_cast<assay::Index>(s)].columns;
      std::uint32_t* row = mask.row(s);
      std::fill_n(row, mask.words(), 0u);
      missing.clear();
      std::size_t next = 0;
      for (assay::Index p = 0; p < samples.columns; ++p) {
        const bool is_known = next < known.size() && known[next] == p;
        if (!is_known)
          missing.push_back(p);
        else if (++next, with_known)
          set(row, p);
      }
      const auto count = static_cast<std::size_t>(static_cast<double>(missing.size()) * ratio);
      draw_some(assay::Random(key, static_cast<std::uint64_t>(s) << 32), missing, count, row);
    }
  });
}

void set_known(assay::Executor& executor, const assay::Interactions& samples, Mask& mask) {
  assay::for_ranges(executor, samples.rows, 1024, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t s = begin; s < end; ++s) {
      std::fill_n(mask.row(s), mask.words(), 0u);
      for (const assay::Index p : samples[static_cast<assay::Index>(s)].columns) set(mask.row(s), p);
    }
  });
}

void apply_mask(const std::uint32_t* mask, const float* __restrict x, std::int64_t places, float* __restrict out) {
  for (std::int64_t begin = 0; begin < places; begin += 32) {
    const std::uint32_t word = mask[begin / 32];
    const std::int64_t n = std::min<std::int64_t>(32, places - begin);
    for (std::int64_t j = 0; j < n; ++j) out[begin + j] = kept(x[begin + j], wide(word, j));
  }
}

double masked_gradient(const std::uint32_t* mask, const std::uint32_t* zero, float weight, const float* __restrict y,
                       std::int64_t places, float* __restrict delta) {
  float sums[32] = {};
  double sum = 0;
  for (std::int64_t begin = 0; begin < places; begin += 32) {
    const std::uint32_t word = mask[begin / 32], zeros = zero ? zero[begin / 32] : 0u;
    const std::int64_t n = std::min<std::int64_t>(32, places - begin);
    for (std::int64_t j = 0; j < n; ++j) {
      const float pulled = kept(y[begin + j], wide(zeros, j));
      delta[begin + j] = kept(delta[begin + j], wide(word, j)) + 2 * weight * pulled;
      sums[j] += pulled * pulled;
    }
  }
  for (const float s : sums) sum += static_cast<double>(s);
  return sum;
}

}  // namespace cfgan
