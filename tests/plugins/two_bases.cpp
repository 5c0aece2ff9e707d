// Its interface is not its first base: the pointer to the one is not the pointer to the other.

#include "null_model.hpp"

namespace {
class TwoBases final : public assay::RatingPredictor, public NullModel {
 public:
  void rate(const assay::Profiles&, std::span<const assay::Index>, std::span<float> out) const override {
    std::fill(out.begin(), out.end(), answer_);
  }
  void score(const assay::Profiles&, assay::Scores to) const override {
    for (assay::Index row = 0; row < to.users; ++row) std::fill_n(to.data + row * to.stride, to.items, answer_);
  }

 private:
  float answer_ = 42;
};
}  // namespace
ASSAY_PLUGIN("two_bases", "1.0.0", assay::component<assay::Recommender, TwoBases>("two_bases", "Has two bases."));
