#pragma once  // What is left of CFGAN after training: the generator, in the form that scores users fastest.

#include <optional>
#include <string>

#include "assay/model.hpp"
#include "assay/nn/network.hpp"

#include "params.hpp"

namespace cfgan {

/// score(u, i) = h · w + b, the generator's last product before its output activation (which keeps the order, and would
/// make ties of large scores).
/// Item mode: h is the last hidden layer for item i's training vector, kept for all items; w, b are column u of the
/// last layer. Memory: (items + users) × hidden, never items × users. User mode: h is computed from the profile; w, b
/// are column i.
class Scorer {
 public:
  explicit Scorer(const Params& params) : params_(params), by_item_(params.mode == "item") {}
  /// Takes over the generator's present weights. `samples` are the training vectors.
  void take(assay::Executor& executor, const assay::nn::Network& generator, const assay::Interactions& samples);
  void score(const assay::Profiles& profiles, assay::Scores scores) const;
  void save(assay::Writer& writer) const;
  void load(const assay::Reader& reader);

 private:
  /// The last hidden layer for the profiles [first, first + count), in the first rows of the result.
  [[nodiscard]] assay::nn::Block hidden_of(const assay::Profiles& profiles, assay::Index first,
                                           assay::Index count) const;
  /// Column `user` of the last layer as row `row` of `out`.
  void column_of(assay::Index user, std::int64_t row, assay::nn::Block& out) const;
  /// Scores of 64 rows of hidden values for the items of one block of the catalogue.
  void score_tile(const assay::Profiles& profiles, const assay::nn::Block& left, assay::Index first, assay::Index count,
                  const assay::Scores& scores) const;

  Params params_;
  bool by_item_;
  assay::nn::Block item_hidden_, last_weights_, last_bias_;  // item mode
  std::optional<assay::nn::Network> generator_;              // user mode
};

}  // namespace cfgan
