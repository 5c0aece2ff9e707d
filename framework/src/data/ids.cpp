// External ids: interning and ranks.

#include "data/ids.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>

#include "assay/errors.hpp"

#include "data/hash64.hpp"
#include "data/radix.hpp"

namespace assay {
namespace {

constexpr std::int64_t kDirect = std::int64_t{1} << 22;  // numbers below are found without hashing: 16 MiB at most

struct Keyed {
  std::uint64_t key;
  std::uint32_t code;
};

/// The first eight bytes as a number that sorts as they do.
std::uint64_t prefix(std::string_view text) {
  std::array<char, 8> head{};
  std::copy_n(text.data(), std::min<std::size_t>(8, text.size()), head.data());
  std::uint64_t out = 0;
  for (const char c : head) out = out << 8 | static_cast<unsigned char>(c);
  return out;
}

}  // namespace

std::optional<std::int64_t> canonical_integer(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || digits[0] < '0' || digits[0] > '9' || (digits[0] == '0' && text.size() > 1)) return {};
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return out;
}

std::string_view IdsView::bytes_of(Index i) const {
  const auto at = static_cast<std::size_t>(i);
  return bytes.substr(static_cast<std::size_t>(offsets[at]), static_cast<std::size_t>(offsets[at + 1] - offsets[at]));
}

std::string IdsView::text(Index i) const {
  return numeric() ? std::to_string(numbers[static_cast<std::size_t>(i)]) : std::string(bytes_of(i));
}

std::optional<Index> IdsView::find(std::string_view id) const {
  if (numeric()) {
    const auto number = canonical_integer(id);
    if (!number) return {};
    const auto at = std::lower_bound(numbers.begin(), numbers.end(), *number);
    if (at == numbers.end() || *at != *number) return {};
    return static_cast<Index>(at - numbers.begin());
  }
  Index low = 0, high = size();
  while (low < high) {
    const Index middle = low + (high - low) / 2;
    if (bytes_of(middle) < id)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == size() || bytes_of(low) != id) return {};
  return low;
}

IdList select(const IdsView& ids, std::span<const Index> kept) {
  IdList out;
  if (!ids.numeric()) out.offsets.push_back(0);
  for (const Index i : kept) {
    if (ids.numeric()) {
      out.numbers.push_back(ids.numbers[static_cast<std::size_t>(i)]);
    } else {
      out.bytes += ids.bytes_of(i);
      out.offsets.push_back(static_cast<std::int64_t>(out.bytes.size()));
    }
  }
  return out;
}

void CodeTable::grow() {
  std::vector<std::uint64_t> bigger(slots_.size() * 4);
  const std::uint64_t mask = bigger.size() - 1;
  for (const std::uint64_t slot : slots_) {
    if (slot == 0) continue;
    std::uint64_t at = (slot >> 32) & mask;
    while (bigger[at] != 0) at = (at + 1) & mask;
    bigger[at] = slot;
  }
  slots_ = std::move(bigger);
}

std::uint32_t IdInterner::code(std::int64_t number) {
  if (number >= 0 && number < kDirect) {
    const auto at = static_cast<std::size_t>(number);
    if (at >= direct_.size()) direct_.resize(std::max<std::size_t>(at + 1, direct_.size() * 2));
    if (direct_[at] == 0) {
      numbers_.push_back(number);
      direct_[at] = ++count_;
    }
    return direct_[at] - 1;
  }
  const auto found = table_.find_or_add(hash64(static_cast<std::uint64_t>(number)), count_,
                                        [&](std::uint32_t c) { return numbers_[c] == number; });
  if (found == count_) {
    numbers_.push_back(number);
    ++count_;
  }
  return found;
}

std::uint32_t IdInterner::code(std::string_view text) {
  const auto found = table_.find_or_add(hash64(text), count_, [&](std::uint32_t c) { return view(c) == text; });
  if (found == count_) {
    bytes_ += text;
    starts_.push_back(bytes_.size());
    ++count_;
  }
  return found;
}

std::string_view IdInterner::view(std::uint32_t code) const {
  return std::string_view(bytes_).substr(starts_[code], starts_[code + 1] - starts_[code]);
}

std::string IdInterner::text(std::uint32_t code) const {
  return texts_ ? std::string(view(code)) : std::to_string(numbers_[code]);
}

void IdInterner::become_texts() {
  const auto numbers = std::move(numbers_);
  numbers_.clear();
  direct_ = {};
  table_ = {};
  count_ = 0;
  texts_ = true;
  for (const std::int64_t n : numbers) code(std::string_view(std::to_string(n)));  // codes stay what they were
}

void IdInterner::codes(const Ids& ids, std::span<std::uint32_t> out) {
  if (!ids.texts.empty() && !texts_) become_texts();
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!ids.texts.empty())
      out[i] = code(ids.texts[i]);
    else
      out[i] = texts_ ? code(std::string_view(std::to_string(ids.numbers[i]))) : code(ids.numbers[i]);
  }
  if (count_ > static_cast<std::uint32_t>(std::numeric_limits<Index>::max()))
    throw DataError("more than 2,147,483,647 distinct ids: that is the most a dense index can tell apart");
}

IdInterner::Ranking IdInterner::rank(std::span<const std::uint8_t> used) const {
  if (!texts_) return rank_numbers(numbers_, used);
  std::vector<std::int64_t> numbers(count_);
  for (std::uint32_t c = 0; c < count_; ++c) {
    if (!used[c]) continue;
    const auto number = canonical_integer(view(c));
    if (!number) return rank_texts(used);
    numbers[c] = *number;
  }
  return rank_numbers(numbers, used);
}

IdInterner::Ranking IdInterner::rank_numbers(std::span<const std::int64_t> numbers,
                                             std::span<const std::uint8_t> used) const {
  std::vector<Keyed> order, scratch;
  constexpr auto kSign = std::uint64_t{1} << 63;  // flipped, negative numbers sort before the others
  for (std::uint32_t c = 0; c < count_; ++c)
    if (used[c]) order.push_back({static_cast<std::uint64_t>(numbers[c]) ^ kSign, c});
  radix_sort(std::span(order), scratch, [](const Keyed& k) { return k.key; });
  Ranking out{{}, std::vector<Index>(count_, kUnknown)};
  out.ids.numbers.reserve(order.size());
  for (const auto& [key, code] : order) {
    out.rank[code] = static_cast<Index>(out.ids.numbers.size());
    out.ids.numbers.push_back(static_cast<std::int64_t>(key ^ kSign));
  }
  return out;
}

IdInterner::Ranking IdInterner::rank_texts(std::span<const std::uint8_t> used) const {
  std::vector<Keyed> order, scratch;
  for (std::uint32_t c = 0; c < count_; ++c)
    if (used[c]) order.push_back({prefix(view(c)), c});
  radix_sort(std::span(order), scratch, [](const Keyed& k) { return k.key; });
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && order[end].key == order[begin].key) ++end;
    std::sort(order.begin() + static_cast<std::ptrdiff_t>(begin), order.begin() + static_cast<std::ptrdiff_t>(end),
              [&](const Keyed& a, const Keyed& b) { return view(a.code) < view(b.code); });
  }
  Ranking out{{}, std::vector<Index>(count_, kUnknown)};
  out.ids.offsets.push_back(0);
  for (const auto& [key, code] : order) {
    out.rank[code] = static_cast<Index>(out.ids.offsets.size() - 1);
    out.ids.bytes += view(code);
    out.ids.offsets.push_back(static_cast<std::int64_t>(out.ids.bytes.size()));
  }
  return out;
}

}  // namespace assay
