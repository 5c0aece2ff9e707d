#pragma once  // JSON that came from outside: read strictly, whole numbers checked.

#include <concepts>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace assay {

/// nlohmann's parse() with its silences taken away: a key given twice (it keeps the last), nesting beyond 100 (its
/// dump() recurses) and a NUL byte (it takes it for the end) throw nlohmann::json::exception, as all other faults do.
[[nodiscard]] nlohmann::json parse_json(std::string_view text);

/// A whole number of a JSON object or list. It becomes any integer type; where the value is no integer or the type
/// cannot hold it, nlohmann::json::exception is thrown (its own conversion would cast 1e300 and cut 2^40 silently).
class WholeNumber {
 public:
  explicit WholeNumber(const nlohmann::json& value) : value_(&value) {}
  template <std::integral T>
  operator T() const {  // NOLINT: reads like nlohmann's own conversion
    if constexpr (std::signed_integral<T>) {
      const std::int64_t number = signed_value();
      if (!std::in_range<T>(number)) refuse();
      return static_cast<T>(number);
    } else {
      const std::uint64_t number = unsigned_value();
      if (!std::in_range<T>(number)) refuse();
      return static_cast<T>(number);
    }
  }

 private:
  [[nodiscard]] std::int64_t signed_value() const;
  [[nodiscard]] std::uint64_t unsigned_value() const;
  [[noreturn]] void refuse() const;
  const nlohmann::json* value_;
};
/// Of an object's key. Throws nlohmann::json::exception where it is absent, too.
[[nodiscard]] WholeNumber whole(const nlohmann::json& object, const char* key);

}  // namespace assay
