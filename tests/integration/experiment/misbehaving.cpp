// A model that goes wrong in the way that it is told to, and one that can be stopped at a known place.

#include <array>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

#include "assay/model.hpp"
#include "assay/plugin.hpp"

namespace {

class Misbehaving final : public assay::Recommender {
 public:
  struct Params {
    std::string what = "crash";
    static constexpr auto fields() {
      return std::tuple{assay::field(&Params::what, "what", "How it goes wrong.")
                            .one_of("crash", "abort", "exit", "throw", "throw_int", "nan_loss", "nan_score", "memory",
                                    "hang", "lie")};
    }
  };
  static constexpr assay::Traits traits{.seeded = false};
  explicit Misbehaving(Params params) : what_(std::move(params.what)) {}
  void save(assay::Writer&) const override {}
  void load(assay::Reader&) override {}
  void fit(const assay::TrainingData&, assay::Run& run) override {
    if (what_ == "crash") std::raise(SIGSEGV);
    if (what_ == "abort") std::abort();
    if (what_ == "exit" || what_ == "lie") ::_exit(what_ == "lie" ? 0 : 3);
    if (what_ == "throw") throw std::runtime_error("the third layer is missing");
    if (what_ == "throw_int") throw 42;
    if (what_ == "nan_loss") run.loss("generator", std::nan(""));
    if (what_ == "memory") eat();
    while (what_ == "hang") ::pause();
  }
  void score(const assay::Profiles&, assay::Scores to) const override {
    for (assay::Index row = 0; row < to.users; ++row)
      for (assay::Index column = 0; column < to.items; ++column)
        to.data[row * to.stride + column] = what_ == "nan_score" ? std::nanf("") : 0.0f;
  }

 private:
  static void eat() {
    std::vector<std::vector<char>> pieces;
    for (int i = 0; i < 1 << 14; ++i) pieces.emplace_back(std::size_t{1} << 20, 'x');
  }
  std::string what_;
};

/// Weights of the items that walk at random. Where $ASSAY_TEST_GATE names a FIFO, it says so there at epoch 5 and waits
/// to be cancelled.
class Walker final : public assay::Recommender, public assay::Resumable {
 public:
  struct Params {
    int epochs = 10;
    static constexpr auto fields() {
      return std::tuple{assay::field(&Params::epochs, "epochs", "Epochs.").in(1, 1000000)};
    }
  };
  static constexpr assay::Traits traits{.fold_in = true};
  explicit Walker(Params params) : epochs_(params.epochs) {}
  void fit(const assay::TrainingData& data, assay::Run& run) override {
    weights_.assign(static_cast<std::size_t>(data.by_user.columns), 0);
    momentum_ = weights_;
    for (int epoch = run.begin(epochs_); epoch < epochs_; ++epoch) {
      if (epoch == 5) wait_at_the_gate(run);
      auto random = run.random("steps", static_cast<std::uint64_t>(epoch));
      for (std::size_t i = 0; i < weights_.size(); ++i) {
        momentum_[i] = 0.9f * momentum_[i] + static_cast<float>(random.normal());
        weights_[i] += momentum_[i];
      }
      run.loss("walk", static_cast<double>(weights_[0]));
      if (!run.next()) break;
    }
  }
  void score(const assay::Profiles&, assay::Scores to) const override {
    for (assay::Index row = 0; row < to.users; ++row)
      std::memcpy(to.data + row * to.stride, weights_.data() + to.first_item,
                  static_cast<std::size_t>(to.items) * sizeof(float));
  }
  void save(assay::Writer& to) const override { write(to, "weights", weights_); }
  void load(assay::Reader& from) override { read(from, "weights", weights_); }
  void save_training(assay::Writer& to) const override { write(to, "momentum", momentum_); }
  void load_training(assay::Reader& from) override { read(from, "momentum", momentum_); }

 private:
  static void wait_at_the_gate(const assay::Run& run) {
    const char* gate = std::getenv("ASSAY_TEST_GATE");
    if (!gate) return;
    const int fd = ::open(gate, O_WRONLY);
    static_cast<void>(!::write(fd, "x", 1));
    ::close(fd);
    while (!run.cancelled()) ::usleep(1000);
  }
  static void write(assay::Writer& to, std::string_view name, const std::vector<float>& values) {
    const std::array shape{static_cast<std::int64_t>(values.size())};
    to.tensor(name, {values.data(), assay::Element::f32, shape});
  }
  static void read(const assay::Reader& from, std::string_view name, std::vector<float>& values) {
    const assay::Tensor t = from.tensor(name);
    const float* data = static_cast<const float*>(t.data);
    values.assign(data, data + t.shape[0]);
  }
  int epochs_;
  std::vector<float> weights_, momentum_;
};

}  // namespace

ASSAY_PLUGIN("misbehaving", "1.0.0",
             assay::component<assay::Recommender, Misbehaving>("misbehaving", "Goes wrong as it is told to."),
             assay::component<assay::Recommender, Walker>("walker", "Walks at random, and can be stopped."));
