#pragma once  // An owned, aligned, padded matrix: what weights and activations live in.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>

#include "assay/export.hpp"
#include "assay/linalg.hpp"

/// The network engine, a library of its own (libassay_nn). Its version is part of every symbol: a plugin built against
/// another one does not load, instead of misbehaving.
namespace assay::nn {
inline namespace v1 {

/// rows × columns floats, row-major, zero at birth. Rows begin at multiples of padded_stride(columns) floats; the
/// padding is zero and stays so. The first row is aligned to 64 bytes. Movable, not copyable: see copy().
class Block {
 public:
  Block() = default;
  Block(std::int64_t rows, std::int64_t columns)
      : rows_(rows), columns_(columns), stride_(padded_stride(columns)), data_(allocate(rows * stride_)) {}
  Block(Block&&) noexcept = default;
  Block& operator=(Block&&) noexcept = default;

  [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::int64_t columns() const noexcept { return columns_; }
  [[nodiscard]] std::int64_t stride() const noexcept { return stride_; }
  [[nodiscard]] Matrix view() noexcept { return {data_.get(), rows_, columns_, stride_}; }
  [[nodiscard]] ConstMatrix view() const noexcept { return {data_.get(), rows_, columns_, stride_}; }
  /// Rows [first, first + count).
  [[nodiscard]] Matrix view(std::int64_t first, std::int64_t count) noexcept {
    return {data_.get() + first * stride_, count, columns_, stride_};
  }
  [[nodiscard]] ConstMatrix view(std::int64_t first, std::int64_t count) const noexcept {
    return {data_.get() + first * stride_, count, columns_, stride_};
  }
  [[nodiscard]] std::span<float> row(std::int64_t i) noexcept {
    return {data_.get() + i * stride_, static_cast<std::size_t>(columns_)};
  }
  [[nodiscard]] std::span<const float> row(std::int64_t i) const noexcept {
    return {data_.get() + i * stride_, static_cast<std::size_t>(columns_)};
  }

 private:
  struct Free {
    void operator()(float* p) const noexcept { ::operator delete (p, std::align_val_t{64}); }
  };
  static float* allocate(std::int64_t count) {
    const auto bytes = static_cast<std::size_t>(count) * sizeof(float);
    auto* p = static_cast<float*>(::operator new (bytes, std::align_val_t{64}));
    for (std::int64_t i = 0; i < count; ++i) p[i] = 0;
    return p;
  }
  std::int64_t rows_ = 0, columns_ = 0, stride_ = 0;
  std::unique_ptr<float, Free> data_;
};

/// `to` becomes `from`, which must have its shape.
ASSAY_EXPORT void copy(ConstMatrix from, Matrix to) noexcept;
/// to += from
ASSAY_EXPORT void add(ConstMatrix from, Matrix to) noexcept;
/// out[j] (+)= Σ_i m(i, j)
ASSAY_EXPORT void column_sums(Executor&, ConstMatrix m, bool add, float* out);

}  // namespace v1
}  // namespace assay::nn
