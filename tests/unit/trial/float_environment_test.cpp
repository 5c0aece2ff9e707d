// What -ffast-math does to a process is undone in every thread.

#include "trial/float_environment.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <latch>

#include "base/pool.hpp"

#if defined(__x86_64__)
#include <xmmintrin.h>

namespace assay {
namespace {

constexpr unsigned kFlushBoth = 0x8040;  // FTZ and DAZ, as the start-up code of -ffast-math sets them

/// Runs body once on every thread of the pool.
void on_every_thread(ThreadPool& pool, void (*body)()) {
  struct Context {
    std::latch everyone;
    void (*body)();
  } context{std::latch(pool.threads()), body};
  pool.parallel(
      pool.threads(),
      [](void* raw, std::int64_t) {
        auto& c = *static_cast<Context*>(raw);
        c.everyone.arrive_and_wait();
        c.body();
      },
      &context);
}

TEST(FloatEnvironment, FlushedDenormalsAreFoundAndPutRightInEveryThread) {
  ThreadPool pool(3);
  EXPECT_FALSE(restore_float_environment(pool));
  on_every_thread(pool, [] { _mm_setcsr(_mm_getcsr() | kFlushBoth); });
  EXPECT_TRUE(float_environment_changed());
  EXPECT_TRUE(restore_float_environment(pool));
  static std::atomic<int> still_changed;
  still_changed = 0;
  on_every_thread(pool, [] { still_changed += float_environment_changed(); });
  EXPECT_EQ(still_changed, 0);
}

TEST(FloatEnvironment, EitherBitAloneIsFound) {
  for (const unsigned bit : {0x8000u, 0x0040u}) {
    _mm_setcsr(_mm_getcsr() | bit);
    EXPECT_TRUE(float_environment_changed()) << bit;
    EXPECT_TRUE(restore_float_environment(serial_executor()));
    EXPECT_FALSE(float_environment_changed());
  }
}

}  // namespace
}  // namespace assay
#endif
