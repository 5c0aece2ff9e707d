#pragma once  // Texts of old data sets are Latin-1; ours are UTF-8.

#include <string>
#include <string_view>

namespace assay::reading {

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;
[[nodiscard]] std::string latin1_to_utf8(std::string_view text);
/// The text itself where it is UTF-8, else taken for Latin-1 (every byte sequence is Latin-1: this never fails).
[[nodiscard]] std::string to_utf8(std::string_view text);

}  // namespace assay::reading
