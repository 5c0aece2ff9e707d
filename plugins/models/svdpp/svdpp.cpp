// SVD++: factors of explicit ratings, where what a user rated tells something whatever the rating (Koren,
// "Factorization meets the neighborhood: a multifaceted collaborative filtering model", KDD 2008, §4).

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

using assay::FactorMatrix;
using assay::Index;
using assay::Lanes;

class SvdPlusPlus final : public assay::Recommender,
                          public assay::RatingPredictor,
                          public assay::Resumable,
                          public assay::Sized {
 public:
  struct Params {
    int factors = 100, epochs = 70;
    double learning_rate = 0.007, decay = 0;
    double factor_l2 = 0.1, bias_l2 = 0.02;
    double init_deviation = 0.1;
    static constexpr auto fields() {
      return std::tuple{
          assay::field(&Params::factors, "factors", "Length f of all vectors.").in(1, 4096),
          assay::field(&Params::epochs, "epochs", "Passes over the ratings.").in(1, 1000000),
          assay::field(&Params::learning_rate, "learning_rate", "γ of the first epoch.").above(0),
          assay::field(&Params::decay, "decay", "In epoch e (from 0) the learning rate is γ / (1 + decay · e).")
              .at_least(0),
          assay::field(&Params::factor_l2, "factor_l2", "λ_7: of p_u, q_i and y_j.").at_least(0),
          assay::field(&Params::bias_l2, "bias_l2", "λ_6: of users' and items' biases.").at_least(0),
          assay::field(&Params::init_deviation, "init_deviation", "Standard deviation of the first vectors.").above(0)};
    }
  };
  static constexpr assay::Traits traits{
      .seeded = true, .fold_in = true, .slices = true, .cold_items = false, .any_threads = true};

  explicit SvdPlusPlus(Params params) : params_(params) {}

  [[nodiscard]] assay::Need need(const assay::TaskShape& task) const override {
    assay::Need need = assay::RatedFactors::need(task, params_.factors);
    const std::int64_t d = params_.factors + 1, dense = sizeof(float) * d;
    need.memory += FactorMatrix::bytes(task.users + task.items, d) + task.users * std::int64_t{sizeof(Index)};
    need.saved += task.items * dense;
    need.training = task.users * dense;
    return need;
  }

  void fit(const assay::TrainingData& data, assay::Run& run) override {
    assay::require_memory(*this, "svdpp", params_.factors, assay::TaskShape::of(data, run));
    model_.begin(data, params_.factors);
    own_ = FactorMatrix(data.by_user.rows, params_.factors + 1);
    implicit_ = FactorMatrix(data.by_item.rows, params_.factors + 1);
    assay::RatedFactors::draw(own_, data.by_user, run, "users", params_.init_deviation);
    assay::RatedFactors::draw(model_.items(), data.by_item, run, "items", params_.init_deviation);
    assay::RatedFactors::draw(implicit_, data.by_item, run, "implicit", params_.init_deviation);
    for (int epoch = run.begin(params_.epochs); epoch < params_.epochs; ++epoch) {
      run.loss("rmse", learn(data.by_user, epoch, run));
      settle(data.by_user, run);
      if (!run.next()) break;
    }
  }

  void score(const assay::Profiles& profiles, assay::Scores out) const override {
    model_.score(profiles, out, [this](const assay::Row& profile, std::span<float> row) { make(profile, row); });
  }
  void rate(const assay::Profiles& profiles, std::span<const Index> items, std::span<float> out) const override {
    model_.rate(profiles, items, out, [this](const assay::Row& profile, std::span<float> row) { make(profile, row); });
  }
  void save(assay::Writer& writer) const override {
    model_.save(writer);
    implicit_.save(writer, "implicit");
  }
  void load(assay::Reader& reader) override {
    implicit_ = {};  // what there was goes first
    model_.load(reader, params_.factors);
    implicit_ = FactorMatrix::load(reader, "implicit", model_.items().rows(), params_.factors + 1);
  }
  void save_training(assay::Writer& writer) const override { own_.save(writer, "own"); }
  void load_training(assay::Reader& reader) override {
    const std::int64_t users = own_.rows();
    own_ = {};
    own_ = FactorMatrix::load(reader, "own", users, params_.factors + 1);
  }

 private:
  /// One user at a time, in random order. Returns the root of the mean squared error, of each rating before its step.
  double learn(const assay::Interactions& x, int epoch, const assay::Run& run) {
    const auto step = static_cast<float>(params_.learning_rate / (1 + params_.decay * epoch));
    std::vector<Index> order(static_cast<std::size_t>(x.rows));
    std::iota(order.begin(), order.end(), 0);
    run.random("order", static_cast<std::uint64_t>(epoch)).shuffle(order);
    FactorMatrix scratch(2, params_.factors + 1);
    double squares = 0;
    for (std::size_t n = 0; n < order.size(); ++n) {
      if (n % 1024 == 0 && run.cancelled()) throw assay::Cancelled();
      if (const assay::Row ratings = x[order[n]]; !ratings.columns.empty())
        squares += learn(order[n], ratings, step, scratch);
    }
    return std::sqrt(squares / static_cast<double>(std::max<std::int64_t>(1, x.size())));
  }

  /// All ratings of a user, with Σ y_j as it was before: e = r - r̂;  p += γ (e q - λ p),  q += γ (e (p + z) - λ q),
  /// b += γ (e - λ b); then y_j += γ n^-½ Σ e q, after n steps of its regularization. Returns Σ e².
  double learn(Index user, const assay::Row& ratings, float step, FactorMatrix& scratch) {
    const std::int64_t d = params_.factors;
    const auto l2 = static_cast<float>(params_.factor_l2), bias_l2 = static_cast<float>(params_.bias_l2),
               mean = static_cast<float>(model_.scale().mean);
    const float keep = 1 - step * l2;
    float *p = own_.row(user).data(), *whole = scratch.row(0).data(), *pull = scratch.row(1).data();
    std::fill_n(pull, scratch.stride(), 0.F);
    add_implicit(ratings, scratch.row(0));
    for (std::int64_t k = 0; k <= d; k += 8)
      assay::lanes_at(whole + k) = assay::lanes_at(whole + k) + assay::lanes_at(p + k);
    double squares = 0;
    for (std::size_t r = 0; r < ratings.columns.size(); ++r) {
      float* q = model_.items().row(ratings.columns[r]).data();
      float& base = model_.base()[static_cast<std::size_t>(ratings.columns[r])];
      const float error = ratings.values[r] - base - assay::dot(whole, q, d + 1), gain = step * error, user_bias = p[d];
      for (std::int64_t k = 0; k <= d; k += 8) {
        const Lanes own = assay::lanes_at(p + k), w = assay::lanes_at(whole + k), b = assay::lanes_at(q + k),
                    moved = keep * own + gain * b;
        assay::lanes_at(p + k) = moved;
        assay::lanes_at(whole + k) = w + (moved - own);
        assay::lanes_at(q + k) = keep * b + gain * w;
        assay::lanes_at(pull + k) = assay::lanes_at(pull + k) + gain * b;
      }
      p[d] = whole[d] = user_bias + gain - step * bias_l2 * user_bias;  // the last places: b_u and 1
      q[d] = 1;
      base += gain - step * bias_l2 * (base - mean);
      squares += static_cast<double>(error) * static_cast<double>(error);
    }
    pull[d] = 0;
    const auto n = static_cast<float>(ratings.columns.size());
    const float faded = std::pow(keep, n), norm = 1 / std::sqrt(n);
    for (const Index j : ratings.columns) {
      float* y = implicit_.row(j).data();
      for (std::int64_t k = 0; k <= d; k += 8)
        assay::lanes_at(y + k) = faded * assay::lanes_at(y + k) + norm * assay::lanes_at(pull + k);
    }
    return squares;
  }

  /// row = [n^-½ Σ y_j over a profile, 0].
  void add_implicit(const assay::Row& profile, std::span<float> row) const {
    std::ranges::fill(row, 0.F);
    for (const Index j : profile.columns) {
      const auto y = implicit_.row(j);
      for (std::size_t k = 0; k + 1 < row.size(); ++k) row[k] += y[k];
    }
    const float norm = 1 / std::sqrt(static_cast<float>(std::max<std::size_t>(1, profile.columns.size())));
    for (float& value : row) value *= norm;
  }

  /// Users' rows as they are scored: [p_u + n^-½ Σ y_j, b_u].
  void settle(const assay::Interactions& x, assay::Run& run) {
    assay::for_ranges(run, x.rows, 256, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t u = begin; u < end; ++u) {
        const auto row = model_.users().row(u), own = own_.row(u);
        add_implicit(x[static_cast<Index>(u)], row);
        for (std::size_t k = 0; k < row.size(); ++k) row[k] += own[k];
      }
    });
    model_.settle();
  }

  /// Makes the row of a user for a profile that was not trained: the implicit part as it is, the rest solved.
  void make(const assay::Row& profile, std::span<float> row) const {
    add_implicit(profile, row);
    model_.solve(profile, params_.factor_l2, params_.bias_l2, row);
  }

  Params params_;
  assay::RatedFactors model_;
  FactorMatrix own_, implicit_;  // [p_u, b_u]; [y_j, 0]
};

}  // namespace

ASSAY_PLUGIN("svdpp", "1.0.0",
             assay::component<assay::Recommender, SvdPlusPlus>(
                 "svdpp", "Factors of explicit ratings that also learn from what was rated at all (SVD++)."));
