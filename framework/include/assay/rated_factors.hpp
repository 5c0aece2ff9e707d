#pragma once  // Ratings from vectors and biases: what factor models of explicit ratings share.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "assay/factor_model.hpp"
#include "assay/factors.hpp"
#include "assay/lanes.hpp"
#include "assay/linalg.hpp"
#include "assay/model.hpp"
#include "assay/random.hpp"
#include "assay/ratings.hpp"
#include "assay/run.hpp"
#include "assay/stored.hpp"

namespace assay {

/// r̂_ui = μ + b_i + b_u + p_u · q_i. A user's row is [p_u, b_u], an item's [q_i, 1], so that one product gives b_u too.
/// Users whose profile is not the trained one get the row that a model makes for it. Inline: it lives in the plugin.
class RatedFactors {
 public:
  /// Vectors of so many factors, all 0, and biases 0.
  void begin(const TrainingData& data, int factors) {
    scale_ = RatingScale::of(data.by_user);
    model_.begin({data.by_user.rows, factors + 1}, {data.by_item.rows, factors + 1}, data.by_user);
    for (std::int64_t i = 0; i < items().rows(); ++i) items().row(i).back() = 1;
    base_.assign(static_cast<std::size_t>(items().rows()), static_cast<float>(scale_.mean));
  }
  /// Rows (but for their last place) from N(0, deviation²), of the stream `name`; 0 where a row has no ratings, of
  /// which nothing can be learned. Throws Cancelled.
  static void draw(FactorMatrix& x, const Interactions& ratings, const Run& run, std::string_view name,
                   double deviation) {
    draw_normal(x, x.columns() - 1, run, name, deviation);
    for (Index i = 0; i < ratings.rows; ++i)
      if (ratings[i].columns.empty()) std::ranges::fill(x.row(i).first(x.row(i).size() - 1), 0.F);
  }

  [[nodiscard]] std::int64_t factors() const { return model_.items.columns() - 1; }
  [[nodiscard]] const RatingScale& scale() const { return scale_; }
  [[nodiscard]] FactorMatrix& users() { return model_.users; }
  [[nodiscard]] FactorMatrix& items() { return model_.items; }
  [[nodiscard]] std::span<float> base() { return base_; }  ///< μ + b_i of each item

  /// To be called when rows have changed, before they are used.
  void settle() { model_.settle(base_); }

  /// Adds to `row` = [z, 0] what minimises Σ (r_ui - r̂_ui)² + n (λ |p|² + λ_b b²) for r̂_ui = μ + b_i + b + (z + p)·q_i
  /// over the n ratings of a profile: the vector to which training would bring a user, everything else left alone.
  void solve(const Row& profile, double l2, double bias_l2, std::span<float> row) const {
    if (profile.columns.empty()) return;
    const auto n = static_cast<float>(profile.columns.size());
    const FactorMatrix& items = model_.items;
    const std::int64_t d = items.columns();
    FactorMatrix system(d, d);
    std::vector<float> left(profile.columns.size()), step(static_cast<std::size_t>(d), 0);
    gathered_dots(items.view(), profile.columns, row, left);
    for (std::size_t e = 0; e < left.size(); ++e) {
      left[e] = profile.values[e] - base_[static_cast<std::size_t>(profile.columns[e])] - left[e];
      const auto q = items.row(profile.columns[e]);
      for (std::size_t k = 0; k < q.size(); ++k) step[k] += left[e] * q[k];
    }
    add_gathered_gram(items.view(), profile.columns, {}, system.view());
    float trace = 0;
    for (std::int64_t k = 0; k < d; ++k) trace += system.row(k)[static_cast<std::size_t>(k)];
    const float grain = std::max(1e-4F, 1e-6F * trace);  // so that λ = 0 has a solution too
    for (std::int64_t k = 0; k < d; ++k)
      system.row(k)[static_cast<std::size_t>(k)] += n * static_cast<float>(k + 1 < d ? l2 : bias_l2) + grain;
    solve_spd(system.view(), step);
    for (std::size_t k = 0; k < step.size(); ++k) row[k] += step[k];
  }

  template <class Make>
  void score(const Profiles& profiles, Scores out, Make&& make) const {
    model_.score(profiles, out, make);
  }

  template <class Make>
  void rate(const Profiles& profiles, std::span<const Index> items, std::span<float> out, Make&& make) const {
    FactorMatrix made(1, model_.items.columns());
    for_equal_profiles(profiles, [&](Index first, Index count) {
      const auto at = static_cast<std::size_t>(first);
      std::ranges::fill(made.row(0), 0.F);
      const float* user = model_.row_of(profiles.user[at], profiles.known[first], made.row(0), make);
      for (std::size_t p = at; p < at + static_cast<std::size_t>(count); ++p)
        out[p] =
            scale_.clamp(static_cast<double>(base_[static_cast<std::size_t>(items[p])] +
                                             dot(user, model_.items.row(items[p]).data(), model_.items.columns())));
    });
  }

  void save(Writer& writer) const {
    const std::int64_t shape[] = {static_cast<std::int64_t>(base_.size())};
    scale_.save(writer, "scale");
    model_.save(writer);
    writer.tensor("base", {base_.data(), Element::f32, shape});
  }
  /// Throws DataError where the parts do not fit together, the data, or so many factors.
  void load(const Reader& reader, std::int64_t factors = kAny) {
    scale_ = RatingScale::load(reader, "scale");
    model_.load(reader, factors == kAny ? kAny : factors + 1);
    const auto base = stored_list<float>(reader, "base", model_.items.rows());
    base_.assign(base.begin(), base.end());
    settle();
  }

  [[nodiscard]] static Need need(const TaskShape& task, int factors) {
    const std::int64_t d = factors + 1, base = task.items * std::int64_t{sizeof(float)};
    Need need = FactorModel::need(task, d);
    need.memory += base + FactorMatrix::bytes(d + 4, d) * task.threads + (1 << 20);
    need.saved += base + 64;
    return need;
  }

 private:
  RatingScale scale_;
  FactorModel model_;
  std::vector<float> base_;
};

}  // namespace assay
