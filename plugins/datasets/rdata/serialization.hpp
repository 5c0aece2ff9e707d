#pragma once  // R's serialization format: bytes in, a tree of values out, every length checked against what is there.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace assay::rdata {

/// One R object. Texts are views of the bytes it was read from.
struct Value {
  enum class Type : std::uint8_t { null, logical, integer, real, text, list, symbol, other };
  Type type = Type::null;
  std::vector<std::int32_t> integers;   ///< logical and integer; NA is INT32_MIN
  std::vector<double> reals;            ///< NA is a NaN
  std::vector<std::string_view> texts;  ///< text: NA has data() == nullptr; symbol: its name
  std::vector<Value> items;             ///< list, also of pairlists
  std::vector<std::string_view> tags;   ///< names of a pairlist's items
  std::unique_ptr<Value> attributes;    ///< a list with tags; null: none

  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] const Value* attribute(std::string_view name) const noexcept;
  /// The item of that name, by the attribute "names" or by tag.
  [[nodiscard]] const Value* item(std::string_view name) const noexcept;
  [[nodiscard]] std::vector<std::string_view> names() const;
  [[nodiscard]] bool is_a(std::string_view class_name) const noexcept;  ///< by the attribute "class"
};

/// Reads one serialized object (format X, versions 2 and 3; R Internals, section 1.8, and R's serialize.c). Compact
/// sequences are written out; deferred texts stay the numbers that R would make them of. Throws DataError that names
/// `path`: not this format, cut short, nested too deeply, compiled code.
[[nodiscard]] Value unserialize(std::string_view bytes, const std::string& path);

}  // namespace assay::rdata
