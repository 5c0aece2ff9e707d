// Recency-weighted popularity: an item's score is the number of its interactions, each worth half as much after every
// half-life. With w(t) = 2^((t - t_last) / half_life): score(i) = sum over interactions (u, i, t) of w(t).

#include <algorithm>
#include <cmath>
#include <vector>

#include <assay/model.hpp>
#include <assay/plugin.hpp>
#include <assay/stored.hpp>

namespace {

class RecentPopularity final : public assay::Recommender {
 public:
  /// What can be tuned. The member's initializer is the default.
  struct Params {
    double half_life_days = 90;
    double min_rating = 0;
    static constexpr auto fields() {
      return std::tuple{
          assay::field(&Params::half_life_days, "half_life_days", "Days after which an interaction counts half.")
              .above(0),
          assay::field(&Params::min_rating, "min_rating", "Interactions of a lower value do not count."),
      };
    }
  };

  /// What the framework may expect: no randomness, unknown users are served, a part of the catalogue is cheap, and the
  /// number of threads does not change a bit.
  static constexpr assay::Traits traits{
      .seeded = false, .fold_in = true, .slices = true, .cold_items = false, .any_threads = true};

  explicit RecentPopularity(Params params) : params_(params) {}

  void fit(const assay::TrainingData& data, assay::Run& run) override {
    const assay::Interactions& items = data.by_item;
    const std::int64_t last = last_time(items);
    scores_.assign(static_cast<std::size_t>(items.rows), 0.0F);
    assay::for_ranges(run, items.rows, 4096, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t item = begin; item < end; ++item)
        scores_[static_cast<std::size_t>(item)] = score_of(items[static_cast<assay::Index>(item)], last);
    });
  }

  void score(const assay::Profiles& profiles, assay::Scores out) const override {
    for (assay::Index user = 0; user < profiles.known.rows; ++user)
      std::copy_n(scores_.begin() + out.first_item, out.items, out.data + user * out.stride);
  }

  void save(assay::Writer& file) const override {
    const std::int64_t shape[] = {static_cast<std::int64_t>(scores_.size())};
    file.tensor("scores", {scores_.data(), assay::Element::f32, shape});
  }

  void load(assay::Reader& file) override {
    const auto stored = assay::stored_list<float>(file, "scores", assay::extents_of(file).items);
    scores_.assign(stored.begin(), stored.end());
  }

 private:
  static std::int64_t last_time(const assay::Interactions& items) {
    std::int64_t last = 0;
    for (assay::Index item = 0; item < items.rows; ++item)
      for (const std::int64_t time : items[item].times) last = std::max(last, time);
    return last;
  }

  /// Summed in double and in the order of the row: the same bits however the items are shared out.
  [[nodiscard]] float score_of(const assay::Row& row, std::int64_t last) const {
    constexpr double kDayMs = 24.0 * 60 * 60 * 1000;
    double sum = 0;
    for (std::size_t i = 0; i < row.columns.size(); ++i) {
      if (row.values[i] < params_.min_rating) continue;
      const double days = row.times.empty() ? 0 : static_cast<double>(last - row.times[i]) / kDayMs;
      sum += std::exp2(-days / params_.half_life_days);
    }
    return static_cast<float>(sum);
  }

  Params params_;
  std::vector<float> scores_;
};

}  // namespace

ASSAY_PLUGIN("recent_popularity", "1.0.0",
             assay::component<assay::Recommender, RecentPopularity>("recent_popularity",
                                                                    "Popularity in which old interactions fade."));
