#pragma once  // External ids: a code for each while a reader delivers them, then their ranks.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/dataset.hpp"
#include "assay/interactions.hpp"

namespace assay {

/// External ids in the order of their dense indices, wherever they lie: numbers (ascending), or texts (bytewise).
struct IdsView {
  std::span<const std::int64_t> numbers;
  std::span<const std::int64_t> offsets;  ///< texts: count + 1 places in `bytes`; empty: the ids are numbers
  std::string_view bytes;
  [[nodiscard]] bool numeric() const noexcept { return offsets.empty(); }
  [[nodiscard]] Index size() const noexcept {
    return static_cast<Index>(numeric() ? numbers.size() : offsets.size() - 1);
  }
  [[nodiscard]] std::string_view bytes_of(Index i) const;  ///< texts only
  [[nodiscard]] std::string text(Index i) const;
  [[nodiscard]] std::optional<Index> find(std::string_view id) const;  ///< by binary search
};

/// The same, owned.
struct IdList {
  std::vector<std::int64_t> numbers, offsets;
  std::string bytes;
  [[nodiscard]] IdsView view() const noexcept { return {numbers, offsets, bytes}; }
};
/// The ids of some indices, ascending.
[[nodiscard]] IdList select(const IdsView& ids, std::span<const Index> kept);

/// The number that a text is the usual decimal form of ("7", "-12"; not "07", "+7", "-0"), if it fits 64 bits.
[[nodiscard]] std::optional<std::int64_t> canonical_integer(std::string_view text);

/// Hash table from hashes to codes 0, 1, 2, …: open addressing, the ids themselves lie elsewhere.
class CodeTable {
 public:
  /// The code for which equal(code) holds, or `next` after entering it.
  template <class Equal>
  std::uint32_t find_or_add(std::uint64_t hash, std::uint32_t next, Equal&& equal) {
    if (next >= slots_.size() / 2) grow();
    const std::uint64_t tag = hash >> 32, mask = slots_.size() - 1;
    for (std::uint64_t at = tag & mask;; at = (at + 1) & mask) {
      const std::uint64_t slot = slots_[at];
      if (slot == 0) {
        slots_[at] = tag << 32 | (next + 1);
        return next;
      }
      const auto code = static_cast<std::uint32_t>(slot) - 1;
      if (slot >> 32 == tag && equal(code)) return code;
    }
  }

 private:
  void grow();
  std::vector<std::uint64_t> slots_ = std::vector<std::uint64_t>(1024);  // hash's upper half, code + 1; 0: free
};

/// Gives every distinct id a code by order of appearance, and in the end its rank. Numbers and texts may come mixed:
/// a number is then the same as its decimal text.
class IdInterner {
 public:
  void codes(const Ids& ids, std::span<std::uint32_t> out);
  [[nodiscard]] std::uint32_t size() const noexcept { return count_; }
  struct Ranking {
    IdList ids;
    std::vector<Index> rank;  ///< by code; kUnknown where not used
  };
  /// Ranks of the ids with used[code] != 0: numeric when all of those are integers, else bytewise.
  [[nodiscard]] Ranking rank(std::span<const std::uint8_t> used) const;
  [[nodiscard]] std::string text(std::uint32_t code) const;

 private:
  std::uint32_t code(std::int64_t number);
  std::uint32_t code(std::string_view text);
  void become_texts();
  [[nodiscard]] std::string_view view(std::uint32_t code) const;
  [[nodiscard]] Ranking rank_numbers(std::span<const std::int64_t> numbers, std::span<const std::uint8_t> used) const;
  [[nodiscard]] Ranking rank_texts(std::span<const std::uint8_t> used) const;

  std::uint32_t count_ = 0;
  bool texts_ = false;
  std::vector<std::uint32_t> direct_;   // code + 1 of small numbers
  std::vector<std::int64_t> numbers_;   // by code
  std::vector<std::size_t> starts_{0};  // by code, in bytes_
  std::string bytes_;
  CodeTable table_;
};

}  // namespace assay
