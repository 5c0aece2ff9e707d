// The thread pool: every chunk once, nested calls, exceptions.

#include "base/pool.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <stdexcept>
#include <vector>

namespace assay {
namespace {

TEST(ThreadPool, RunsEveryChunkOnceAtAnyNumberOfThreads) {
  for (const int threads : {1, 2, 3, 4}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    for (int round = 0; round < 200; ++round) {
      std::vector<std::atomic<int>> count(37);
      for_ranges(pool, 37, 1, [&](std::int64_t begin, std::int64_t) { ++count[static_cast<std::size_t>(begin)]; });
      for (const auto& c : count) ASSERT_EQ(c.load(), 1);
    }
  }
}

TEST(ThreadPool, ANestedCallRunsOnTheThreadThatMadeIt) {
  ThreadPool pool(3);
  std::atomic<int> sum{0};
  for_ranges(pool, 8, 1,
             [&](std::int64_t, std::int64_t) { for_ranges(pool, 8, 1, [&](std::int64_t, std::int64_t) { ++sum; }); });
  EXPECT_EQ(sum.load(), 64);
}

TEST(ThreadPool, RethrowsAnExceptionOfABodyAndGoesOnServing) {
  ThreadPool pool(3);
  EXPECT_THROW(for_ranges(pool, 100, 1,
                          [](std::int64_t begin, std::int64_t) {
                            if (begin == 50) throw std::runtime_error("x");
                          }),
               std::runtime_error);
  std::atomic<int> sum{0};
  for_ranges(pool, 10, 3, [&](std::int64_t begin, std::int64_t end) { sum += static_cast<int>(end - begin); });
  EXPECT_EQ(sum.load(), 10);
}

TEST(ThreadPool, NoChunksMeansNoCalls) {
  ThreadPool pool(2);
  for_ranges(pool, 0, 1, [](std::int64_t, std::int64_t) { FAIL(); });
}

}  // namespace
}  // namespace assay
