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

/// One place of a row that score() was given: what it holds, or that it was left alone beyond the tile.
void check_place(float value, bool inside, Index items, const std::string& item, const std::string& row) {
  if (!inside && value != kGuard)
    throw Broken{"score() wrote beyond the " + std::to_string(items) + " items of " + row};
  if (!inside) return;
  const std::string place = "the score of item " + item + " of " + row;
  if (std::bit_cast<std::uint32_t>(value) == std::bit_cast<std::uint32_t>(kUntouched))
    throw Broken{place + " was not written"};
  if (std::isnan(value)) throw Broken{place + " is NaN"};
  if (value == std::numeric_limits<float>::infinity()) throw Broken{place + " is +inf"};
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

ScoreMatrix checked_scores(const Recommender& model, const Profiles& profiles, Index first, Index items) {
  const auto rows = static_cast<std::size_t>(profiles.known.rows), width = static_cast<std::size_t>(items);
  const std::size_t stride = width + 14;
  std::vector<float> buffer(rows * stride, kGuard);
  for (std::size_t row = 0; row < rows; ++row) std::fill_n(buffer.data() + row * stride, width, kUntouched);
  model.score(profiles, {buffer.data(), static_cast<std::int64_t>(stride), profiles.known.rows, first, items});
  ScoreMatrix out(rows * width);
  for (std::size_t row = 0; row < rows; ++row) {
    const float* values = buffer.data() + row * stride;
    for (std::size_t i = 0; i < stride; ++i)
      check_place(values[i], i < width, items, std::to_string(first + static_cast<Index>(i)),
                  "row " + std::to_string(row));
    std::copy_n(values, width, out.data() + row * width);
  }
  return out;
}

ScoreMatrix score_all(const Recommender& model, const Shop& shop, const ScoreOptions& options) {
  ScoreMatrix all(static_cast<std::size_t>(Shop::kUsers) * Shop::kItems);
  const std::span<const Index> order = options.order;
  for (std::size_t begin = 0; begin < order.size(); begin += Shop::kTileRows) {
    const auto users = order.subspan(begin, std::min(Shop::kTileRows, order.size() - begin));
    const Shop::Tile tile = shop.tile(users, options.as_strangers);
    for (Index first = 0; first < Shop::kItems; first += options.slice) {
      const Index items = std::min(options.slice, Shop::kItems - first);
      const ScoreMatrix part = checked_scores(model, tile.profiles(), first, items);
      for (std::size_t row = 0; row < users.size(); ++row)
        std::copy_n(part.begin() + static_cast<std::ptrdiff_t>(row) * items, items,
                    all.begin() + static_cast<std::ptrdiff_t>(users[row]) * Shop::kItems + first);
    }
  }
  return all;
}

}  // namespace assay::conformance
