#pragma once  // What models of explicit ratings have in common: the scale of the ratings, and pairs that share a
              // profile.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include "assay/interactions.hpp"
#include "assay/run.hpp"
#include "assay/stored.hpp"

namespace assay {

/// Mean and bounds of the ratings in some data. Inline: it lives in the plugin.
struct RatingScale {
  double mean = 0;
  float low = 0, high = 0;

  /// Of data without ratings: all 0.
  [[nodiscard]] static RatingScale of(const Interactions& x) {
    RatingScale scale;
    const std::int64_t begin = x.offsets.front(), end = x.offsets.back();
    if (begin == end) return scale;
    scale.low = std::numeric_limits<float>::max();
    scale.high = std::numeric_limits<float>::lowest();
    for (std::int64_t e = begin; e < end; ++e) {
      scale.mean += static_cast<double>(x.value[e]);
      scale.low = std::min(scale.low, x.value[e]);
      scale.high = std::max(scale.high, x.value[e]);
    }
    scale.mean /= static_cast<double>(end - begin);
    return scale;
  }

  /// The nearest rating that there could be.
  [[nodiscard]] float clamp(double rating) const { return std::clamp(static_cast<float>(rating), low, high); }

  /// Tensor NAME: mean, low, high.
  void save(Writer& writer, const std::string& name) const {
    const double values[] = {mean, static_cast<double>(low), static_cast<double>(high)};
    const std::int64_t three[] = {3};
    writer.tensor(name, {values, Element::f64, three});
  }
  [[nodiscard]] static RatingScale load(const Reader& reader, const std::string& name) {
    const auto values = stored_list<double>(reader, name, 3);
    if (!(values[1] <= values[2]))
      refuse_stored(name, "a mean and bounds",
                    "bounds of " + std::to_string(values[1]) + " and " + std::to_string(values[2]));
    return {values[0], static_cast<float>(values[1]), static_cast<float>(values[2])};
  }
};

/// body(first, count) for runs of consecutive rows with one user and one profile: what rate() needs of a profile is
/// then computed once for many items.
template <class Body>
void for_equal_profiles(const Profiles& profiles, Body&& body) {
  const Index rows = profiles.known.rows;
  const auto same = [&](Index a, Index b) {
    const Row x = profiles.known[a], y = profiles.known[b];
    return profiles.user[static_cast<std::size_t>(a)] == profiles.user[static_cast<std::size_t>(b)] &&
           std::ranges::equal(x.columns, y.columns) && std::ranges::equal(x.values, y.values);
  };
  for (Index first = 0, next = 0; first < rows; first = next) {
    for (next = first + 1; next < rows && same(first, next);) ++next;
    body(first, next - first);
  }
}

}  // namespace assay
