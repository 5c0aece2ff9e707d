// Slope One: an item is rated as much above another one as users on average did who rated both (Lemire and Maclachlan,
// "Slope One predictors for online rating-based collaborative filtering", SDM 2005).

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "assay/errors.hpp"
#include "assay/linalg.hpp"
#include "assay/model.hpp"
#include "assay/plugin.hpp"
#include "assay/ratings.hpp"

#include "pairs.hpp"

namespace {

using assay::Index;
using assay::Row;

using Opinion [[gnu::vector_size(16)]] = double;  // weight, weighted rating: added at once

class SlopeOne final : public assay::Recommender, public assay::RatingPredictor, public assay::Sized {
 public:
  struct Params {
    int partners = 1000;
    bool weighted = true;
    static constexpr auto fields() {
      return std::tuple{
          assay::field(&Params::partners, "partners",
                       "Items from which an item is predicted at most: those rated together most often.")
              .in(1, 1000000),
          assay::field(&Params::weighted, "weighted",
                       "Weigh an item's opinion by how many users rated both (the paper's weighted scheme).")};
    }
  };
  static constexpr assay::Traits traits{
      .seeded = false, .fold_in = true, .slices = true, .cold_items = false, .any_threads = true};

  explicit SlopeOne(Params params) : params_(params) {}

  [[nodiscard]] assay::Need need(const assay::TaskShape& task) const override {
    const std::int64_t pairs = pairs_of(task) * assay::ItemPairs::bytes_of_a_pair();
    const std::int64_t rows = (task.items + 1) * std::int64_t{sizeof(std::int64_t)};
    const std::int64_t scratch = task.items * 24 * (task.threads + 1);
    return {.memory = pairs + 2 * rows + scratch, .saved = pairs + rows + 64};
  }

  void fit(const assay::TrainingData& data, assay::Run& run) override {
    const std::int64_t needed = need(assay::TaskShape::of(data, run)).memory, available = assay::available_memory();
    if (needed > available)
      throw assay::Error("slope_one: pairs of " + std::to_string(data.by_item.rows) + " items may take " +
                         std::to_string(needed) + " bytes, and " + std::to_string(available) +
                         " are available. A smaller `partners` than " + std::to_string(params_.partners) +
                         ", fewer items (filter: item_core) or more memory would do.");
    scale_ = assay::RatingScale::of(data.by_user);
    pairs_ = assay::ItemPairs::of(data, params_.partners, run);
  }

  void score(const assay::Profiles& profiles, assay::Scores out) const override {
    std::vector<Opinion> opinions(static_cast<std::size_t>(out.items));
    for (Index row = 0; row < out.users; ++row) {
      std::ranges::fill(opinions, Opinion{});
      const Row profile = profiles.known[row];
      for (std::size_t k = 0; k < profile.columns.size(); ++k) {
        const auto [begin, end] = predicted_from(profile.columns[k], out.first_item, out.first_item + out.items);
        const double rating = static_cast<double>(profile.values[k]);
        for (std::size_t e = begin; e < end; ++e)
          opinions[static_cast<std::size_t>(pairs_.item[e] - out.first_item)] += opinion(e, rating);
      }
      const double otherwise = mean_of(profile);
      for (std::size_t i = 0; i < opinions.size(); ++i)
        out.data[row * out.stride + static_cast<std::int64_t>(i)] =
            static_cast<float>(prediction(opinions[i], otherwise));
    }
  }

  void rate(const assay::Profiles& profiles, std::span<const Index> items, std::span<float> out) const override {
    assay::for_equal_profiles(profiles, [&](Index first, Index count) {
      const Row profile = profiles.known[first];
      const auto wanted = items.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
      std::vector<Opinion> opinions(wanted.size());
      for (std::size_t k = 0; k < profile.columns.size(); ++k)  // one row for all: it stays in the cache
        for (std::size_t p = 0; p < wanted.size(); ++p)
          if (const auto [begin, end] = predicted_from(profile.columns[k], wanted[p], wanted[p] + 1); begin < end)
            opinions[p] += opinion(begin, static_cast<double>(profile.values[k]));
      const double otherwise = mean_of(profile);
      for (std::size_t p = 0; p < wanted.size(); ++p)
        out[static_cast<std::size_t>(first) + p] = scale_.clamp(prediction(opinions[p], otherwise));
    });
  }

  void save(assay::Writer& writer) const override {
    scale_.save(writer, "scale");
    pairs_.save(writer);
  }

  void load(assay::Reader& reader) override {
    scale_ = assay::RatingScale::load(reader, "scale");
    pairs_.load(reader);
  }

 private:
  /// Pairs at most: of an item with `partners` others, and of each interaction with all others of its user.
  [[nodiscard]] std::int64_t pairs_of(const assay::TaskShape& task) const {
    return std::min(task.items * std::min<std::int64_t>(task.items, params_.partners), task.pairs - task.interactions);
  }

  /// Where the pairs lie that predict items [first, last) from `known`.
  [[nodiscard]] std::pair<std::size_t, std::size_t> predicted_from(Index known, Index first, Index last) const {
    const auto row = static_cast<std::size_t>(known);
    const auto begin = pairs_.item.begin() + pairs_.offsets[row], end = pairs_.item.begin() + pairs_.offsets[row + 1];
    const auto from = std::lower_bound(begin, end, first);
    const auto to = last == first + 1 ? from + (from != end && *from == first) : std::lower_bound(from, end, last);
    return {static_cast<std::size_t>(from - pairs_.item.begin()), static_cast<std::size_t>(to - pairs_.item.begin())};
  }

  /// c_ji and (dev_ji + r_i) · c_ji of the weighted scheme (§3.2): the sum of differences + c_ji · r_i. Without weights
  /// both are divided by c_ji.
  [[nodiscard]] Opinion opinion(std::size_t pair, double rating) const {
    const double count = static_cast<double>(pairs_.count[pair]);
    const Opinion weighted = {count, static_cast<double>(pairs_.difference[pair]) + count * rating};
    return params_.weighted ? weighted : weighted / count;
  }

  static double prediction(Opinion sums, double otherwise) { return sums[0] > 0 ? sums[1] / sums[0] : otherwise; }

  /// Where nothing known was rated together with an item: the user's mean, of a user without ratings that of all.
  [[nodiscard]] double mean_of(const Row& profile) const {
    if (profile.columns.empty()) return scale_.mean;
    double sum = 0;
    for (const float value : profile.values) sum += static_cast<double>(value);
    return sum / static_cast<double>(profile.columns.size());
  }

  Params params_;
  assay::RatingScale scale_;
  assay::ItemPairs pairs_;
};

}  // namespace

ASSAY_PLUGIN("slope_one", "1.0.0",
             assay::component<assay::Recommender, SlopeOne>(
                 "slope_one", "Ratings from the average difference between the ratings of two items."));
