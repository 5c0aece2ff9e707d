// Random walks of three steps on the graph of users and items: what P3α and RP3β share.
#pragma once
#include "assay/model.hpp"
#include "assay/sparse.hpp"

namespace walks {

struct Settings {
  int neighbours;      ///< k: items kept in each row of W
  double alpha, beta;  ///< exponent on the steps' probabilities; on the degree that an end point is divided by
  bool normalise;      ///< rows of W sum to 1
  bool use_values;     ///< a step's probability goes with the interaction's value, otherwise all are equal
};

/// A walk that begins at the user goes to one of his items, on to another user who has it, and ends at an item of
/// his (Cooper et al., WWW 2014; Paudel et al., TiiS 7(1), 2016):
///
///   W_ij = Σ_u (p_iu)^α (p_uj)^α / d_j^β,  W_ii = 0,  k best of each row        score(u, j) = Σ_{i ∈ profile(u)} x_ui
///   W_ij
///
/// with p_iu = x_ui / Σ_v x_vi, p_uj = x_uj / Σ_l x_ul, and d_j the users of item j.
class Model : public assay::Recommender, public assay::Sized {
 public:
  static constexpr assay::Traits traits{
      .seeded = false, .fold_in = true, .slices = false, .cold_items = false, .any_threads = true};

  explicit Model(const Settings& settings) : settings_(settings) {}

  [[nodiscard]] assay::Need need(const assay::TaskShape&) const override;
  void fit(const assay::TrainingData&, assay::Run&) override;
  void score(const assay::Profiles&, assay::Scores) const override;
  void save(assay::Writer& writer) const override { steps_.save(writer, "steps"); }
  void load(assay::Reader& reader) override { steps_ = assay::SparseMatrix::load_weights(reader, "steps"); }

 private:
  [[nodiscard]] assay::Interactions counted(const assay::Interactions&) const;

  Settings settings_;
  assay::SparseMatrix steps_;  // W
};

}  // namespace walks
