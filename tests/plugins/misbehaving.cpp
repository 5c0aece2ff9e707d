// Recommenders that each break one rule of the conformance suite, and one that keeps them all.

#include <algorithm>
#include <atomic>
#include <cmath>
#include <csignal>
#include <limits>
#include <stdexcept>
#include <vector>

#include "assay/model.hpp"
#include "assay/plugin.hpp"

namespace {

using assay::Index;

enum class Fault {
  none,
  hidden_state,
  not_a_number,
  empty_place,
  beyond,
  forgets_to_save,
  neighbours,
  not_seeded,
  seeded_in_vain,
  crash_in_fit,
  crash_in_score,
  infinite_loss,
  deaf,
  disturbed,
  threads,
  slices,
  forgetful_checkpoint,
  plain_data,
  repelled,
  throwing,
  looks_up,
  own_loop,
  threads_of_a_crowd,
  cancel_error,
  hoards,
  forgetful_schedule,
  ignores_cold,
  one_user,
  one_item,
  empty,
  equal,
  rates_nothing,
  rates_by_mood,
  rates_by_company
};

std::atomic<int> objects{0};

/// Popularity with a random sprinkle, trained in epochs; what goes wrong is decided by the template argument.
template <Fault fault>
class Model final : public assay::Recommender, public assay::Resumable, public assay::RatingPredictor {
 public:
  static constexpr assay::Traits traits{
      .seeded = fault != Fault::not_seeded, .fold_in = true, .slices = true, .cold_items = true, .any_threads = true};
  Model() : serial_(++objects) {}

  void fit(const assay::TrainingData& data, assay::Run& run) override {
    if (weights_.empty()) weights_.assign(static_cast<std::size_t>(data.by_item.rows), 0.0F);
    if constexpr (fault == Fault::crash_in_fit) std::raise(SIGABRT);
    if constexpr (fault == Fault::plain_data)
      if (data.items.columns.empty()) throw std::runtime_error("no genres");
    for (int pass = 0; fault == Fault::own_loop && pass < 4; ++pass) run.loss("warm-up", 1.0 / (1 + pass));
    if constexpr (fault == Fault::looks_up)
      for (Index user = 0; user < data.by_user.rows; ++user) seen_.push_back(hash_of(data.by_user[user]));
    for (int epoch = run.begin(5); epoch < 5; ++epoch) {
      auto random = run.random("sprinkle", static_cast<std::uint64_t>(epoch));
      for (Index item = 0; item < data.by_item.rows; ++item) {
        float noise =
            fault == Fault::seeded_in_vain ? 0.01F * static_cast<float>(item) : static_cast<float>(random.uniform());
        if constexpr (fault == Fault::hidden_state) noise += static_cast<float>(serial_);
        noise += 0.0F / divisor(data);
        weights_[static_cast<std::size_t>(item)] +=
            noise + momentum_ + static_cast<float>(data.by_item[item].columns.size());
      }
      momentum_ += 0.25F;
      if constexpr (fault == Fault::forgetful_schedule) weights_[0] += ++step_ > 3 ? 10.0F : 0.0F;
      if constexpr (fault == Fault::cancel_error)
        if (run.cancelled()) throw std::runtime_error("the user pressed a key");
      if constexpr (fault == Fault::ignores_cold)
        for (Index item = 0; item < data.by_item.rows; ++item)
          if (data.by_item[item].columns.empty()) weights_[static_cast<std::size_t>(item)] = 0;
      if constexpr (fault == Fault::threads) weights_[0] += static_cast<float>(run.threads());
      if constexpr (fault == Fault::threads_of_a_crowd)
        if (data.by_item.rows > 64) weights_[0] += static_cast<float>(run.threads());
      if constexpr (fault == Fault::disturbed) weights_[0] += static_cast<float>(scored_);
      run.loss("fit", fault == Fault::infinite_loss ? std::numeric_limits<double>::infinity() : 1.0 / (1 + epoch));
      const bool more = run.next();
      if (!more && fault != Fault::deaf) break;
    }
    if constexpr (fault == Fault::hoards) history().push_back(weights_);
  }

  void score(const assay::Profiles& profiles, assay::Scores out) const override {
    if constexpr (fault == Fault::crash_in_score) std::raise(SIGABRT);
    if constexpr (fault == Fault::throwing) throw std::runtime_error("no scores today");
    ++scored_;
    for (Index user = 0; user < out.users; ++user)
      for (Index i = 0; i < out.items; ++i) write(profiles, out, user, i);
  }

  void rate(const assay::Profiles& profiles, std::span<const Index> item, std::span<float> out) const override {
    for (std::size_t p = 0; p < item.size(); ++p) {
      out[p] = 3 + 1 / (1 + weights_[static_cast<std::size_t>(item[p])]);
      if constexpr (fault == Fault::rates_nothing)
        if (profiles.user[p] == assay::kUnknown) out[p] = std::nanf("");
      if constexpr (fault == Fault::rates_by_mood) out[p] += static_cast<float>(serial_);
      if constexpr (fault == Fault::rates_by_company) out[p] += static_cast<float>(item[0]);
    }
    if constexpr (fault != Fault::rates_nothing) static_cast<void>(profiles);
  }

  void save(assay::Writer& file) const override {
    const std::int64_t shape[] = {static_cast<std::int64_t>(weights_.size())};
    file.tensor("weights", {weights_.data(), assay::Element::f32, shape});
    const std::int64_t profiles[] = {static_cast<std::int64_t>(seen_.size())};
    file.tensor("seen", {seen_.data(), assay::Element::i64, profiles});
  }
  void load(assay::Reader& file) override {
    const assay::Tensor stored = file.tensor("weights");
    const auto* data = static_cast<const float*>(stored.data);
    weights_.assign(data, data + stored.shape[0]);
    if constexpr (fault == Fault::forgets_to_save) weights_[3] = 0;
    const assay::Tensor seen = file.tensor("seen");
    const auto* hashes = static_cast<const std::int64_t*>(seen.data);
    seen_.assign(hashes, hashes + seen.shape[0]);
  }
  void save_training(assay::Writer& file) const override {
    const std::int64_t shape[] = {1};
    file.tensor("momentum", {&momentum_, assay::Element::f32, shape});
  }
  void load_training(assay::Reader& file) override {
    momentum_ = *static_cast<const float*>(file.tensor("momentum").data);
    if constexpr (fault == Fault::forgetful_checkpoint) momentum_ = 0;
  }

 private:
  static std::vector<std::vector<float>>& history() {
    static std::vector<std::vector<float>> all;
    return all;
  }

  static std::int64_t hash_of(const assay::Row& profile) {
    std::int64_t hash = 0;
    for (const Index item : profile.columns) hash = hash * 1'000'003 % 998'244'353 + item + 1;
    return hash;
  }

  /// What a careless formula divides by.
  static float divisor(const assay::TrainingData& data) {
    std::size_t least = 1u << 20, most = 0;
    for (Index item = 0; item < data.by_item.rows; ++item) {
      least = std::min(least, data.by_item[item].columns.size());
      most = std::max(most, data.by_item[item].columns.size());
    }
    if constexpr (fault == Fault::one_user) return static_cast<float>(data.by_user.rows - 1);
    if constexpr (fault == Fault::one_item) return static_cast<float>(data.by_item.rows - 1);
    if constexpr (fault == Fault::equal) return data.by_item.rows == 1 ? 1.0F : static_cast<float>(most - least);
    return 1;
  }

  void write(const assay::Profiles& profiles, assay::Scores out, Index user, Index i) const {
    float* row = out.data + user * out.stride;
    float value = weights_[static_cast<std::size_t>(out.first_item + i)];
    if constexpr (fault == Fault::not_a_number)
      if (user == 1) value = std::nanf("");
    if constexpr (fault == Fault::empty_place)
      if (i == 4) return;
    if constexpr (fault == Fault::beyond) row[out.items] = 1;
    if constexpr (fault == Fault::neighbours) value += static_cast<float>(profiles.known[0].columns.size());
    if constexpr (fault == Fault::slices) value += static_cast<float>(out.first_item);
    if constexpr (fault == Fault::repelled)
      if (profiles.user[static_cast<std::size_t>(user)] == assay::kUnknown)
        value = -std::numeric_limits<float>::infinity();
    if constexpr (fault == Fault::empty) value += 0.0F / static_cast<float>(profiles.known.size());
    if constexpr (fault == Fault::looks_up)
      if (std::find(seen_.begin(), seen_.end(), hash_of(profiles.known[user])) == seen_.end())
        value = -std::numeric_limits<float>::infinity();
    row[i] = value;
  }

  int serial_, step_ = 0;
  float momentum_ = 0;
  std::vector<std::int64_t> seen_;  // profiles of the training data
  mutable std::atomic<int> scored_ = 0;
  std::vector<float> weights_;
};

template <Fault fault>
constexpr assay::Component named(const char* name) {
  return assay::component<assay::Recommender, Model<fault>>(name, "Popularity with a sprinkle of noise.");
}

/// Parameters that are badly declared.
class Undocumented final : public assay::Recommender {
 public:
  struct Params {
    int depth = 20;
    static constexpr auto fields() { return std::tuple{assay::field(&Params::depth, "depth", "depth").in(1, 10)}; }
  };
  explicit Undocumented(Params) {}
  void fit(const assay::TrainingData&, assay::Run&) override {}
  void score(const assay::Profiles&, assay::Scores) const override {}
  void save(assay::Writer&) const override {}
  void load(assay::Reader&) override {}
};

}  // namespace

ASSAY_PLUGIN("misbehaving", "1.0.0", named<Fault::none>("none"), named<Fault::hidden_state>("hidden_state"),
             named<Fault::not_a_number>("not_a_number"), named<Fault::empty_place>("empty_place"),
             named<Fault::beyond>("beyond"), named<Fault::forgets_to_save>("forgets_to_save"),
             named<Fault::neighbours>("neighbours"), named<Fault::not_seeded>("not_seeded"),
             named<Fault::seeded_in_vain>("seeded_in_vain"), named<Fault::crash_in_fit>("crash_in_fit"),
             named<Fault::crash_in_score>("crash_in_score"), named<Fault::infinite_loss>("infinite_loss"),
             named<Fault::deaf>("deaf"), named<Fault::disturbed>("disturbed"), named<Fault::threads>("threads"),
             named<Fault::slices>("slices"), named<Fault::forgetful_checkpoint>("forgetful_checkpoint"),
             named<Fault::plain_data>("plain_data"), named<Fault::repelled>("repelled"),
             named<Fault::throwing>("throwing"), named<Fault::looks_up>("looks_up"), named<Fault::own_loop>("own_loop"),
             named<Fault::threads_of_a_crowd>("threads_of_a_crowd"), named<Fault::cancel_error>("cancel_error"),
             named<Fault::hoards>("hoards"), named<Fault::forgetful_schedule>("forgetful_schedule"),
             named<Fault::ignores_cold>("ignores_cold"), named<Fault::one_user>("one_user"),
             named<Fault::one_item>("one_item"), named<Fault::empty>("empty"), named<Fault::equal>("equal"),
             named<Fault::rates_nothing>("rates_nothing"), named<Fault::rates_by_mood>("rates_by_mood"),
             named<Fault::rates_by_company>("rates_by_company"),
             assay::component<assay::Recommender, Undocumented>("undocumented", "does nothing"));
