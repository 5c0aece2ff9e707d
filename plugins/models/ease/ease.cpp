// EASE: a linear autoencoder of items in closed form (Steck, "Embarrassingly shallow autoencoders for sparse data",
// WWW 2019).

#include <algorithm>
#include <limits>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "assay/bit_rows.hpp"
#include "assay/errors.hpp"
#include "assay/linalg.hpp"
#include "assay/model.hpp"
#include "assay/plugin.hpp"
#include "assay/sparse.hpp"

namespace {

using assay::Index;

class Ease final : public assay::Recommender, public assay::Sized {
 public:
  struct Params {
    double lambda = 300;
    int neighbours = 0;
    bool use_values = false;
    static constexpr auto fields() {
      return std::tuple{
          assay::field(&Params::lambda, "lambda", "L2 regularization; more for sparser data.").above(0),
          assay::field(
              &Params::neighbours, "neighbours",
              "Weights kept for each item that is scored, the largest in magnitude; 0: all, in a dense matrix.")
              .in(0, 1000000),
          assay::field(&Params::use_values, "use_values",
                       "Weigh interactions by their values (ratings, counts); otherwise each counts 1.")};
    }
  };
  static constexpr assay::Traits traits{
      .seeded = false, .fold_in = true, .slices = true, .cold_items = false, .any_threads = true};

  explicit Ease(Params params) : params_(params) {}

  /// One matrix; beside it long profiles as bits while they are counted, what the inverse needs and each thread's
  /// panel, or lists of the weights that are kept.
  [[nodiscard]] assay::Need need(const assay::TaskShape& task) const override {
    const std::int64_t dense = floats_for(task.items) * std::int64_t{sizeof(float)};
    const std::int64_t scratch =
        assay::invert_spd_bytes(task.items) + kPanel * task.threads * task.items * std::int64_t{sizeof(float)};
    const std::int64_t kept = bytes_of_lists(task.items);
    const std::int64_t bits = assay::BitRows::most_bytes(task.users, task.items, task.interactions);
    return {.memory = dense + std::max({scratch, 4 * kept, params_.use_values ? 0 : bits}),
            .saved = kept ? kept + 8 * task.items + 64 : dense};
  }

  void fit(const assay::TrainingData& data, assay::Run& run) override {
    allocate(data.by_item.rows);
    const assay::Matrix b = weights();
    // G = XᵀX + λI; P = G⁻¹ (eq. 7, 8)
    gram_lower(run, counted(data.by_item), counted(data.by_user), b);
    for (Index i = 0; i < items_; ++i) b.data[i * stride_ + i] += static_cast<float>(params_.lambda);
    run.progress(5, 100);
    invert_spd(run, b, 5, 95, 100);
    if (params_.neighbours > 0)
      keep_largest(run);
    else
      arrange_panels(run);
    run.progress(100, 100);
  }

  /// S = X·B, row by row (eq. 1).
  void score(const assay::Profiles& profiles, assay::Scores out) const override {
    if (params_.neighbours > 0) {
      sparse_times_sparse(assay::serial_executor(), counted(profiles.known), kept_.view(), out.first_item,
                          {out.data, out.users, out.items, out.stride});
      return;
    }
    const std::int64_t last = out.first_item + out.items;
    for (std::int64_t item = out.first_item, next = 0; item < last; item = next) {
      next = std::min((item / kPanel + 1) * kPanel, last);
      const float* panel = weights_.data() + item / kPanel * kPanel * stride_;
      sparse_times_dense(assay::serial_executor(), counted(profiles.known),
                         {panel + item % kPanel, items_, next - item, kPanel},
                         {out.data + (item - out.first_item), out.users, next - item, out.stride});
    }
  }

  void save(assay::Writer& writer) const override {
    if (params_.neighbours > 0) {
      kept_.save(writer, "kept");
      return;
    }
    const std::int64_t shape[] = {panels(), stride_, kPanel}, one[] = {1};
    writer.tensor("weights", {weights_.data(), assay::Element::f32, shape});
    writer.tensor("items", {&items_, assay::Element::i64, one});
  }

  void load(assay::Reader& reader) override {
    if (params_.neighbours > 0) {
      kept_ = assay::SparseMatrix::load_weights(reader, "kept");
      return;
    }
    items_ = assay::stored_list<std::int64_t>(reader, "items", 1)[0];
    const std::int64_t expected = assay::extents_of(reader).items, most = std::numeric_limits<Index>::max();
    if (items_ < 0 || items_ > most || (expected != assay::kAny && items_ != expected))
      assay::refuse_stored("items", expected == assay::kAny ? "a number of items" : std::to_string(expected),
                           std::to_string(items_));
    stride_ = assay::padded_stride(items_);
    const assay::Tensor saved = assay::stored_tensor<float>(reader, "weights", {panels(), stride_, kPanel});
    const auto* first = static_cast<const float*>(saved.data);
    weights_.assign(first, first + panels() * kPanel * stride_);
  }

 private:
  static constexpr std::int64_t kPanel = 64;

  [[nodiscard]] static std::int64_t floats_for(std::int64_t items) {
    return (items + kPanel - 1) / kPanel * kPanel * assay::padded_stride(items);
  }

  [[nodiscard]] assay::Interactions counted(const assay::Interactions& x) const {
    return params_.use_values ? x : pattern_of(x);
  }

  [[nodiscard]] std::int64_t panels() const { return (items_ + kPanel - 1) / kPanel; }
  [[nodiscard]] assay::Matrix weights() { return {weights_.data(), items_, items_, stride_}; }

  /// B_ij = −P_ij / P_jj, and no item explains itself: B_jj = 0 (eq. 8). P is symmetric: 64 of its rows, transposed in
  /// place, are a panel of 64 columns of B.
  void arrange_panels(assay::Run& run) {
    const assay::Matrix b = weights();
    assay::for_ranges(run, items_, kPanel, [&](std::int64_t begin, std::int64_t end) {
      const std::int64_t width = end - begin;
      std::vector<float> panel(static_cast<std::size_t>(items_ * kPanel));
      transpose(assay::serial_executor(), {b.data + begin * stride_, width, items_, stride_},
                {panel.data(), items_, width, kPanel});
      for (std::int64_t j = 0; j < width; ++j) {
        const float diagonal = b.data[(begin + j) * stride_ + begin + j];
        for (std::int64_t i = 0; i < items_; ++i) panel[static_cast<std::size_t>(i * kPanel + j)] /= -diagonal;
        panel[static_cast<std::size_t>((begin + j) * kPanel + j)] = 0;
      }
      std::ranges::copy(panel, b.data + begin * stride_);
    });
  }

  /// Only the k largest of each column of B, which is a row of P. The matrix goes.
  void keep_largest(assay::Run& run) {
    const assay::Matrix p = weights();
    std::vector<float> diagonal;
    for (Index j = 0; j < items_; ++j) diagonal.push_back(std::exchange(p.data[j * stride_ + j], 0.f));
    assay::SparseMatrix columns = largest_of_rows(run, p, params_.neighbours);
    std::vector<float>().swap(weights_);  // assigning {} would keep the memory
    for (std::size_t j = 0; j < diagonal.size(); ++j)
      for (auto e = columns.offsets[j]; e < columns.offsets[j + 1]; ++e)
        columns.value[static_cast<std::size_t>(e)] /= -diagonal[j];
    kept_ = columns.transposed();
  }

  /// Of one copy of the weights that are kept.
  [[nodiscard]] std::int64_t bytes_of_lists(std::int64_t items) const {
    return items * std::min<std::int64_t>(params_.neighbours, items) * std::int64_t{sizeof(assay::Scored)};
  }

  void allocate(std::int64_t items) {
    items_ = items;
    stride_ = assay::padded_stride(items);
    const std::int64_t floats = floats_for(items), size = sizeof(float);
    const std::int64_t needed = floats * size + std::max(assay::invert_spd_bytes(items), 4 * bytes_of_lists(items));
    const std::int64_t available = assay::available_memory();
    if (needed > available)
      throw assay::Error("ease: a catalogue of " + std::to_string(items) + " items needs " + std::to_string(needed) +
                         " bytes for its " + std::to_string(items) + " × " + std::to_string(items) + " weights, and " +
                         std::to_string(available) +
                         " are available. Fewer items (filter: item_core) or more memory would do.");
    weights_.assign(static_cast<std::size_t>(floats), 0);
  }

  Params params_;
  std::int64_t items_ = 0, stride_ = 0;
  /// Panels of 64 columns, so that the part of B that serves a tile of users lies together: B_ij is
  /// weights_[j / 64][i][j % 64] of [panels][stride][64]; rows from `items` on are padding.
  std::vector<float> weights_;
  assay::SparseMatrix kept_;  // instead of it, where only the largest are kept: row i, column j: B_ij
};

}  // namespace

ASSAY_PLUGIN("ease", "1.0.0",
             assay::component<assay::Recommender, Ease>(
                 "ease", "A linear autoencoder of items in closed form: one inverse of a regularized Gram matrix."));
