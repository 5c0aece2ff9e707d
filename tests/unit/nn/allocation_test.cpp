// A training step allocates nothing, once its workspace exists.

#include <atomic>
#include <cstdlib>
#include <gtest/gtest.h>
#include <new>
#include <vector>

#include "assay/nn/loss.hpp"
#include "assay/nn/optimizer.hpp"

#include "fixtures.hpp"

namespace {

std::atomic<long> allocations{0};

void* counted(std::size_t size, std::size_t alignment) {
  ++allocations;
  void* p = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (!p) throw std::bad_alloc();
  return p;
}

}  // namespace

// These serve the whole process, libassay_nn too.
[[gnu::noinline]] void* operator new(std::size_t size) { return counted(size, alignof(std::max_align_t)); }
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
  return counted(size, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

namespace assay::nn {
namespace {

TEST(TrainingStep, AllocatesNothing) {
  const test::SparseData data(100, 200, .1, 1);
  Network network = test::random_network(200, {{64, Activation::sigmoid}, {200, Activation::identity}}, 1);
  Optimizer optimizer(Adam{}, network.parameters());
  Tape tape(network, 16, Tape::For::training);
  SparseBatch batch(data.view, 16);
  const Block target = test::random_block(16, 200, 3);
  std::vector<Index> rows(16);
  const auto step = [&](Index first) {
    for (Index i = 0; i < 16; ++i) rows[static_cast<std::size_t>(i)] = (first + i) % 100;
    batch.gather(data.view, rows, SparseBatch::Values::ones, SparseBatch::For::gradient);
    network.clear_gradients();
    network.forward(serial_executor(), batch, tape);
    bce_with_logits(serial_executor(), tape.output(), target.view(), .1f, tape.delta());
    network.backward(serial_executor(), batch, tape);
    optimizer.step(serial_executor());
  };
  step(0);  // oneDNN compiles its kernels
  const long before = allocations;
  for (Index first = 0; first < 100; first += 9) step(first);
  EXPECT_EQ(allocations - before, 0);
  std::vector<int> proof(1);
  EXPECT_GT(allocations - before, 0) << "the counter does not count";
}

}  // namespace
}  // namespace assay::nn
