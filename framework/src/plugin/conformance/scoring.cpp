// Asks a recommender for scores, with guards around every tile.

#include "plugin/conformance/scoring.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "plugin/conformance/rules.hpp"

namespace assay::conformance {
namespace {

constexpr float kGuard = 1234.5F;
const float kUntouched = std::bit_cast<float>(0x7FC0ABCDU);  // a NaN of our own

/// Calls score() for one tile. Throws Broken where a place stays empty, holds NaN or +inf, or another was written.
void score_tile(const Recommender& model, const Shop::Tile& tile, Index first, Index items, std::span<float> out) {
  constexpr std::int64_t kStride = Shop::kItems + 14;
  std::vector<float> buffer(Shop::kTileRows * kStride, kGuard);
  for (std::size_t row = 0; row < Shop::kTileRows; ++row)
    std::fill_n(buffer.begin() + static_cast<std::ptrdiff_t>(row) * kStride, items, kUntouched);
  model.score(tile.profiles(), {buffer.data(), kStride, static_cast<Index>(Shop::kTileRows), first, items});
  for (std::size_t row = 0; row < Shop::kTileRows; ++row) {
    const auto values = std::span(buffer).subspan(row * kStride, kStride);
    const std::string place = " of row " + std::to_string(row);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const bool inside = i < static_cast<std::size_t>(items);
      const float v = values[i];
      if (!inside && v != kGuard) throw Broken{"score() wrote beyond the " + std::to_string(items) + " items" + place};
      if (!inside) continue;
      const std::string item = "the score of item " + std::to_string(first + static_cast<Index>(i)) + place;
      if (std::bit_cast<std::uint32_t>(v) == std::bit_cast<std::uint32_t>(kUntouched))
        throw Broken{item + " was not written"};
      if (std::isnan(v)) throw Broken{item + " is NaN"};
      if (v == std::numeric_limits<float>::infinity()) throw Broken{item + " is +inf"};
    }
    std::copy_n(values.begin(), items, out.begin() + static_cast<std::ptrdiff_t>(row) * Shop::kItems + first);
  }
}

}  // namespace

std::vector<Index> everybody() {
  std::vector<Index> users(Shop::kUsers);
  std::iota(users.begin(), users.end(), 0);
  return users;
}

std::string count_differences(const ScoreMatrix& a, const ScoreMatrix& b) {
  std::size_t different = a.size() == b.size() ? 0 : a.size();
  if (different > 0) return "all " + std::to_string(different) + " scores differ";
  for (std::size_t i = 0; i < a.size(); ++i)
    different += std::bit_cast<std::uint32_t>(a[i]) != std::bit_cast<std::uint32_t>(b[i]);
  return different == 0 ? "" : std::to_string(different) + " of " + std::to_string(a.size()) + " scores differ";
}

void require_equal(const ScoreMatrix& a, const ScoreMatrix& b, const std::string& when) {
  if (const auto difference = count_differences(a, b); !difference.empty()) throw Broken{difference + " " + when};
}

ScoreMatrix score_all(const Recommender& model, const Shop& shop, const ScoreOptions& options) {
  ScoreMatrix all(static_cast<std::size_t>(Shop::kUsers) * Shop::kItems);
  ScoreMatrix rows(Shop::kTileRows * Shop::kItems);
  const std::span<const Index> order = options.order;
  for (std::size_t begin = 0; begin < order.size(); begin += Shop::kTileRows) {
    const auto users = order.subspan(begin, std::min(Shop::kTileRows, order.size() - begin));
    const Shop::Tile tile = shop.tile(users, options.as_strangers);
    for (Index first = 0; first < Shop::kItems; first += options.slice)
      score_tile(model, tile, first, std::min(options.slice, Shop::kItems - first), rows);
    for (std::size_t row = 0; row < users.size(); ++row)
      std::copy_n(rows.begin() + static_cast<std::ptrdiff_t>(row) * Shop::kItems, Shop::kItems,
                  all.begin() + static_cast<std::ptrdiff_t>(users[row]) * Shop::kItems);
  }
  return all;
}

}  // namespace assay::conformance
