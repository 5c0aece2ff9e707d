// Global effects: what users and items do on average, estimated one after the other and shrunk (Bell and Koren,
// "Scalable collaborative filtering with jointly derived neighborhood interpolation weights", ICDM 2007, §3).

#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include "assay/errors.hpp"
#include "assay/model.hpp"
#include "assay/plugin.hpp"
#include "assay/ratings.hpp"
#include "assay/stored.hpp"

namespace {

using assay::Index;
using assay::Row;

/// A sum of products for a least-squares slope, shrunk by its support: n/(n + α) · Σ x·e / Σ x².
struct Slope {
  double product = 0, square = 0;
  std::int64_t count = 0;
  void add(double x, double residual) {
    product += x * residual;
    square += x * x;
    ++count;
  }
  [[nodiscard]] double shrunk(double alpha) const {
    const auto n = static_cast<double>(count);
    if (!(square > 1e-18 * n)) return 0;  // the variable is constant but for rounding
    return product / square * n / (n + alpha);
  }
};

class GlobalEffects final : public assay::Recommender, public assay::RatingPredictor, public assay::Sized {
 public:
  struct Params {
    double item_shrink = 5, user_shrink = 5, slope_shrink = 100;
    int sweeps = 10;
    bool interactions = true;
    static constexpr auto fields() {
      return std::tuple{
          assay::field(&Params::item_shrink, "item_shrink", "α of the item effect: ratings of nothing in particular.")
              .at_least(0),
          assay::field(&Params::user_shrink, "user_shrink", "α of the user effect.").at_least(0),
          assay::field(&Params::slope_shrink, "slope_shrink", "α of the four interactions.").at_least(0),
          assay::field(&Params::sweeps, "sweeps", "How often item and user effects are estimated in turn.").in(1, 1000),
          assay::field(&Params::interactions, "interactions",
                       "Also user × item average, user × item support, item × user average, item × user support.")};
    }
  };
  static constexpr assay::Traits traits{
      .seeded = false, .fold_in = true, .slices = true, .cold_items = false, .any_threads = true};

  explicit GlobalEffects(Params params) : params_(params) {}

  [[nodiscard]] assay::Need need(const assay::TaskShape& task) const override {
    const std::int64_t saved = task.items * std::int64_t{sizeof(Item)} + 64;
    const std::int64_t sums = task.items * std::int64_t{sizeof(Slope)} + task.users * std::int64_t{sizeof(double)};
    return {.memory = saved + sums, .saved = saved};
  }

  void fit(const assay::TrainingData& data, assay::Run& run) override {
    scale_ = assay::RatingScale::of(data.by_user);
    items_.assign(static_cast<std::size_t>(data.by_item.rows), {});
    centres_ = {};
    main_effects(data, run);
    if (!params_.interactions) return;
    measure(data);
    item_slopes(data, &Item::user_average, &User::average);
    item_slopes(data, &Item::user_support, &User::support);
    run.progress(params_.sweeps + 1, params_.sweeps + 1);
  }

  void score(const assay::Profiles& profiles, assay::Scores out) const override {
    for (Index row = 0; row < out.users; ++row) {
      const User user = user_of(profiles.known[row]);
      for (Index i = 0; i < out.items; ++i)
        out.data[row * out.stride + i] = static_cast<float>(predict(user, item(out.first_item + i)));
    }
  }

  void rate(const assay::Profiles& profiles, std::span<const Index> items, std::span<float> out) const override {
    assay::for_equal_profiles(profiles, [&](Index first, Index count) {
      const User user = user_of(profiles.known[first]);
      for (auto p = static_cast<std::size_t>(first); p < static_cast<std::size_t>(first + count); ++p)
        out[p] = scale_.clamp(predict(user, item(items[p])));
    });
  }

  void save(assay::Writer& writer) const override {
    const std::int64_t shape[] = {static_cast<std::int64_t>(items_.size()), kItemValues}, four[] = {4};
    scale_.save(writer, "scale");
    writer.tensor("items", {items_.data(), assay::Element::f64, shape});
    writer.tensor("centres", {&centres_, assay::Element::f64, four});
  }

  void load(assay::Reader& reader) override {
    scale_ = assay::RatingScale::load(reader, "scale");
    const auto saved = assay::stored_tensor<double>(reader, "items", {assay::extents_of(reader).items, kItemValues});
    const auto* first = static_cast<const Item*>(saved.data);
    items_.assign(first, first + saved.shape[0]);
    const auto centres = assay::stored_list<double>(reader, "centres", 4);
    centres_ = {centres[0], centres[1], centres[2], centres[3]};
  }

 private:
  /// Effect, centred average rating and √support (0 without ratings), slopes on the user's average and √support.
  struct Item {
    double effect, average, support, user_average, user_support;
  };
  static constexpr std::int64_t kItemValues = 5;
  static_assert(sizeof(Item) == kItemValues * sizeof(double));
  /// Effect, slopes on the item's average and √support, centred average rating and √support.
  struct User {
    double effect, item_average, item_support, average, support;
  };
  /// Means over all training interactions of the four explanatory variables.
  struct Centres {
    double item_average, item_support, user_average, user_support;
  };

  [[nodiscard]] const Item& item(Index i) const { return items_[static_cast<std::size_t>(i)]; }

  /// b_i and b_u by turns, each the shrunk mean of what the other leaves: Σ e / (n + α).
  void main_effects(const assay::TrainingData& data, assay::Run& run) {
    std::vector<double> user_effect(static_cast<std::size_t>(data.by_user.rows), 0);
    for (int sweep = 0; sweep < params_.sweeps; ++sweep) {
      if (run.cancelled()) throw assay::Cancelled();
      for (Index i = 0; i < data.by_item.rows; ++i) {
        const Row row = data.by_item[i];
        double sum = 0;
        for (std::size_t e = 0; e < row.columns.size(); ++e)
          sum +=
              static_cast<double>(row.values[e]) - scale_.mean - user_effect[static_cast<std::size_t>(row.columns[e])];
        items_[static_cast<std::size_t>(i)].effect = mean_of(sum, row.columns.size(), params_.item_shrink);
      }
      for (Index u = 0; u < data.by_user.rows; ++u)
        user_effect[static_cast<std::size_t>(u)] = user_effect_of(data.by_user[u]);
      run.progress(sweep + 1, params_.sweeps + 1);
    }
  }

  /// The items' side of the explanatory variables, and all their centres.
  void measure(const assay::TrainingData& data) {
    const auto n = static_cast<double>(std::max<std::int64_t>(1, data.by_user.size()));
    for (Index i = 0; i < data.by_item.rows; ++i) {
      const auto [average, support, count] = measured(data.by_item[i]);
      items_[static_cast<std::size_t>(i)].average = average;
      items_[static_cast<std::size_t>(i)].support = support;
      centres_.item_average += count * average / n;
      centres_.item_support += count * support / n;
    }
    for (Index u = 0; u < data.by_user.rows; ++u) {
      const auto [average, support, count] = measured(data.by_user[u]);
      centres_.user_average += count * average / n;
      centres_.user_support += count * support / n;
    }
    for (Item& one : items_) {
      const bool rated = one.support > 0;
      one.average = rated ? one.average - centres_.item_average : 0;
      one.support = rated ? one.support - centres_.item_support : 0;
    }
  }

  /// Each item's slope on a variable of its users, from what all effects before it leave.
  void item_slopes(const assay::TrainingData& data, double Item::*slope, double User::*variable) {
    std::vector<Slope> sums(items_.size());
    for (Index u = 0; u < data.by_user.rows; ++u) {
      const Row row = data.by_user[u];
      const User user = user_of(row);
      for (std::size_t e = 0; e < row.columns.size(); ++e)
        sums[static_cast<std::size_t>(row.columns[e])].add(
            user.*variable, static_cast<double>(row.values[e]) - predict(user, item(row.columns[e])));
    }
    for (std::size_t i = 0; i < items_.size(); ++i) items_[i].*slope = sums[i].shrunk(params_.slope_shrink);
  }

  /// Average rating, √support, count of a row.
  static std::tuple<double, double, double> measured(const Row& row) {
    const auto n = static_cast<double>(row.columns.size());
    double sum = 0;
    for (const float value : row.values) sum += static_cast<double>(value);
    return {n > 0 ? sum / n : 0, std::sqrt(n), n};
  }

  static double mean_of(double sum, std::size_t count, double alpha) {
    return count > 0 ? sum / (static_cast<double>(count) + alpha) : 0;
  }

  [[nodiscard]] double user_effect_of(const Row& profile) const {
    double sum = 0;
    for (std::size_t e = 0; e < profile.columns.size(); ++e)
      sum += static_cast<double>(profile.values[e]) - scale_.mean - item(profile.columns[e]).effect;
    return mean_of(sum, profile.columns.size(), params_.user_shrink);
  }

  /// All that is known of a user follows from his profile: strangers are served like everybody.
  [[nodiscard]] User user_of(const Row& profile) const {
    User user{user_effect_of(profile), 0, 0, 0, 0};
    if (!params_.interactions || profile.columns.empty()) return user;
    const auto slope_on = [&](double Item::*variable) {
      Slope sums;
      for (std::size_t e = 0; e < profile.columns.size(); ++e) {
        const Item& one = item(profile.columns[e]);
        const double known = user.effect + user.item_average * one.average;
        sums.add(one.*variable, static_cast<double>(profile.values[e]) - scale_.mean - one.effect - known);
      }
      return sums.shrunk(params_.slope_shrink);
    };
    user.item_average = slope_on(&Item::average);
    user.item_support = slope_on(&Item::support);
    const auto [average, support, count] = measured(profile);
    user.average = average - centres_.user_average;
    user.support = support - centres_.user_support;
    return user;
  }

  [[nodiscard]] double predict(const User& u, const Item& i) const {
    return scale_.mean + i.effect + u.effect + u.item_average * i.average + u.item_support * i.support +
           i.user_average * u.average + i.user_support * u.support;
  }

  Params params_;
  assay::RatingScale scale_;
  std::vector<Item> items_;
  Centres centres_{};
};

}  // namespace

ASSAY_PLUGIN("global_effects", "1.0.0",
             assay::component<assay::Recommender, GlobalEffects>(
                 "global_effects", "What users and items do on average: shrunk effects of explicit ratings."));
