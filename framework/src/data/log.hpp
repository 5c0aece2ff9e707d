#pragma once  // Interactions as they were delivered, in canonical order: what filters and splits work on.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "assay/dataset.hpp"
#include "assay/interactions.hpp"

#include "data/buffer.hpp"
#include "data/ids.hpp"

namespace assay {

/// Interactions grouped by user; within a user in the order of (item, time, value, part, behaviour). A user and an item
/// may meet more than once. The order is fixed by the set alone.
struct LogView {
  Index users = 0, items = 0;
  std::span<const std::int64_t> offsets;  ///< users + 1
  std::span<const Index> item;
  std::span<const float> value;
  std::span<const std::int64_t> time;       ///< empty: the data has none
  std::span<const Part> part;               ///< empty: the data knows no parts
  std::span<const std::uint8_t> behaviour;  ///< place in the vocabulary; empty: one kind
  [[nodiscard]] std::int64_t size() const noexcept { return static_cast<std::int64_t>(item.size()); }
};

/// The same, owned.
struct Log {
  Index users = 0, items = 0;
  std::vector<std::int64_t> offsets;
  Buffer<Index> item;
  Buffer<float> value;
  Buffer<std::int64_t> time;
  Buffer<Part> part;
  Buffer<std::uint8_t> behaviour;
  [[nodiscard]] LogView view() const noexcept { return {users, items, offsets, item, value, time, part, behaviour}; }
};

/// SHA-256 of ids, interactions, values, times, parts and behaviours; byte by byte in docs/design/data.md.
[[nodiscard]] std::string fingerprint(const IdsView& users, const IdsView& items, const LogView& log,
                                      std::span<const std::string> behaviours);

}  // namespace assay
