#pragma once  // What a model reads back, checked: types, shapes, and what belongs together. A file may be damaged, or
              // be another model's.

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "assay/errors.hpp"
#include "assay/export.hpp"
#include "assay/interactions.hpp"
#include "assay/run.hpp"

namespace assay {

inline constexpr std::int64_t kAny = -1;  ///< an extent that is not known before

/// Users and items of the data that a model is loaded for.
struct Extents {
  std::int64_t users = kAny, items = kAny;
};

/// An ability of a Reader, found by dynamic_cast: it knows the data that the model is loaded for.
class ASSAY_EXPORT KnowsExtents {
 public:
  virtual ~KnowsExtents();
  [[nodiscard]] virtual Extents extents() const = 0;
};

/// Of a Reader without that ability: all kAny.
[[nodiscard]] inline Extents extents_of(const Reader& reader) {
  const auto* knows = dynamic_cast<const KnowsExtents*>(&reader);
  return knows ? knows->extents() : Extents{};
}

[[noreturn]] inline void refuse_stored(std::string_view name, std::string_view expected, std::string_view found) {
  throw DataError(std::string("the stored tensor ")
                      .append(name)
                      .append(" should be ")
                      .append(expected)
                      .append(" and is ")
                      .append(found)
                      .append(". The model file is damaged, or belongs to other parameters or other data."));
}

namespace detail {

inline std::string described(Element element, std::span<const std::int64_t> shape) {
  constexpr const char* names[] = {"float32", "float64", "uint8", "int32", "int64"};  // in the order of Element
  std::string text = std::string(names[static_cast<std::size_t>(element)]) + " [";
  for (std::size_t i = 0; i < shape.size(); ++i)
    text.append(i > 0 ? " × " : "").append(shape[i] == kAny ? "any" : std::to_string(shape[i]));
  return text + "]";
}

template <class T>
constexpr Element element_of() {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double> || std::is_same_v<T, std::uint8_t> ||
                std::is_same_v<T, std::int32_t> || std::is_same_v<T, std::int64_t>);
  return std::is_same_v<T, float>          ? Element::f32
         : std::is_same_v<T, double>       ? Element::f64
         : std::is_same_v<T, std::uint8_t> ? Element::u8
         : std::is_same_v<T, std::int32_t> ? Element::i32
                                           : Element::i64;
}

}  // namespace detail

/// The tensor of that name, of elements T and of that shape; kAny: whatever that extent is. Throws DataError.
template <class T>
[[nodiscard]] Tensor stored_tensor(const Reader& reader, std::string_view name,
                                   std::initializer_list<std::int64_t> shape) {
  const Tensor found = reader.tensor(name);
  bool fits = found.element == detail::element_of<T>() && found.shape.size() == shape.size();
  for (std::size_t i = 0; fits && i < shape.size(); ++i)
    fits = shape.begin()[i] == kAny || shape.begin()[i] == found.shape[i];
  if (!fits)
    refuse_stored(name, detail::described(detail::element_of<T>(), shape),
                  detail::described(found.element, found.shape));
  return found;
}

/// The same for a list of so many T.
template <class T>
[[nodiscard]] std::span<const T> stored_list(const Reader& reader, std::string_view name, std::int64_t count = kAny) {
  const Tensor found = stored_tensor<T>(reader, name, {count});
  return {static_cast<const T*>(found.data), static_cast<std::size_t>(found.shape[0])};
}

/// Columns of sparse rows: those of row r are column[offsets[r]] … column[offsets[r + 1] - 1].
struct StoredRows {
  std::span<const std::int64_t> offsets;
  std::span<const Index> column;
};

/// Tensors OFFSETS and COLUMN: `rows` rows (kAny: one at least) of ascending columns below `columns`. Throws DataError;
/// one pass over both.
[[nodiscard]] inline StoredRows stored_rows(const Reader& reader, const std::string& offsets_name,
                                            const std::string& column_name, std::int64_t rows, std::int64_t columns) {
  const auto offsets = stored_list<std::int64_t>(reader, offsets_name, rows == kAny ? kAny : rows + 1);
  const auto column = stored_list<Index>(reader, column_name);
  const auto entries = static_cast<std::int64_t>(column.size());
  const auto refuse = [&](const std::string& found) {
    refuse_stored(offsets_name,
                  "a list that ascends from 0 to the " + std::to_string(entries) + " entries of " + column_name, found);
  };
  if (offsets.empty()) refuse("empty");
  if (offsets.front() != 0) refuse("a list that begins with " + std::to_string(offsets.front()));
  if (offsets.back() != entries) refuse("a list that ends with " + std::to_string(offsets.back()));
  for (std::size_t r = 0; r + 1 < offsets.size(); ++r) {
    const std::int64_t begin = offsets[r], end = offsets[r + 1];
    if (begin > end || end > entries)
      refuse("a list with " + std::to_string(begin) + " before " + std::to_string(end) + " (row " + std::to_string(r) +
             ")");
    if (begin == end) continue;
    bool ascend = true;
    for (auto e = static_cast<std::size_t>(begin) + 1; e < static_cast<std::size_t>(end); ++e)
      ascend &= column[e - 1] < column[e];
    const Index first = column[static_cast<std::size_t>(begin)], last = column[static_cast<std::size_t>(end) - 1];
    if (!ascend || first < 0 || last >= columns)
      refuse_stored(
          column_name, "ascending in each row, from 0 on and below " + std::to_string(columns),
          ascend ? "from " + std::to_string(first) + " to " + std::to_string(last) + " in row " + std::to_string(r)
                 : "not ascending in row " + std::to_string(r));
  }
  return {offsets, column};
}

}  // namespace assay
