// Whole training: learns a function, same bits at any number of threads, saved and loaded.

#include "assay/nn/network.hpp"

#include <cstring>
#include <gtest/gtest.h>
#include <vector>

#include "assay/nn/loss.hpp"
#include "assay/nn/optimizer.hpp"

#include "base/pool.hpp"
#include "fixtures.hpp"

namespace assay::nn {
namespace {

Network small_network() { return test::random_network(2, {{16, Activation::tanh}, {1, Activation::identity}}, 1); }

TEST(Network, LearnsExclusiveOr) {
  Network network = small_network();
  Optimizer optimizer(Adam{.rate = .02f}, network.parameters());
  Tape tape(network, 4, Tape::For::training);
  Block x(4, 2), target(4, 1);
  for (const std::int64_t i : {0, 1, 2, 3}) {
    x.row(i)[0] = static_cast<float>(i & 1);
    x.row(i)[1] = static_cast<float>(i >> 1);
    target.row(i)[0] = static_cast<float>((i & 1) ^ (i >> 1));
  }
  double loss = 1;
  for (int step = 0; step < 500; ++step) {
    network.clear_gradients();
    network.forward(serial_executor(), x.view(), tape);
    loss = bce_with_logits(serial_executor(), tape.output(), target.view(), .25f, tape.delta());
    network.backward(serial_executor(), x.view(), tape);
    optimizer.step(serial_executor());
  }
  EXPECT_LT(loss, .02);
}

TEST(Network, TrainsToTheSameBitsAtAnyNumberOfThreads) {
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 2, 3, 4}) {
    ThreadPool pool(threads);
    Network network = test::random_network(
        300, {{520, Activation::sigmoid}, {256, Activation::tanh}, {410, Activation::identity}}, 1);
    Optimizer optimizer(Adam{}, network.parameters());
    Tape tape(network, 64, Tape::For::training);
    const Block x = test::random_block(64, 300, 2), target = test::random_block(64, 410, 3);
    double loss = 0;
    for (int step = 0; step < 5; ++step) {
      network.clear_gradients();
      network.forward(pool, x.view(), tape);
      loss += squared_error(pool, tape.output(), target.view(), 1.f / 64, tape.delta());
      network.backward(pool, x.view(), tape);
      optimizer.step(pool);
    }
    results.push_back(test::values_of(network));
    results.back().push_back(static_cast<float>(loss));
  }
  for (const auto& r : results) EXPECT_EQ(std::memcmp(r.data(), results[0].data(), r.size() * sizeof(float)), 0);
}

TEST(Network, ComesBackFromStorageAsItWas) {
  Network saved = small_network();
  test::Storage storage;
  saved.save(storage, "net");
  EXPECT_EQ(storage.tensor("net.0.weight").shape.size(), 2u);
  EXPECT_EQ(storage.tensor("net.1.bias").shape.size(), 1u);
  const LayerSpec same[] = {{16, Activation::tanh}, {1, Activation::identity}};
  Network loaded(2, same);
  loaded.load(storage, "net");
  EXPECT_EQ(test::values_of(saved), test::values_of(loaded));
}

TEST(Network, RefusesStoredWeightsOfAnotherShapeAndSaysBoth) {
  Network saved = small_network();
  test::Storage storage;
  saved.save(storage, "net");
  const LayerSpec other[] = {{17, Activation::tanh}, {1, Activation::identity}};
  Network loaded(2, other);
  try {
    loaded.load(storage, "net");
    FAIL() << "loaded 2 × 16 into 2 × 17";
  } catch (const DataError& e) {
    EXPECT_NE(std::string(e.what()).find("2 × 17"), std::string::npos) << e.what();
    EXPECT_NE(std::string(e.what()).find("2 × 16"), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace assay::nn
