// Optimizers: steps computed by hand, rows without gradient, saved state, threads.

#include "assay/nn/optimizer.hpp"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <memory>
#include <vector>

#include "base/pool.hpp"
#include "fixtures.hpp"

namespace assay::nn {
namespace {

TEST(Adam, TakesTheStepsThatThePaperComputes) {
  Parameter p(1, 1);
  p.value.row(0)[0] = .5f;
  Optimizer optimizer(Adam{.rate = .1f, .beta1 = .9f, .beta2 = .999f, .epsilon = 1e-8f, .l2 = 0}, {&p});
  p.touched[0] = 1;
  p.gradient.row(0)[0] = .2f;
  optimizer.step(serial_executor());  // m̂ = .2, v̂ = .04: w = .5 − .1 · .2 / .2
  EXPECT_NEAR(p.value.row(0)[0], .4, 1e-6);
  p.gradient.row(0)[0] = -.1f;
  optimizer.step(serial_executor());
  // m = .9·.02 − .01 = .008, m̂ = .008/.19 = .0421053; v = .999·4e-5 + 1e-5 = 4.996e-5, v̂ = v/.001999 = .0249925;
  // w = .4 − .1 · .0421053 / .1580902 = .3733662
  EXPECT_NEAR(p.value.row(0)[0], .3733662, 1e-6);
  EXPECT_EQ(optimizer.steps(), 2);
}

TEST(Adam, AddsL2ToTheGradient) {
  Parameter a(1, 1), b(1, 1);
  a.value.row(0)[0] = b.value.row(0)[0] = 2;
  Optimizer with(Adam{.rate = .1f, .epsilon = .5f, .l2 = .25f}, {&a}), without(Adam{.rate = .1f, .epsilon = .5f}, {&b});
  a.touched[0] = b.touched[0] = 1;
  a.gradient.row(0)[0] = .1f;
  b.gradient.row(0)[0] = .1f + .25f * 2;
  with.step(serial_executor());
  without.step(serial_executor());
  EXPECT_FLOAT_EQ(a.value.row(0)[0], b.value.row(0)[0]);
}

TEST(Adam, TreatsUntouchedRowsAsHavingZeroGradient) {
  Parameter a(5, 20), b(5, 20);
  a.value = test::random_block(5, 20, 1);
  b.value = test::random_block(5, 20, 1);
  Optimizer of_a(Adam{.l2 = .01f}, {&a}), of_b(Adam{.l2 = .01f}, {&b});
  for (int step = 0; step < 3; ++step) {
    a.gradient = test::random_block(5, 20, 2);
    a.touched = {1, 0, 0, 1, 0};
    b.gradient = test::random_block(5, 20, 2);
    b.touched.assign(5, 1);
    for (const std::int64_t r : {1, 2, 4})
      for (float& g : b.gradient.row(r)) g = 0;
    of_a.step(serial_executor());
    of_b.step(serial_executor());
  }
  for (std::int64_t r = 0; r < 5; ++r)
    for (std::size_t j = 0; j < 20; ++j) ASSERT_EQ(a.value.row(r)[j], b.value.row(r)[j]);
}

TEST(Adam, DecaysMomentsToZeroAndNotIntoDenormals) {
  Parameter p(1, 1);
  Optimizer optimizer(Adam{}, {&p});
  p.touched[0] = 1;
  p.gradient.row(0)[0] = 1;
  optimizer.step(serial_executor());
  p.touched[0] = 0;
  for (int i = 0; i < 2000; ++i) optimizer.step(serial_executor());
  test::Storage storage;
  optimizer.save(storage, "o");
  EXPECT_EQ(*static_cast<const float*>(storage.tensor("o.0.m").data), 0.f);
}

TEST(Sgd, StepsAgainstTheGradientAndItsL2) {
  Parameter p(2, 1);
  p.value.row(0)[0] = p.value.row(1)[0] = 2;
  p.gradient.row(0)[0] = .5f;
  p.gradient.row(1)[0] = 1e9f;  // untouched: nobody may read it
  p.touched = {1, 0};
  Optimizer optimizer(Sgd{.rate = .1f, .l2 = .3f}, {&p});
  optimizer.step(serial_executor());
  EXPECT_FLOAT_EQ(p.value.row(0)[0], 2 - .1f * (.5f + .6f));
  EXPECT_FLOAT_EQ(p.value.row(1)[0], 2 - .1f * .6f);
}

TEST(Optimizer, GoesOnWithTheSameBitsFromSavedState) {
  const auto train = [](Parameter& p, Optimizer& optimizer, int from, int to) {
    for (int step = from; step < to; ++step) {
      p.gradient = test::random_block(30, 70, static_cast<std::uint64_t>(100 + step));
      p.touched.assign(30, 1);
      optimizer.step(serial_executor());
    }
  };
  Parameter whole(30, 70), resumed(30, 70);
  Optimizer of_whole(Adam{}, {&whole});
  train(whole, of_whole, 0, 10);
  {
    Optimizer first(Adam{}, {&resumed});
    train(resumed, first, 0, 6);
    test::Storage storage;
    first.save(storage, "adam");
    Optimizer second(Adam{}, {&resumed});
    second.load(storage, "adam");
    EXPECT_EQ(second.steps(), 6);
    train(resumed, second, 6, 10);
  }
  EXPECT_EQ(std::memcmp(whole.value.view().data, resumed.value.view().data, 30u * 80 * sizeof(float)), 0);
}

TEST(Optimizer, GivesTheSameBitsAtAnyNumberOfThreads) {
  std::vector<Block> results;
  for (const int threads : {1, 2, 3, 4}) {
    ThreadPool pool(threads);
    Parameter p(700, 300);
    p.gradient = test::random_block(700, 300, 5);
    p.touched.assign(700, 1);
    Optimizer optimizer(Adam{}, {&p});
    for (int i = 0; i < 3; ++i) optimizer.step(pool);
    results.push_back(std::move(p.value));
  }
  for (const Block& r : results)
    EXPECT_EQ(std::memcmp(r.view().data, results[0].view().data, 700u * 304 * sizeof(float)), 0);
}

}  // namespace
}  // namespace assay::nn
