// UTF-8 as RFC 3629 defines it (no overlong forms, no surrogates), and Latin-1.
#include "encoding.hpp"

#include <cstdint>

namespace assay::reading {
namespace {

bool is_tail(std::string_view text, std::size_t i) {
  return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xc0U) == 0x80U;
}

/// Bytes of the character that begins at `i`; 0: none begins there.
std::size_t character(std::string_view text, std::size_t i) {
  const auto c = static_cast<unsigned char>(text[i]);
  if (c < 0x80) return 1;
  const auto second = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
  if (c >= 0xc2 && c <= 0xdf) return is_tail(text, i + 1) ? 2 : 0;
  if (c >= 0xe0 && c <= 0xef) {
    if ((c == 0xe0 && second < 0xa0) || (c == 0xed && second > 0x9f)) return 0;
    return is_tail(text, i + 1) && is_tail(text, i + 2) ? 3 : 0;
  }
  if (c >= 0xf0 && c <= 0xf4) {
    if ((c == 0xf0 && second < 0x90) || (c == 0xf4 && second > 0x8f)) return 0;
    return is_tail(text, i + 1) && is_tail(text, i + 2) && is_tail(text, i + 3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t n = character(text, i);
    if (n == 0) return false;
    i += n;
  }
  return true;
}

std::string latin1_to_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char raw : text) {
    const auto c = static_cast<unsigned char>(raw);
    if (c < 0x80) {
      out += raw;
    } else {
      out += static_cast<char>(0xc0U | (c >> 6));
      out += static_cast<char>(0x80U | (c & 0x3fU));
    }
  }
  return out;
}

std::string to_utf8(std::string_view text) { return is_utf8(text) ? std::string(text) : latin1_to_utf8(text); }

}  // namespace assay::reading
