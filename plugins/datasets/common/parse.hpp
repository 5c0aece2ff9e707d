#pragma once  // Numbers out of text: ids and values.

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

namespace assay::reading {

inline constexpr std::size_t kLongestId = 4096;      ///< bytes; longer ones are no ids but a broken file
inline constexpr std::size_t kLongestField = 65536;  ///< bytes, of anything else: titles, descriptions

/// What was expected where `found` was refused as an id: `kind`, or one that is short enough.
[[nodiscard]] std::string expected_id(std::string_view found, std::string_view kind);

/// A canonical integer (see assay::Ids): turning it back into text gives the same bytes.
[[nodiscard]] inline bool parse_id(std::string_view text, std::int64_t& out) noexcept {
  const bool negative = !text.empty() && text[0] == '-';
  const std::string_view digits = text.substr(negative ? 1 : 0);
  if (digits.empty() || (digits[0] == '0' && (digits.size() > 1 || negative))) return false;
  if (digits.size() > 18) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size();
  }
  std::int64_t value = 0;
  for (const char c : digits) {
    const auto digit = static_cast<unsigned>(c - '0');
    if (digit > 9) return false;
    value = value * 10 + digit;
  }
  out = negative ? -value : value;
  return true;
}

/// A finite decimal number.
[[nodiscard]] inline bool parse_number(std::string_view text, double& out) noexcept {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(out);
}

/// A finite decimal number as float; the usual short ones ("4", "3.5") take the short way, which is exact too.
[[nodiscard]] inline bool parse_value(std::string_view text, float& out) noexcept {
  if (text.size() == 1 && text[0] >= '0' && text[0] <= '9') {
    out = static_cast<float>(text[0] - '0');
    return true;
  }
  if (text.size() == 3 && text[1] == '.' && text[0] >= '0' && text[0] <= '9' && text[2] >= '0' && text[2] <= '9') {
    out = static_cast<float>((text[0] - '0') * 10 + (text[2] - '0')) / 10.0F;
    return true;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(out);
}

/// The text for a message, cut where it is long, bytes that are no printable ASCII or UTF-8 shown as '?'.
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace assay::reading
