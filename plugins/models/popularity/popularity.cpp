// TopPop: every user is offered the items that most users took.

#include <algorithm>
#include <vector>

#include "assay/model.hpp"
#include "assay/plugin.hpp"
#include "assay/stored.hpp"

namespace {

class Popularity final : public assay::Recommender, public assay::Sized {
 public:
  static constexpr assay::Traits traits{
      .seeded = false, .fold_in = true, .slices = true, .cold_items = false, .any_threads = true};

  [[nodiscard]] assay::Need need(const assay::TaskShape& task) const override {
    const std::int64_t scores = task.items * std::int64_t{sizeof(float)};
    return {.memory = scores, .saved = scores};
  }

  void fit(const assay::TrainingData& data, assay::Run&) override {
    score_.resize(static_cast<std::size_t>(data.by_item.rows));
    for (assay::Index item = 0; item < data.by_item.rows; ++item)
      score_[static_cast<std::size_t>(item)] = static_cast<float>(data.by_item[item].columns.size());
  }

  void score(const assay::Profiles&, assay::Scores out) const override {
    for (assay::Index row = 0; row < out.users; ++row)
      std::copy_n(score_.data() + out.first_item, out.items, out.data + row * out.stride);
  }

  void save(assay::Writer& writer) const override {
    const std::int64_t shape[] = {static_cast<std::int64_t>(score_.size())};
    writer.tensor("interactions", {score_.data(), assay::Element::f32, shape});
  }

  void load(assay::Reader& reader) override {
    const auto counts = assay::stored_list<float>(reader, "interactions", assay::extents_of(reader).items);
    score_.assign(counts.begin(), counts.end());
  }

 private:
  std::vector<float> score_;  // interactions of each item in the training data: exact up to 2^24
};

}  // namespace

ASSAY_PLUGIN("popularity", "1.0.0",
             assay::component<assay::Recommender, Popularity>("popularity",
                                                              "The items with most interactions, for everybody."));
