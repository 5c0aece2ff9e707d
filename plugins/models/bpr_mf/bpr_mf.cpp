// BPR-MF: factors that put what a user has before what he has not (Rendle, Freudenthaler, Gantner, Schmidt-Thieme,
// "BPR: Bayesian personalized ranking from implicit feedback", UAI 2009).

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <tuple>

#include "assay/errors.hpp"
#include "assay/model.hpp"
#include "assay/pairwise.hpp"
#include "assay/plugin.hpp"

namespace {

using Triple = assay::PairSampler::Triple;

class BprMf final : public assay::Recommender, public assay::Resumable, public assay::Sized {
 public:
  struct Params {
    int factors = 64, epochs = 100;
    double learning_rate = 0.02, decay = 0;
    double user_l2 = 0.02, positive_l2 = 0.02, negative_l2 = 0.02, bias_l2 = 0.01;
    double init_deviation = 0.1;
    static constexpr auto fields() {
      return std::tuple{
          assay::field(&Params::factors, "factors", "Length k of the users' and items' vectors.").in(1, 4096),
          assay::field(&Params::epochs, "epochs", "Epochs: each draws as many triples as there are interactions.")
              .in(1, 1000000),
          assay::field(&Params::learning_rate, "learning_rate", "α of the first epoch.").above(0),
          assay::field(&Params::decay, "decay", "In epoch e (from 0) the learning rate is α / (1 + decay · e).")
              .at_least(0),
          assay::field(&Params::user_l2, "user_l2", "λ_W: regularization of users' vectors.").at_least(0),
          assay::field(&Params::positive_l2, "positive_l2", "λ_H+: of the vector of an item that the user has.")
              .at_least(0),
          assay::field(&Params::negative_l2, "negative_l2", "λ_H-: of the vector of an item that he has not.")
              .at_least(0),
          assay::field(&Params::bias_l2, "bias_l2", "Regularization of the items' biases.").at_least(0),
          assay::field(&Params::init_deviation, "init_deviation", "Standard deviation of the first vectors.").above(0)};
    }
  };
  static constexpr assay::Traits traits{
      .seeded = true, .fold_in = true, .slices = true, .cold_items = false, .any_threads = true};

  explicit BprMf(Params params) : params_(params) {}

  [[nodiscard]] assay::Need need(const assay::TaskShape& task) const override {
    return assay::PairwiseFactors::need(task, params_.factors);
  }

  void fit(const assay::TrainingData& data, assay::Run& run) override {
    assay::require_memory(*this, "bpr_mf", params_.factors, assay::TaskShape::of(data, run));
    model_ = {data.by_user.rows, data.by_item.rows, params_.factors, params_.init_deviation, run};
    const assay::PairSampler sampler(data.by_user);
    for (int epoch = run.begin(params_.epochs); epoch < params_.epochs; ++epoch) {
      run.loss("bpr", learn(sampler, epoch, run));
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
  /// LearnBPR (fig. 4): triples with replacement. Returns the mean of -ln σ(x̂_uij).
  double learn(const assay::PairSampler& sampler, int epoch, const assay::Run& run) {
    assay::Random random = run.random("triples", static_cast<std::uint64_t>(epoch));
    const auto rates = assay::PairwiseRates::at(params_, epoch);
    std::array<Triple, assay::PairSampler::kBlock> block;
    double loss = 0;
    std::int64_t steps = 0;
    for (std::int64_t done = 0; done < sampler.size(); done += std::ssize(block)) {
      if (done % 65536 == 0 && run.cancelled()) throw assay::Cancelled();
      const std::span<const Triple> drawn = sampler.triples(random, sampler.size() - done, block);
      for (const Triple& t : drawn) model_.prefetch(t.user, t.positive, t.negative);
      for (const Triple& t : drawn) loss += learn(t, rates);
      steps += std::ssize(drawn);
    }
    return steps > 0 ? loss / static_cast<double>(steps) : 0;
  }

  /// Θ += α (σ(-x̂_uij) ∂x̂_uij/∂Θ - λ Θ).
  double learn(const Triple& t, const assay::PairwiseRates& rates) {
    const float x = model_.difference(t.user, t.positive, t.negative), e = std::exp(-std::fabs(x));
    model_.step(t.user, t.positive, t.negative, (x >= 0 ? e : 1) / (1 + e), rates);
    return static_cast<double>(std::max(-x, 0.F) + std::log1p(e));
  }

  Params params_;
  assay::PairwiseFactors model_;
};

}  // namespace

ASSAY_PLUGIN("bpr_mf", "1.0.0",
             assay::component<assay::Recommender, BprMf>(
                 "bpr_mf", "Factors learned by ranking what a user has above what he has not (BPR)."));
