// SLIM-BPR: item-to-item weights learnt by ranking what a user took above what he did not (Rendle, Freudenthaler,
// Gantner, Schmidt-Thieme, "BPR: Bayesian personalized ranking from implicit feedback", UAI 2009, §4.3.2, adaptive
// k-nearest neighbours).

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include "assay/errors.hpp"
#include "assay/linalg.hpp"
#include "assay/model.hpp"
#include "assay/plugin.hpp"
#include "assay/sparse.hpp"

namespace {

using assay::Index;

class SlimBpr final : public assay::Recommender, public assay::Resumable, public assay::Sized {
 public:
  struct Params {
    int epochs = 30;
    double learning_rate = 0.002;
    double lambda_positive = 0.001, lambda_negative = 0.001;
    int neighbours = 500;
    static constexpr auto fields() {
      using assay::field;
      return std::tuple{
          field(&Params::epochs, "epochs", "Passes; each draws as many triples as there are interactions.")
              .in(1, 100000),
          field(&Params::learning_rate, "learning_rate", "α: step of the gradient descent.").above(0),
          field(&Params::lambda_positive, "lambda_positive", "λ+: L2 regularization of weights into the item taken.")
              .at_least(0),
          field(&Params::lambda_negative, "lambda_negative", "λ−: the same of weights into the item not taken.")
              .at_least(0),
          field(&Params::neighbours, "neighbours",
                "Weights kept for each item that is scored: the largest in magnitude.")
              .in(1, 1000000)};
    }
  };
  static constexpr assay::Traits traits{
      .seeded = true, .fold_in = true, .slices = false, .cold_items = false, .any_threads = true};

  explicit SlimBpr(Params params) : params_(params) {}

  /// The dense weights that are learnt, and lists, matrix (growing by doubling) and transpose of those that are kept.
  [[nodiscard]] assay::Need need(const assay::TaskShape& task) const override {
    const std::int64_t dense = bytes_of(task.items);
    const std::int64_t kept = task.items * std::min<std::int64_t>(params_.neighbours, task.items) * 8;
    return {.memory = dense + 5 * kept + task.items * (40 + 4 * task.threads),
            .saved = kept + task.items * 8 + 64,
            .training = dense};
  }

  void fit(const assay::TrainingData& data, assay::Run& run) override {
    const assay::Interactions& x = data.by_user;
    allocate(x.columns);
    for (int epoch = run.begin(params_.epochs); epoch < params_.epochs; ++epoch) {
      run.loss("bpr", learn(x, run, epoch));
      weights_ = largest_of_rows(run, {learnt_.data(), items_, items_, stride_}, params_.neighbours).transposed();
      if (!run.next()) break;
    }
    std::vector<float>().swap(learnt_);  // assigning {} would keep the memory
  }

  /// x̂_ui = Σ_{l ∈ I_u, l ≠ i} w_il
  void score(const assay::Profiles& profiles, assay::Scores out) const override {
    sparse_times_sparse(assay::serial_executor(), pattern_of(profiles.known), weights_.view(), out.first_item,
                        {out.data, out.users, out.items, out.stride});
  }

  void save(assay::Writer& writer) const override { weights_.save(writer, "weights"); }
  void load(assay::Reader& reader) override { weights_ = assay::SparseMatrix::load_weights(reader, "weights"); }

  void save_training(assay::Writer& writer) const override {
    const std::int64_t shape[] = {items_, stride_};
    writer.tensor("learnt", {learnt_.data(), assay::Element::f32, shape});
  }
  void load_training(assay::Reader& reader) override {
    const auto saved = assay::stored_tensor<float>(reader, "learnt", {items_, stride_});
    const auto* first = static_cast<const float*>(saved.data);
    learnt_.assign(first, first + items_ * stride_);
  }

 private:
  static constexpr std::int64_t kDraws = 1024;  // between two looks at whether to go on

  [[nodiscard]] static std::int64_t bytes_of(std::int64_t items) {
    return items * assay::padded_stride(items) * std::int64_t{sizeof(float)};
  }

  void allocate(std::int64_t items) {
    items_ = items;
    stride_ = assay::padded_stride(items);
    const std::int64_t needed = bytes_of(items), available = assay::available_memory();
    if (needed > available)
      throw assay::Error("slim_bpr: a catalogue of " + std::to_string(items) + " items needs " +
                         std::to_string(needed) + " bytes for its " + std::to_string(items) + " × " +
                         std::to_string(items) + " weights, and " + std::to_string(available) +
                         " are available. Fewer items (filter: item_core), more memory or the model slim would do.");
    learnt_.assign(static_cast<std::size_t>(items * stride_), 0);
  }

  /// One epoch of LearnBPR (figure 4). Returns the mean of −ln σ(x̂_uij) as it was met.
  double learn(const assay::Interactions& x, const assay::Run& run, int epoch) {
    assay::Random random = run.random("triples", static_cast<std::uint64_t>(epoch));
    const std::int64_t first = x.offsets.front(), count = x.size();
    double loss = 0;
    std::int64_t met = 0;
    for (std::int64_t draw = 0; draw < count; ++draw) {
      if (draw % kDraws == 0 && run.cancelled()) throw assay::Cancelled();
      const std::int64_t taken = first + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(count)));
      const auto user = std::ranges::upper_bound(x.offsets, taken) - x.offsets.begin() - 1;
      const auto begin = x.offsets[static_cast<std::size_t>(user)], end = x.offsets[static_cast<std::size_t>(user) + 1];
      const std::span profile(x.column + begin, static_cast<std::size_t>(end - begin));
      if (std::ssize(profile) == x.columns) continue;  // nothing that this user did not take
      loss += step(profile, x.column[taken], not_taken(profile, x.columns, random));
      ++met;
    }
    return met ? loss / static_cast<double>(met) : 0;
  }

  /// Uniform among the items that the profile lacks: the r-th of them, r drawn.
  static Index not_taken(std::span<const Index> profile, Index items, assay::Random& random) {
    const auto rank = static_cast<Index>(random.below(static_cast<std::uint64_t>(items) - profile.size()));
    std::size_t low = 0, high = profile.size();  // how many of the profile lie before the r-th that it lacks
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (profile[middle] - static_cast<Index>(middle) <= rank)
        low = middle + 1;
      else
        high = middle;
    }
    return rank + static_cast<Index>(low);
  }

  /// w_il += α(σ(−x̂_uij) − λ+ w_il), w_jl −= α(σ(−x̂_uij) + λ− w_jl) for l in the profile, l ≠ i. Returns −ln σ(x̂_uij).
  double step(std::span<const Index> profile, Index i, Index j) {
    float *to_i = learnt_.data() + i * stride_, *to_j = learnt_.data() + j * stride_;
    double difference = 0;
    for (const Index l : profile) difference += double{to_i[l]} - double{to_j[l]};  // w_ii is 0
    const double slope = 1 / (1 + std::exp(difference)), rate = params_.learning_rate;
    const auto up = static_cast<float>(rate * slope);
    const auto shrink_i = static_cast<float>(1 - rate * params_.lambda_positive);
    const auto shrink_j = static_cast<float>(1 - rate * params_.lambda_negative);
    for (const Index l : profile) {
      to_i[l] = to_i[l] * shrink_i + up;
      to_j[l] = to_j[l] * shrink_j - up;
    }
    to_i[i] = 0;
    return difference > -30 ? std::log1p(std::exp(-difference)) : -difference;
  }

  Params params_;
  std::int64_t items_ = 0, stride_ = 0;
  std::vector<float> learnt_;    // w_il, while it learns: row i, column l
  assay::SparseMatrix weights_;  // those kept, transposed: row l, column i
};

}  // namespace

ASSAY_PLUGIN("slim_bpr", "1.0.0",
             assay::component<assay::Recommender, SlimBpr>(
                 "slim_bpr", "Item-to-item weights that rank what a user took above what he did not."));
