#pragma once  // Vectors for whole columns: huge pages where they are large, and no zeros that are overwritten at once.

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <sys/mman.h>
#include <utility>
#include <vector>

namespace assay {

/// Large blocks begin at a huge page and ask for huge pages: a column of 400 MB costs 200 page faults, not 100,000.
/// Elements made without a value are left uninitialised.
template <class T>
struct ColumnAllocator {
  using value_type = T;
  static constexpr std::size_t kHuge = std::size_t{2} << 20;
  ColumnAllocator() = default;
  template <class U>
  explicit ColumnAllocator(const ColumnAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    if (bytes < 2 * kHuge) return std::allocator<T>().allocate(count);
    void* memory = std::aligned_alloc(kHuge, (bytes + kHuge - 1) / kHuge * kHuge);
    if (!memory) throw std::bad_alloc();
    ::madvise(memory, bytes, MADV_HUGEPAGE);  // a wish: it may fail
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) noexcept {
    if (count * sizeof(T) < 2 * kHuge)
      std::allocator<T>().deallocate(memory, count);
    else
      std::free(memory);
  }
  template <class U>
  void construct(U* at) noexcept {
    ::new (static_cast<void*>(at)) U;
  }
  template <class U, class... Args>
  void construct(U* at, Args&&... args) {
    ::new (static_cast<void*>(at)) U(std::forward<Args>(args)...);
  }
  friend bool operator==(const ColumnAllocator&, const ColumnAllocator&) noexcept { return true; }
};

/// resize() leaves new elements uninitialised.
template <class T>
using Buffer = std::vector<T, ColumnAllocator<T>>;

}  // namespace assay
