// The thread pool: sleeping threads, chunks handed out one by one.

#include "base/pool.hpp"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <omp.h>
#include <thread>
#include <vector>

namespace assay {
namespace {

thread_local bool inside_parallel = false;

void run_serially(std::int64_t chunks, void (*body)(void*, std::int64_t), void* context) {
  for (std::int64_t i = 0; i < chunks; ++i) body(context, i);
}

class Serial final : public Executor {
 public:
  int threads() const noexcept override { return 1; }
  void parallel(std::int64_t chunks, void (*body)(void*, std::int64_t), void* context) override {
    run_serially(chunks, body, context);
  }
};

}  // namespace

Executor& serial_executor() noexcept {
  static Serial serial;
  return serial;
}

struct ThreadPool::State {
  std::mutex mutex;
  std::condition_variable work, finished;
  std::uint64_t generation = 0;
  bool stop = false;
  int busy = 0;
  void (*body)(void*, std::int64_t) = nullptr;
  void* context = nullptr;
  std::int64_t chunks = 0;
  std::atomic<std::int64_t> next{0};
  std::exception_ptr error;
  std::vector<std::thread> threads;

  void take_chunks() {
    inside_parallel = true;
    try {
      for (std::int64_t i = next.fetch_add(1); i < chunks; i = next.fetch_add(1)) body(context, i);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!error) error = std::current_exception();
      next.store(chunks);
    }
    inside_parallel = false;
  }

  void serve() {
    omp_set_num_threads(1);
    std::uint64_t seen = 0;
    for (;;) {
      {
        std::unique_lock lock(mutex);
        work.wait(lock, [&] { return stop || generation != seen; });
        if (stop) return;
        seen = generation;
      }
      take_chunks();
      const std::lock_guard lock(mutex);
      if (--busy == 0) finished.notify_one();
    }
  }
};

ThreadPool::ThreadPool(int threads) : state_(std::make_unique<State>()) {
  omp_set_num_threads(1);
  for (int i = 1; i < threads; ++i) state_->threads.emplace_back([this] { state_->serve(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stop = true;
  }
  state_->work.notify_all();
  for (auto& thread : state_->threads) thread.join();
}

int ThreadPool::threads() const noexcept { return static_cast<int>(state_->threads.size()) + 1; }

void ThreadPool::parallel(std::int64_t chunks, void (*body)(void*, std::int64_t), void* context) {
  State& s = *state_;
  if (chunks <= 1 || s.threads.empty() || inside_parallel) return run_serially(chunks, body, context);
  {
    const std::lock_guard lock(s.mutex);
    s.body = body;
    s.context = context;
    s.chunks = chunks;
    s.next.store(0);
    s.error = nullptr;
    s.busy = static_cast<int>(s.threads.size());
    ++s.generation;
  }
  s.work.notify_all();
  s.take_chunks();
  std::unique_lock lock(s.mutex);
  s.finished.wait(lock, [&] { return s.busy == 0; });
  if (s.error) std::rethrow_exception(s.error);
}

}  // namespace assay
