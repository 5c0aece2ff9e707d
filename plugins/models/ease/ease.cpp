// EASE: a linear autoencoder of items in closed form (Steck, "Embarrassingly shallow autoencoders for sparse data",
// WWW 2019).

#include <string>
#include <tuple>
#include <vector>

#include "assay/errors.hpp"
#include "assay/linalg.hpp"
#include "assay/model.hpp"
#include "assay/plugin.hpp"

namespace {

using assay::Index;

class Ease final : public assay::Recommender {
 public:
  struct Params {
    double lambda = 300;
    bool use_values = false;
    static constexpr auto fields() {
      return std::tuple{assay::field(&Params::lambda, "lambda", "L2 regularization; more for sparser data.").above(0),
                        assay::field(&Params::use_values, "use_values",
                                     "Weigh interactions by their values (ratings, counts); otherwise each counts 1.")};
    }
  };
  static constexpr assay::Traits traits{
      .seeded = false, .fold_in = true, .slices = true, .cold_items = false, .any_threads = true};

  explicit Ease(Params params) : params_(params) {}

  void fit(const assay::TrainingData& data, assay::Run& run) override {
    allocate(data.by_item.rows);
    const assay::Matrix b = weights();
    // G = XᵀX + λI; P = G⁻¹ (eq. 7, 8)
    gram_lower(run, counted(data.by_item), counted(data.by_user), b);
    for (Index i = 0; i < items_; ++i) b.data[i * stride_ + i] += static_cast<float>(params_.lambda);
    run.progress(1, 4);
    invert_spd(run, b);
    run.progress(3, 4);
    // B_ij = −P_ij / P_jj, and no item explains itself: B_jj = 0 (eq. 8)
    std::vector<float> diagonal(static_cast<std::size_t>(items_));
    for (Index j = 0; j < items_; ++j) diagonal[static_cast<std::size_t>(j)] = b.data[j * stride_ + j];
    assay::for_ranges(run, items_, 64, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        float* row = b.data + i * stride_;
        for (std::size_t j = 0; j < diagonal.size(); ++j) row[j] /= -diagonal[j];
        row[i] = 0;
      }
    });
    run.progress(4, 4);
  }

  /// S = X·B, row by row (eq. 1).
  void score(const assay::Profiles& profiles, assay::Scores out) const override {
    sparse_times_dense(assay::serial_executor(), counted(profiles.known),
                       {weights_.data() + out.first_item, items_, out.items, stride_},
                       {out.data, out.users, out.items, out.stride});
  }

  void save(assay::Writer& writer) const override {  // columns beyond the items are padding
    const std::int64_t shape[] = {items_, stride_};
    writer.tensor("weights", {weights_.data(), assay::Element::f32, shape});
  }

  void load(assay::Reader& reader) override {
    const assay::Tensor saved = reader.tensor("weights");
    items_ = saved.shape[0];
    stride_ = saved.shape[1];
    const auto* first = static_cast<const float*>(saved.data);
    weights_.assign(first, first + items_ * stride_);
  }

 private:
  [[nodiscard]] assay::Interactions counted(const assay::Interactions& x) const {
    return params_.use_values ? x : pattern_of(x);
  }

  [[nodiscard]] assay::Matrix weights() { return {weights_.data(), items_, items_, stride_}; }

  void allocate(std::int64_t items) {
    items_ = items;
    stride_ = assay::padded_stride(items);
    const std::int64_t scratch = 2 * 144 * items, needed = (items * stride_ + scratch) * std::int64_t{sizeof(float)};
    if (const std::int64_t available = assay::available_memory(); needed > available)
      throw assay::Error("ease: a catalogue of " + std::to_string(items) + " items needs " + std::to_string(needed) +
                         " bytes for its " + std::to_string(items) + " × " + std::to_string(items) + " weights, and " +
                         std::to_string(available) +
                         " are available. Fewer items (filter: item_core) or more memory would do.");
    weights_.assign(static_cast<std::size_t>(items * stride_), 0);
  }

  Params params_;
  std::int64_t items_ = 0, stride_ = 0;
  std::vector<float> weights_;  // B, items × items with a padded stride
};

}  // namespace

ASSAY_PLUGIN("ease", "1.0.0",
             assay::component<assay::Recommender, Ease>(
                 "ease", "A linear autoencoder of items in closed form: one inverse of a regularized Gram matrix."));
