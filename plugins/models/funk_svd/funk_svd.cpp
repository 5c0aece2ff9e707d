// Funk SVD: biases and factors of explicit ratings by stochastic gradient descent (Funk, "Netflix update: try this at
// home", 2006; with the biases of Koren, Bell, Volinsky, "Matrix factorization techniques for recommender systems",
// IEEE Computer 2009).

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <tuple>
#include <vector>

#include "assay/errors.hpp"
#include "assay/lanes.hpp"
#include "assay/model.hpp"
#include "assay/plugin.hpp"
#include "assay/rated_factors.hpp"

namespace {

using assay::Index;
using assay::Lanes;

class FunkSvd final : public assay::Recommender,
                      public assay::RatingPredictor,
                      public assay::Resumable,
                      public assay::Sized {
 public:
  struct Params {
    int factors = 100, epochs = 70;
    double learning_rate = 0.01, decay = 0;
    double user_l2 = 0.12, item_l2 = 0.12, bias_l2 = 0.02;
    double init_deviation = 0.1;
    static constexpr auto fields() {
      return std::tuple{
          assay::field(&Params::factors, "factors", "Length f of the users' and items' vectors.").in(1, 4096),
          assay::field(&Params::epochs, "epochs", "Passes over the ratings.").in(1, 1000000),
          assay::field(&Params::learning_rate, "learning_rate", "γ of the first epoch.").above(0),
          assay::field(&Params::decay, "decay", "In epoch e (from 0) the learning rate is γ / (1 + decay · e).")
              .at_least(0),
          assay::field(&Params::user_l2, "user_l2", "λ of users' vectors.").at_least(0),
          assay::field(&Params::item_l2, "item_l2", "λ of items' vectors.").at_least(0),
          assay::field(&Params::bias_l2, "bias_l2", "λ of users' and items' biases.").at_least(0),
          assay::field(&Params::init_deviation, "init_deviation", "Standard deviation of the first vectors.").above(0)};
    }
  };
  static constexpr assay::Traits traits{
      .seeded = true, .fold_in = true, .slices = true, .cold_items = false, .any_threads = true};

  explicit FunkSvd(Params params) : params_(params) {}

  /// The model, and for each rating its place in the order and its user.
  [[nodiscard]] assay::Need need(const assay::TaskShape& task) const override {
    assay::Need need = assay::RatedFactors::need(task, params_.factors);
    need.memory += task.interactions * std::int64_t{2 * sizeof(Index)};
    return need;
  }

  void fit(const assay::TrainingData& data, assay::Run& run) override {
    assay::require_memory(*this, "funk_svd", params_.factors, assay::TaskShape::of(data, run));
    model_.begin(data, params_.factors);
    assay::RatedFactors::draw(model_.users(), data.by_user, run, "users", params_.init_deviation);
    assay::RatedFactors::draw(model_.items(), data.by_item, run, "items", params_.init_deviation);
    std::vector<Index> user;
    for (Index u = 0; u < data.by_user.rows; ++u) user.insert(user.end(), data.by_user[u].columns.size(), u);
    for (int epoch = run.begin(params_.epochs); epoch < params_.epochs; ++epoch) {
      run.loss("rmse", learn(data.by_user, user, epoch, run));
      model_.settle();
      if (!run.next()) break;
    }
  }

  void score(const assay::Profiles& profiles, assay::Scores out) const override {
    model_.score(profiles, out, [this](const assay::Row& profile, std::span<float> row) { make(profile, row); });
  }
  void rate(const assay::Profiles& profiles, std::span<const Index> items, std::span<float> out) const override {
    model_.rate(profiles, items, out, [this](const assay::Row& profile, std::span<float> row) { make(profile, row); });
  }
  void save(assay::Writer& writer) const override { model_.save(writer); }
  void load(assay::Reader& reader) override { model_.load(reader, params_.factors); }
  /// The step width follows from the epoch: there is nothing else to remember.
  void save_training(assay::Writer&) const override {}
  void load_training(assay::Reader&) override {}

 private:
  struct Rates {
    float step, user, item, bias;
  };

  /// One pass in random order. Returns the root of the mean squared error, of each rating before its step.
  double learn(const assay::Interactions& x, std::span<const Index> user, int epoch, const assay::Run& run) {
    constexpr std::size_t kAhead = 8;
    const auto step = static_cast<float>(params_.learning_rate / (1 + params_.decay * epoch));
    const Rates rates{step, static_cast<float>(params_.user_l2), static_cast<float>(params_.item_l2),
                      static_cast<float>(params_.bias_l2)};
    std::vector<Index> order(user.size());
    std::iota(order.begin(), order.end(), 0);
    run.random("order", static_cast<std::uint64_t>(epoch)).shuffle(order);
    const Index* column = x.column + x.offsets.front();
    const float* value = x.value + x.offsets.front();
    double squares = 0;
    for (std::size_t n = 0; n < order.size(); ++n) {
      if (n % 65536 == 0 && run.cancelled()) throw assay::Cancelled();
      const auto ahead = static_cast<std::size_t>(order[std::min(n + 2 * kAhead, order.size() - 1)]);
      __builtin_prefetch(&user[ahead]);
      __builtin_prefetch(column + ahead);
      __builtin_prefetch(value + ahead);
      prefetch(user, column, static_cast<std::size_t>(order[std::min(n + kAhead, order.size() - 1)]));
      const auto at = static_cast<std::size_t>(order[n]);
      const double error = static_cast<double>(learn(user[at], column[at], value[at], rates));
      squares += error * error;
    }
    return std::sqrt(squares / static_cast<double>(std::max<std::size_t>(1, order.size())));
  }

  void prefetch(std::span<const Index> user, const Index* column, std::size_t at) {
    for (const float* row : {model_.users().row(user[at]).data(), model_.items().row(column[at]).data()})
      for (std::int64_t k = 0; k <= model_.factors(); k += 16) __builtin_prefetch(row + k);
  }

  /// e = r - r̂;  p += γ (e q - λ p),  q += γ (e p - λ q),  b += γ (e - λ b), all from the values before.
  float learn(Index u, Index i, float rating, const Rates& rates) {
    float *p = model_.users().row(u).data(), *q = model_.items().row(i).data();
    float& base = model_.base()[static_cast<std::size_t>(i)];
    const std::int64_t d = model_.factors();
    const float error = rating - base - assay::dot(p, q, d + 1), gain = rates.step * error,
                keep_user = 1 - rates.step * rates.user, keep_item = 1 - rates.step * rates.item, user_bias = p[d],
                mean = static_cast<float>(model_.scale().mean);
    for (std::int64_t k = 0; k <= d; k += 8) {
      const Lanes a = assay::lanes_at(p + k), b = assay::lanes_at(q + k);
      assay::lanes_at(p + k) = keep_user * a + gain * b;
      assay::lanes_at(q + k) = keep_item * b + gain * a;
    }
    p[d] = user_bias + gain - rates.step * rates.bias * user_bias;  // the last places: b_u and 1
    q[d] = 1;
    base += gain - rates.step * rates.bias * (base - mean);
    return error;
  }

  /// Makes the row of a user for a profile that was not trained.
  void make(const assay::Row& profile, std::span<float> row) const {
    model_.solve(profile, params_.user_l2, params_.bias_l2, row);
  }

  Params params_;
  assay::RatedFactors model_;
};

}  // namespace

ASSAY_PLUGIN("funk_svd", "1.0.0",
             assay::component<assay::Recommender, FunkSvd>(
                 "funk_svd", "Biases and factors of explicit ratings, learned by stochastic gradient descent."));
