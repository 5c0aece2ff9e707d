// Prints wherever it is called, and what it prints looks like answers of ours. Never ends a line.

#include <cstdio>
#include <iostream>

#include "null_dataset.hpp"
#include "null_model.hpp"

namespace {

void say(const char* what) {
  std::printf("{\"assay_probe\":1,\"components\":[]} %s", what);
  std::fflush(stdout);
  std::cout << "{\"assay_check\":\"end\"} " << what << std::flush;
}
const bool said = (say("opened"), true);

struct Model final : NullModel {
  Model() { say("made"); }
  ~Model() override { say("gone"); }
  void fit(const assay::TrainingData& data, assay::Run& run) override { say("fit"), NullModel::fit(data, run); }
  void score(const assay::Profiles& who, assay::Scores to) const override { say("score"), NullModel::score(who, to); }
  void save(assay::Writer& to) const override { say("save"), NullModel::save(to); }
  void load(assay::Reader& from) override { say("load"), NullModel::load(from); }
};

struct Reader final : assay::Dataset {
  void read(assay::DatasetSink& sink) override {
    say("read");
    for (std::int64_t n = 0; n < 200; ++n) {
      const std::int64_t user = n / 10, item = (n * 7 + n / 10) % 23;
      sink.interactions({assay::Part::all, {{&user, 1}, {}}, {{&item, 1}, {}}, {}, {}, {}});
    }
  }
};

}  // namespace
ASSAY_PLUGIN("talkative", "1.0.0", assay::component<assay::Recommender, Model>("talkative", "Prints all the time."),
             assay::component<assay::Dataset, Reader>("talkative_reader", "Prints while it reads."));
