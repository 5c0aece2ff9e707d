// CFGAN: a generator that completes a user's (or an item's) vector, trained against a discriminator. Chae, Kang, Kim,
// Lee: "CFGAN: A Generic Collaborative Filtering Framework based on Generative Adversarial Networks", CIKM 2018.

#include <algorithm>
#include <optional>
#include <vector>

#include "assay/errors.hpp"
#include "assay/model.hpp"
#include "assay/plugin.hpp"

#include "params.hpp"
#include "scorer.hpp"
#include "trainer.hpp"

namespace cfgan {
namespace {

class Cfgan final : public assay::Recommender, public assay::Resumable, public assay::Sized {
 public:
  using Params = cfgan::Params;
  // Item mode cannot serve users it has not seen, so fold_in is not claimed although user mode goes by the profile.
  static constexpr assay::Traits traits{
      .seeded = true, .fold_in = false, .slices = true, .cold_items = false, .any_threads = true};

  explicit Cfgan(Params params) : params_(std::move(params)), scorer_(params_) {
    for (const auto* layers : {&params_.generator_layers, &params_.discriminator_layers})
      if (layers->empty())
        throw assay::ConfigError("cfgan: generator_layers and discriminator_layers need one hidden layer at least.");
  }

  [[nodiscard]] assay::Need need(const assay::TaskShape& task) const override {
    const bool by_item = params_.mode == "item";
    const std::int64_t samples = by_item ? task.items : task.users, places = by_item ? task.users : task.items;
    const Size generator = size_of(params_.generator_layers, places, places);
    const Size discriminator = size_of(params_.discriminator_layers, 2 * places, 1);
    const std::int64_t batch = std::max(params_.generator_batch, 2 * params_.discriminator_batch);
    const std::int64_t learnt = generator.parameters + discriminator.parameters;
    const std::int64_t scorer = by_item ? (samples + places) * params_.generator_layers.back() : generator.parameters;
    const std::int64_t masks = 2 * samples * places / 32;
    // Values, gradients and Adam's two moments; outputs and deltas of both tapes; fakes, conditions and what is
    // copied of a batch; masks; the scorer and the tile that it serves.
    const std::int64_t floats = 4 * learnt + 2 * batch * (generator.outputs + discriminator.outputs) +
                                3 * batch * places + masks + scorer + 64 * generator.outputs;
    return {.memory = 4 * floats, .saved = 4 * scorer, .training = 12 * learnt};
  }

  void fit(const assay::TrainingData& data, assay::Run& run) override {
    const assay::Interactions& samples = params_.mode == "item" ? data.by_item : data.by_user;
    if (samples.rows == 0 || samples.columns == 0)
      throw assay::DataError("cfgan: the training part has no users or no items.");
    trainer_.emplace(params_, samples);
    trainer_->initialise(run);
    for (int epoch = run.begin(params_.epochs); epoch < params_.epochs; ++epoch) {
      const Losses losses = trainer_->epoch(run, epoch);
      run.loss("generator", losses.generator);
      if (params_.discriminator_steps > 0) run.loss("discriminator", losses.discriminator);
      if (params_.scheme != "pm") run.loss("zr", losses.zr);
      scorer_.take(run, trainer_->generator(), samples);
      if (!run.next()) break;
    }
  }

  void score(const assay::Profiles& profiles, assay::Scores scores) const override { scorer_.score(profiles, scores); }
  void save(assay::Writer& writer) const override { scorer_.save(writer); }
  void load(assay::Reader& reader) override { scorer_.load(reader); }
  void save_training(assay::Writer& writer) const override {
    if (!trainer_) throw assay::Error("cfgan: there is no training to save before fit().");
    trainer_->save(writer);
  }
  void load_training(assay::Reader& reader) override {
    if (!trainer_) throw assay::Error("cfgan: training can be continued only from within fit().");
    trainer_->load(reader);
  }

 private:
  struct Size {
    std::int64_t parameters = 0, outputs = 0;
  };
  /// Of a network, in floats: all weights, and the outputs of all layers for one sample.
  static Size size_of(const std::vector<int>& hidden, std::int64_t inputs, std::int64_t outputs) {
    Size size;
    for (const std::int64_t width : hidden) {
      size.parameters += (inputs + 1) * (width + 16);  // rows are padded by up to 16
      size.outputs += width + 16;
      inputs = width;
    }
    size.parameters += (inputs + 1) * (outputs + 16);
    size.outputs += outputs + 16;
    return size;
  }

  Params params_;
  Scorer scorer_;
  std::optional<Trainer> trainer_;
};

}  // namespace
}  // namespace cfgan

ASSAY_PLUGIN("cfgan", "1.0.0",
             assay::component<assay::Recommender, cfgan::Cfgan>(
                 "cfgan", "Generative adversarial network that completes users' or items' vectors (CFGAN)."));
