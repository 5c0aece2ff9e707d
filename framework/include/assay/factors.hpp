#pragma once  // Factor models: a matrix of factors that owns its memory, and fast scores of users' by items' factors.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/errors.hpp"
#include "assay/linalg.hpp"
#include "assay/model.hpp"
#include "assay/run.hpp"
#include "assay/stored.hpp"

namespace assay {

/// Items of a panel: the layout in which factors are scored, [⌈items / 16⌉][factors][16].
inline constexpr std::int64_t kPanelItems = 16;

/// Floats that the panels of so many items take.
[[nodiscard]] constexpr std::int64_t panel_floats(std::int64_t items, std::int64_t factors) noexcept {
  return (items + kPanelItems - 1) / kPanelItems * kPanelItems * factors;
}

/// Writes the rows of `items` as panels (panel_floats(items.rows, items.columns) floats); the last one is filled with
/// zeros.
ASSAY_EXPORT void pack_panels(ConstMatrix items, std::span<float> panels);

/// out(u, j) = bias[j] + Σ_k users[u][k] · item j's factor k, summed in ascending k by fused multiply-add: a score's
/// bits depend on nothing but its user and its item. `users` are out.users rows of `factors` floats; `bias` is empty or
/// has panel_floats(items, 1) places.
ASSAY_EXPORT void score_panels(std::span<const float> panels, std::span<const float> bias, std::int64_t factors,
                               std::span<const float* const> users, Scores out);

namespace detail {

/// Memory that begins at a cache line.
template <class T>
struct LineAllocator {
  using value_type = T;
  LineAllocator() = default;
  template <class U>
  explicit LineAllocator(const LineAllocator<U>&) noexcept {}
  [[nodiscard]] T* allocate(std::size_t n) {
    return static_cast<T*>(::operator new (n * sizeof(T), std::align_val_t{64}));
  }
  void deallocate(T* p, std::size_t n) noexcept { ::operator delete (p, n * sizeof(T), std::align_val_t{64}); }
  friend bool operator==(const LineAllocator&, const LineAllocator&) noexcept { return true; }
};
using Floats = std::vector<float, LineAllocator<float>>;

}  // namespace detail

/// For the begin of fit(): throws Error where `bytes` of memory are not to be had. `what` says what takes them.
inline void require_memory(std::int64_t bytes, const std::string& what) {
  if (const std::int64_t available = available_memory(); bytes > available)
    throw Error(what + " needs " + std::to_string(bytes) + " bytes, and " + std::to_string(available) +
                " are available. Fewer factors, fewer users and items (filter: user_core, item_core) or more memory "
                "would do.");
}
/// The same for a model with so many factors of each user and item.
inline void require_memory(const Sized& model, const std::string& name, int factors, const TaskShape& task) {
  require_memory(model.need(task).memory, name + ": " + std::to_string(factors) + " factors of " +
                                              std::to_string(task.users) + " users and " + std::to_string(task.items) +
                                              " items");
}

/// A dense matrix of floats, one row of factors for each user or item. Rows lie padded_stride(columns) apart, begin at
/// cache lines, and are filled with zeros. Inline: it lives in the plugin.
class FactorMatrix {
 public:
  FactorMatrix() = default;
  /// All zeros.
  FactorMatrix(std::int64_t rows, std::int64_t columns)
      : rows_(rows),
        columns_(columns),
        stride_(padded_stride(columns)),
        values_(static_cast<std::size_t>(rows * stride_)) {}

  [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::int64_t columns() const noexcept { return columns_; }
  [[nodiscard]] std::int64_t stride() const noexcept { return stride_; }
  [[nodiscard]] std::span<float> row(std::int64_t i) {
    return {values_.data() + i * stride_, static_cast<std::size_t>(columns_)};
  }
  [[nodiscard]] std::span<const float> row(std::int64_t i) const {
    return {values_.data() + i * stride_, static_cast<std::size_t>(columns_)};
  }
  [[nodiscard]] Matrix view() { return {values_.data(), rows_, columns_, stride_}; }
  [[nodiscard]] ConstMatrix view() const { return {values_.data(), rows_, columns_, stride_}; }

  /// What such a matrix takes, in bytes; for Sized.
  [[nodiscard]] static std::int64_t bytes(std::int64_t rows, std::int64_t columns) {
    return rows * padded_stride(columns) * std::int64_t{sizeof(float)};
  }

  /// What save() takes for a while, in bytes: a copy, where rows are padded.
  [[nodiscard]] static std::int64_t saving_bytes(std::int64_t rows, std::int64_t columns) {
    return padded_stride(columns) == columns ? 0 : rows * columns * std::int64_t{sizeof(float)};
  }

  /// One tensor [rows × columns], without the padding.
  void save(Writer& writer, const std::string& name) const {
    const std::int64_t shape[] = {rows_, columns_};
    if (columns_ == stride_) return writer.tensor(name, {values_.data(), Element::f32, shape});
    std::vector<float> dense;
    dense.reserve(static_cast<std::size_t>(rows_ * columns_));
    for (std::int64_t i = 0; i < rows_; ++i) dense.insert(dense.end(), row(i).begin(), row(i).end());
    writer.tensor(name, {dense.data(), Element::f32, shape});
  }
  /// Throws DataError where it has another shape; kAny: columns from 1 on, any rows.
  [[nodiscard]] static FactorMatrix load(const Reader& reader, const std::string& name, std::int64_t rows = kAny,
                                         std::int64_t columns = kAny) {
    const Tensor saved = stored_tensor<float>(reader, name, {rows, columns});
    if (saved.shape[1] < 1) refuse_stored(name, "of one column at least", "without any");
    FactorMatrix x(saved.shape[0], saved.shape[1]);
    const auto* from = static_cast<const float*>(saved.data);
    for (std::int64_t i = 0; i < x.rows_; ++i) std::copy_n(from + i * x.columns_, x.columns_, x.row(i).begin());
    return x;
  }

 private:
  std::int64_t rows_ = 0, columns_ = 0, stride_ = 0;
  detail::Floats values_;
};

/// The first `columns` places of each row from N(0, deviation²), row by row of the stream `name`. Throws Cancelled.
inline void draw_normal(FactorMatrix& x, std::int64_t columns, const Run& run, std::string_view name,
                        double deviation) {
  Random random = run.random(name, 0);
  for (std::int64_t row = 0; row < x.rows(); ++row) {
    if (row % 1024 == 0 && run.cancelled()) throw Cancelled();
    random.normal(x.row(row).first(static_cast<std::size_t>(columns)), 0, static_cast<float>(deviation));
  }
}

/// Entries from N(0, deviation²), by streams of `purpose`: the same for any number of threads.
[[nodiscard]] inline FactorMatrix normal_factors(Run& run, const std::string& purpose, std::int64_t rows,
                                                 std::int64_t columns, double deviation) {
  constexpr std::int64_t kChunk = 1024;
  FactorMatrix x(rows, columns);
  for_ranges(run, rows, kChunk, [&](std::int64_t begin, std::int64_t end) {
    Random random = run.random(purpose, static_cast<std::uint64_t>(begin / kChunk));
    for (std::int64_t i = begin; i < end; ++i) random.normal(x.row(i), 0, static_cast<float>(deviation));
  });
  return x;
}

/// The factors of all items, and a bias of each where there is one, laid out for scoring. To be assigned anew when
/// factors have changed. Inline: it lives in the plugin.
class ItemPanels {
 public:
  ItemPanels() = default;
  explicit ItemPanels(ConstMatrix items, std::span<const float> bias = {}) { assign(items, bias); }

  /// The same for an object that has been used: it keeps its memory where that is of the right size.
  void assign(ConstMatrix items, std::span<const float> bias = {}) {
    factors_ = items.columns;
    panels_.resize(static_cast<std::size_t>(panel_floats(items.rows, items.columns)));
    pack_panels(items, panels_);
    bias_.assign(bias.empty() ? 0 : static_cast<std::size_t>(panel_floats(items.rows, 1)), 0);
    std::ranges::copy(bias, bias_.begin());
  }

  /// Row i of `out` gets the scores of the user whose factors are at users[i]. Any thread; for any slice.
  void score(std::span<const float* const> users, Scores out) const {
    score_panels(panels_, bias_, factors_, users, out);
  }

  /// What they take, in bytes; for Sized.
  [[nodiscard]] static std::int64_t bytes(std::int64_t items, std::int64_t factors) {
    return panel_floats(items, factors + 1) * std::int64_t{sizeof(float)};
  }

 private:
  std::int64_t factors_ = 0;
  detail::Floats panels_, bias_;
};

}  // namespace assay
