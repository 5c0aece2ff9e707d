#pragma once  // Views of data. Nothing here owns memory: it lies in the framework's mapped cache and outlives fit().
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace assay {

/// Dense id of a user or an item: the rank of its external id (numeric when all are integers, else bytewise).
using Index = std::int32_t;
inline constexpr Index kUnknown = -1;

enum class Element : std::uint8_t { f32, f64, u8, i32, i64 };
struct Tensor {
  const void* data;
  Element element;
  std::span<const std::int64_t> shape;
};  ///< dense, row-major

/// One row of `Interactions`. `times` (ms since 1970) is empty where the data has none; `values` never is (1 =
/// implicit).
struct Row {
  std::span<const Index> columns;  ///< ascending, unique
  std::span<const float> values;
  std::span<const std::int64_t> times;
};

/// Sparse matrix in CSR form; a row may be cut out of a larger one (`offsets` need not begin at 0).
struct Interactions {
  Index rows, columns;
  std::span<const std::int64_t> offsets;  ///< rows + 1
  const Index* column;
  const float* value;
  const std::int64_t* time;  ///< time may be null
  [[nodiscard]] std::int64_t size() const { return offsets.back() - offsets.front(); }
  [[nodiscard]] Row operator[](Index r) const {
    const auto i = static_cast<std::size_t>(r);
    const auto b = offsets[i];
    const auto n = static_cast<std::size_t>(offsets[i + 1] - b);
    return {{column + b, n}, {value + b, n}, time ? std::span{time + b, n} : std::span<const std::int64_t>{}};
  }
};

/// What is known of some users when items are ranked for them. `user[i]` is the row in the training data or kUnknown.
struct Profiles {
  Interactions known;
  std::span<const Index> user;
};

/// One attribute of every row of a table. What `kind` says is filled, the rest is empty.
struct Column {
  enum class Kind : std::uint8_t { number, tags, text, tensor } kind;
  std::string_view name;
  Tensor dense;                             ///< number: [rows]; tensor: [rows, …] (pictures, embeddings, series)
  Interactions tags;                        ///< tags: rows × vocabulary (genres, categories, class labels)
  std::span<const std::string_view> words;  ///< tags: the vocabulary; text: one entry a row
};
struct Table {
  Index rows;
  std::span<const Column> columns;
};  ///< everything that is not an interaction

}  // namespace assay
