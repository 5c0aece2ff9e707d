// Scores of users' factors by items' factors, in register tiles of 6 users × 16 items.

#include "assay/factors.hpp"

#include <array>
#include <cstring>

namespace assay {
namespace {

using Lanes [[gnu::vector_size(32)]] = float;  // eight floats; without AVX the compiler cuts them in two

constexpr std::int64_t kTileUsers = 6;  // twelve registers of sums, two of items, one of a user

Lanes load(const float* from) {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof lanes);
  return lanes;
}

/// Rows [0, Users) × 16 items. Each element is one chain of fused multiply-adds: its bits do not depend on the tile.
template <std::size_t Users>
void score_tile(const float* panel, const float* bias, std::int64_t factors, const float* const* users, float* out,
                std::int64_t stride) {
  std::array<const float*, Users> user;
  std::array<Lanes, Users> left, right;
  for (std::size_t u = 0; u < Users; ++u) {
    user[u] = users[u];
    left[u] = load(bias);
    right[u] = load(bias + 8);
  }
  for (std::int64_t k = 0; k < factors; ++k, panel += kPanelItems) {
    const Lanes a = load(panel), b = load(panel + 8);
    for (std::size_t u = 0; u < Users; ++u) {
      left[u] += user[u][k] * a;
      right[u] += user[u][k] * b;
    }
  }
  for (std::size_t u = 0; u < Users; ++u, out += stride) {
    std::memcpy(out, &left[u], sizeof left[u]);
    std::memcpy(out + 8, &right[u], sizeof right[u]);
  }
}

constexpr std::array kTiles{score_tile<1>, score_tile<2>, score_tile<3>, score_tile<4>, score_tile<5>, score_tile<6>};

}  // namespace

void pack_panels(ConstMatrix items, std::span<float> panels) {
  if (panels.size() != static_cast<std::size_t>(panel_floats(items.rows, items.columns)))
    throw Error("pack_panels: " + std::to_string(items.rows) + " × " + std::to_string(items.columns) +
                " factors do not fill panels of " + std::to_string(panels.size()) + " floats.");
  float* to = panels.data();
  for (std::int64_t first = 0; first < items.rows; first += kPanelItems, to += kPanelItems * items.columns) {
    const std::int64_t width = std::min(kPanelItems, items.rows - first);
    for (std::int64_t i = 0; i < kPanelItems; ++i)
      for (std::int64_t k = 0; k < items.columns; ++k)
        to[k * kPanelItems + i] = i < width ? items.data[(first + i) * items.stride + k] : 0;
  }
}

void score_panels(std::span<const float> panels, std::span<const float> bias, std::int64_t factors,
                  std::span<const float* const> users, Scores out) {
  const std::int64_t end = out.first_item + out.items;
  if (static_cast<std::int64_t>(users.size()) != out.users || out.first_item < 0 ||
      panel_floats(end, factors) > static_cast<std::int64_t>(panels.size()) ||
      (!bias.empty() && panel_floats(end, 1) > static_cast<std::int64_t>(bias.size())))
    throw Error("score_panels: items " + std::to_string(out.first_item) + " to " + std::to_string(end) + " for " +
                std::to_string(out.users) + " users are asked of " + std::to_string(panels.size()) + " floats of " +
                std::to_string(factors) + " factors, " + std::to_string(bias.size()) + " biases and " +
                std::to_string(users.size()) + " users.");
  constexpr std::array<float, kPanelItems> none{};
  std::array<float, kTileUsers * kPanelItems> whole;  // where a panel lies across the slice's edge
  for (std::int64_t first = out.first_item / kPanelItems * kPanelItems; first < end; first += kPanelItems) {
    const float* panel = panels.data() + first * factors;
    const float* of_items = bias.empty() ? none.data() : bias.data() + first;
    const std::int64_t from = std::max<std::int64_t>(first, out.first_item), to = std::min(first + kPanelItems, end);
    const bool inside = to - from == kPanelItems;
    for (std::int64_t u = 0; u < out.users; u += kTileUsers) {
      const std::int64_t count = std::min<std::int64_t>(kTileUsers, out.users - u);
      float* place = out.data + u * out.stride + (from - out.first_item);
      kTiles[static_cast<std::size_t>(count - 1)](panel, of_items, factors, users.data() + u,
                                                  inside ? place : whole.data(), inside ? out.stride : kPanelItems);
      for (std::int64_t i = 0; !inside && i < count; ++i)
        std::copy_n(whole.data() + i * kPanelItems + (from - first), to - from, place + i * out.stride);
    }
  }
}

}  // namespace assay
