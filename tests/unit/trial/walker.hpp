#pragma once  // A small iterative model for tests: weights that take random steps with momentum.

#include <array>
#include <cstring>
#include <functional>
#include <vector>

#include "assay/model.hpp"

namespace assay {

class Walker final : public Recommender, public Resumable {
 public:
  explicit Walker(int epochs) : epochs_(epochs) {}
  std::vector<float> weights = std::vector<float>(8, 0.0f), momentum = std::vector<float>(8, 0.0f);
  int epochs_trained = 0;
  std::function<void(Run&, int epoch)> inside_epoch;  // what a test wants to happen there

  void fit(const TrainingData&, Run& run) override {
    for (int epoch = run.begin(epochs_); epoch < epochs_; ++epoch) {
      Random random = run.random("steps", static_cast<std::uint64_t>(epoch));
      for (std::size_t i = 0; i < weights.size(); ++i) {
        momentum[i] = 0.9f * momentum[i] + static_cast<float>(random.normal());
        weights[i] += 0.1f * momentum[i];
      }
      ++epochs_trained;
      run.loss("walk", weights[0]);
      run.measure("momentum", momentum[0]);
      if (inside_epoch) inside_epoch(run, epoch);
      if (!run.next()) break;
    }
  }
  void score(const Profiles&, Scores) const override {}
  void save(Writer& to) const override { write(to, "weights", weights); }
  void load(Reader& from) override { read(from, "weights", weights); }
  void save_training(Writer& to) const override { write(to, "momentum", momentum); }
  void load_training(Reader& from) override { read(from, "momentum", momentum); }

 private:
  static void write(Writer& to, std::string_view name, const std::vector<float>& values) {
    const std::array shape{static_cast<std::int64_t>(values.size())};
    to.tensor(name, {values.data(), Element::f32, shape});
  }
  static void read(const Reader& from, std::string_view name, std::vector<float>& values) {
    std::memcpy(values.data(), from.tensor(name).data, values.size() * sizeof(float));
  }
  int epochs_;
};

}  // namespace assay
