#pragma once  // The least that a model can be: all items are alike to it.

#include <algorithm>

#include "assay/model.hpp"
#include "assay/plugin.hpp"

namespace {

class NullModel : public assay::Recommender {
 public:
  static constexpr assay::Traits traits{.seeded = false, .fold_in = true};
  void fit(const assay::TrainingData&, assay::Run&) override {}
  void score(const assay::Profiles&, assay::Scores to) const override {
    for (assay::Index row = 0; row < to.users; ++row) std::fill_n(to.data + row * to.stride, to.items, 0.0F);
  }
  void save(assay::Writer& to) const override { to.text("nothing", "at all"); }
  void load(assay::Reader&) override {}
};

}  // namespace
