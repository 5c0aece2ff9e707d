// A model whose library switches denormals off when it is opened, as -ffast-math does.

#include "assay/model.hpp"
#include "assay/plugin.hpp"

namespace {

class FastMath final : public assay::Recommender {
 public:
  static constexpr assay::Traits traits{.seeded = false, .fold_in = true};
  void save(assay::Writer&) const override {}
  void load(assay::Reader&) override {}
  void fit(const assay::TrainingData&, assay::Run&) override {}
  void score(const assay::Profiles&, assay::Scores to) const override {
    for (assay::Index row = 0; row < to.users; ++row)
      for (assay::Index column = 0; column < to.items; ++column)
        to.data[row * to.stride + column] = static_cast<float>(to.first_item + column);
  }
};

}  // namespace

ASSAY_PLUGIN("fast_math", "1.0.0",
             assay::component<assay::Recommender, FastMath>("fast_math", "Switches denormals off."));
