// Scratch memory that pieces of parallel work hand on to each other: as many objects as there are threads at work.
#pragma once
#include <memory>
#include <mutex>
#include <vector>

namespace slim {

/// Whoever borrows leaves the object as he found it; after an exception it is thrown away with the pool.
template <class T>
class Pool {
 public:
  class Loan {
   public:
    Loan(Pool& pool, std::unique_ptr<T> object) : pool_(pool), object_(std::move(object)) {}
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    ~Loan() {
      const std::lock_guard lock(pool_.mutex_);
      pool_.idle_.push_back(std::move(object_));
    }
    T& operator*() const { return *object_; }
    T* operator->() const { return object_.get(); }

   private:
    Pool& pool_;
    std::unique_ptr<T> object_;
  };

  [[nodiscard]] Loan borrow() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return {*this, std::make_unique<T>()};
    auto object = std::move(idle_.back());
    idle_.pop_back();
    return {*this, std::move(object)};
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<T>> idle_;
};

}  // namespace slim
