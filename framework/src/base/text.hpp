#pragma once  // Small text helpers: suggestions, numbers, times.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// The candidate nearest to `word` by Damerau–Levenshtein distance, if it is near enough to be what was meant.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);
/// "" or " Did you mean \"…\"?"
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);
/// At most `longest` bytes of a text for a message, without half a character at the end; "…" says that it was longer.
[[nodiscard]] std::string cut(std::string_view text, std::size_t longest);
/// With "\x00" for every NUL: what() of an exception ends at one, and with it all that was to follow.
[[nodiscard]] std::string without_nul(std::string_view text);
[[nodiscard]] std::string join(std::span<const std::string> parts, std::string_view separator);
[[nodiscard]] std::string shortest(double value);  ///< the shortest decimal text that reads back as the same double
[[nodiscard]] std::int64_t now_ms();               ///< milliseconds since 1970, UTC
/// "1 trial", "7 trials".
[[nodiscard]] std::string counted(std::int64_t n, std::string_view one, std::string_view many);
[[nodiscard]] std::string grouped(std::int64_t value);      ///< "1,234,567"
[[nodiscard]] std::string human_bytes(std::int64_t bytes);  ///< "1.5 GiB"

}  // namespace assay
