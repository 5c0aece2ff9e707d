#pragma once  // The one thread pool of a process.

#include <memory>

#include "assay/run.hpp"

namespace assay {

/// `threads` threads, the caller's among them; they sleep when there is nothing to do. Chunks are handed out one by
/// one. oneDNN's OpenMP runs serially inside (each thread sets omp_set_num_threads(1)), so that nothing is
/// oversubscribed.
class ThreadPool final : public Executor {
 public:
  explicit ThreadPool(int threads);
  ~ThreadPool() override;
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  [[nodiscard]] int threads() const noexcept override;
  void parallel(std::int64_t chunks, void (*body)(void*, std::int64_t), void* context) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay
