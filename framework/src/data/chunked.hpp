#pragma once  // A growing column that never moves what it holds: readers append, the sorter consumes piece by piece.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace assay {

/// Appending copies once and no growth ever doubles the memory. Columns that get the same counts have the same pieces.
/// A column for which nothing but missing values came stays empty and costs nothing.
template <class T>
class Chunked {
 public:
  static constexpr std::size_t kChunk = std::size_t{1} << 16;
  explicit Chunked(T missing = {}) : missing_(missing) {}

  /// `values` holds `count` values, or is empty: `count` missing ones.
  void append(std::span<const T> values, std::size_t count) {
    if (values.empty() && !present_) {
      size_ += count;
      return;
    }
    if (!present_) {
      present_ = true;
      const std::size_t before = size_;
      size_ = 0;
      grow(before, [this](T* to, std::size_t, std::size_t n) { std::fill_n(to, n, missing_); });
    }
    if (values.empty())
      grow(count, [this](T* to, std::size_t, std::size_t n) { std::fill_n(to, n, missing_); });
    else
      grow(count, [&](T* to, std::size_t from, std::size_t n) { std::copy_n(values.data() + from, n, to); });
  }

  [[nodiscard]] bool present() const noexcept { return present_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t chunks() const noexcept { return (size_ + kChunk - 1) / kChunk; }
  [[nodiscard]] std::span<const T> chunk(std::size_t i) const {
    return {chunks_[i].get(), std::min(kChunk, size_ - i * kChunk)};
  }
  void release(std::size_t i) {
    if (present_) chunks_[i].reset();
  }

 private:
  template <class Fill>
  void grow(std::size_t count, Fill&& fill) {
    for (std::size_t done = 0; done < count;) {
      const std::size_t at = size_ % kChunk, n = std::min(count - done, kChunk - at);
      if (at == 0) chunks_.push_back(std::make_unique_for_overwrite<T[]>(kChunk));
      fill(chunks_.back().get() + at, done, n);
      done += n;
      size_ += n;
    }
  }

  std::vector<std::unique_ptr<T[]>> chunks_;
  std::size_t size_ = 0;
  bool present_ = false;
  T missing_;
};

}  // namespace assay
