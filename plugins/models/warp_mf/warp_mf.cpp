// WARP-MF: factors that learn from violations of the ranking, more from those at the top (Weston, Bengio, Usunier,
// "WSABIE: scaling up to large vocabulary image annotation", IJCAI 2011).

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include "assay/errors.hpp"
#include "assay/model.hpp"
#include "assay/pairwise.hpp"
#include "assay/plugin.hpp"

namespace {

using assay::Index;
using Triple = assay::PairSampler::Triple;

class WarpMf final : public assay::Recommender, public assay::Resumable, public assay::Sized {
 public:
  struct Params {
    int factors = 64, epochs = 60;
    double learning_rate = 0.001, decay = 0, margin = 1;
    int trials = 20;
    double max_norm = 10;
    double user_l2 = 0.3, positive_l2 = 0.3, negative_l2 = 0.3, bias_l2 = 0.05;
    double init_deviation = 0.1;
    static constexpr auto fields() {
      return std::tuple{
          assay::field(&Params::factors, "factors", "Length D of the users' and items' vectors.").in(1, 4096),
          assay::field(&Params::epochs, "epochs", "Epochs: each draws as many interactions as there are.")
              .in(1, 1000000),
          assay::field(&Params::learning_rate, "learning_rate", "γ of the first epoch.").above(0),
          assay::field(&Params::decay, "decay", "In epoch e (from 0) the learning rate is γ / (1 + decay · e).")
              .at_least(0),
          assay::field(&Params::margin, "margin", "An item that a user has not is to be this far below.").above(0),
          assay::field(&Params::trials, "trials", "Items drawn at most to find a violation.").in(1, 1000000),
          assay::field(&Params::max_norm, "max_norm", "C: no vector gets longer.").above(0),
          assay::field(&Params::user_l2, "user_l2", "Regularization of users' vectors.").at_least(0),
          assay::field(&Params::positive_l2, "positive_l2", "Of the vector of an item that the user has.").at_least(0),
          assay::field(&Params::negative_l2, "negative_l2", "Of the vector of an item that he has not.").at_least(0),
          assay::field(&Params::bias_l2, "bias_l2", "Regularization of the items' biases.").at_least(0),
          assay::field(&Params::init_deviation, "init_deviation", "Standard deviation of the first vectors.").above(0)};
    }
  };
  static constexpr assay::Traits traits{
      .seeded = true, .fold_in = true, .slices = true, .cold_items = false, .any_threads = true};

  explicit WarpMf(Params params) : params_(params) {}

  [[nodiscard]] assay::Need need(const assay::TaskShape& task) const override {
    assay::Need need = assay::PairwiseFactors::need(task, params_.factors);
    need.memory += task.items * std::int64_t{sizeof(float)};
    return need;
  }

  void fit(const assay::TrainingData& data, assay::Run& run) override {
    assay::require_memory(*this, "warp_mf", params_.factors, assay::TaskShape::of(data, run));
    model_ = {data.by_user.rows, data.by_item.rows, params_.factors, params_.init_deviation, run};
    const assay::PairSampler sampler(data.by_user);
    weight_of_rank(data.by_item.rows);
    for (int epoch = run.begin(params_.epochs); epoch < params_.epochs; ++epoch) {
      learn(sampler, epoch, run);
      model_.settle(data.by_user, run);
      if (!run.next()) break;
    }
  }

  void score(const assay::Profiles& profiles, assay::Scores out) const override { model_.score(profiles, out); }
  void save(assay::Writer& writer) const override { model_.save(writer); }
  void load(assay::Reader& reader) override { model_.load(reader, params_.factors); }
  /// The step width follows from the epoch: there is nothing else to remember.
  void save_training(assay::Writer&) const override {}
  void load_training(assay::Reader&) override {}

 private:
  struct Violation {
    Index item = assay::kUnknown;
    int trial = 0;
    float excess = 0;
  };

  /// L(k) = Σ_{s ≤ k} 1/s: what a positive item at rank k costs (eq. 2, α_s = 1/s).
  void weight_of_rank(Index items) {
    weight_.reserve(static_cast<std::size_t>(items) + 1);
    weight_.assign(1, 0);
    double sum = 0;
    for (Index k = 1; k <= items; ++k) weight_.push_back(static_cast<float>(sum += 1.0 / k));
  }

  /// Algorithm 1, an epoch of it.
  void learn(const assay::PairSampler& sampler, int epoch, assay::Run& run) {
    assay::Random random = run.random("pairs", static_cast<std::uint64_t>(epoch));
    const auto rates = assay::PairwiseRates::at(params_, epoch);
    double loss = 0;
    std::int64_t violations = 0;
    std::array<Triple, assay::PairSampler::kBlock> block;
    for (std::int64_t done = 0; done < sampler.size(); done += std::ssize(block)) {
      if (run.cancelled()) throw assay::Cancelled();
      for (const Triple& t : sampler.triples(random, sampler.size() - done, block)) {
        const Violation found = violation(sampler, t, random);
        if (found.item == assay::kUnknown) continue;
        const auto rank = static_cast<std::size_t>(std::max(1, sampler.negatives(t.user) / found.trial));
        model_.step(t.user, t.positive, found.item, weight_[rank], rates);
        model_.shorten(t.user, t.positive, found.item, static_cast<float>(params_.max_norm));
        loss += static_cast<double>(weight_[rank] * found.excess);
        ++violations;
      }
    }
    const auto drawn = static_cast<double>(std::max<std::int64_t>(1, sampler.size()));
    run.loss("warp", loss / drawn);
    run.measure("violations", static_cast<double>(violations) / drawn);
  }

  /// Draws items that the user has not, the triple's first, until one comes within the margin of the positive one.
  Violation violation(const assay::PairSampler& sampler, const Triple& t, assay::Random& random) const {
    const float bound = model_.score(t.user, t.positive) - static_cast<float>(params_.margin);
    std::array<Index, assay::PairSampler::kFew> few{};
    Index other = t.negative;
    for (int trial = 1; trial <= params_.trials; ++trial) {
      if (trial > 1) {
        const auto place = static_cast<std::size_t>(trial - 2) % few.size();
        if (place == 0) few = sampler.negatives(t.user, random);
        other = few[place];
      }
      const float excess = model_.score(t.user, other) - bound;
      if (!(excess <= 0)) return {other, trial, excess};  // NaN, too: the loss is to show it
    }
    return {};
  }

  Params params_;
  assay::PairwiseFactors model_;
  std::vector<float> weight_;
};

}  // namespace

ASSAY_PLUGIN("warp_mf", "1.0.0",
             assay::component<assay::Recommender, WarpMf>(
                 "warp_mf", "Factors learned from violations of the ranking, most from those at the top (WARP)."));
