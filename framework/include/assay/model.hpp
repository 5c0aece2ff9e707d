#pragma once  // What a model plugin implements: one task's interface, and any of the abilities below it.
#include "assay/component.hpp"
#include "assay/run.hpp"

namespace assay {

class ASSAY_EXPORT Model {
 public:
  virtual ~Model();
  virtual void save(Writer&) const = 0;  ///< all that score() needs
  virtual void load(Reader&) = 0;
};

struct TrainingData {
  Interactions by_user, by_item;  ///< train only; one is the transpose of the other
  Table users, items;             ///< rows in the order of the indices
};
struct Scores {
  float* data;
  std::int64_t stride;
  Index users, first_item, items;
};  ///< row i, column j: item first_item + j

class ASSAY_EXPORT Recommender : public Model {
 public:
  static constexpr Kind kKind = Kind::model;
  static constexpr const char* kInterface = "recommender";
  ~Recommender() override;
  virtual void fit(const TrainingData&, Run&) = 0;
  /// Fills every place: finite, or -inf for "not offered"; NaN fails the run. Any thread; a row's bits do not depend on
  /// the rows and slices beside it.
  virtual void score(const Profiles&, Scores) const = 0;
};

/// Pictures, profiles, series: `fit` on examples, then samples into out [count × the example's shape].
class ASSAY_EXPORT Generator : public Model {
 public:
  static constexpr Kind kKind = Kind::model;
  static constexpr const char* kInterface = "generator";
  ~Generator() override;
  virtual void fit(const Table& examples, Run&) = 0;
  virtual void generate(Random, std::int64_t count, std::span<float> out) const = 0;
};

/// Classes, risk, demand: scores [rows × outputs] from columns; what the outputs mean is the task's business.
class ASSAY_EXPORT Predictor : public Model {
 public:
  static constexpr Kind kKind = Kind::model;
  static constexpr const char* kInterface = "predictor";
  ~Predictor() override;
  virtual void fit(const Table& inputs, const Column& target, Run&) = 0;
  virtual void predict(const Table& inputs, Scores) const = 0;
};

// Abilities: further bases of a model, found by dynamic_cast. A new one breaks no plugin that exists.
/// Optimizer state and the like, so that a resumed training has the same bits. All within fit(): Run::next() saves, and
/// Run::begin() calls load() and load_training() before it returns the epochs already done.
class ASSAY_EXPORT Resumable {
 public:
  virtual ~Resumable();
  virtual void save_training(Writer&) const = 0;
  /// Called after load(), by Run::begin(): within fit(), when the sizes of the data are known.
  virtual void load_training(Reader&) = 0;
};
/// A task as it is known before anything of it is read.
struct TaskShape {
  std::int64_t users, items, interactions;  ///< of the part that is trained on
  std::int64_t
      pairs;  ///< Σ_u n_u² over the users' numbers of interactions: so many pairs of items share a user at most
  int threads;
  static TaskShape of(const TrainingData& data, const Run& run) {
    std::int64_t pairs = 0;
    for (std::size_t u = 1; u < data.by_user.offsets.size(); ++u) {
      const std::int64_t n = data.by_user.offsets[u] - data.by_user.offsets[u - 1];
      pairs += n * n;
    }
    return {data.by_user.rows, data.by_item.rows, data.by_user.size(), pairs, run.threads()};
  }
};
struct Need {
  std::int64_t memory = 0;    ///< most bytes that fit() and score() hold at once, beside the data they are given
  std::int64_t saved = 0;     ///< bytes that save() writes
  std::int64_t training = 0;  ///< bytes that save_training() writes
};
/// Says what it will take: a bound that is not exceeded, and not more than about twice what is used where that is much.
/// A trial that its machine cannot hold is then refused before it starts.
class ASSAY_EXPORT Sized {
 public:
  virtual ~Sized();
  [[nodiscard]] virtual Need need(const TaskShape&) const = 0;
};
class ASSAY_EXPORT RatingPredictor {  ///< RMSE and MAE beside ranking
 public:
  virtual ~RatingPredictor();
  virtual void rate(const Profiles&, std::span<const Index> item,
                    std::span<float> out) const = 0;  ///< one item a profile
};
class ASSAY_EXPORT Explainer {  ///< share of each known interaction in the score of `item`
 public:
  virtual ~Explainer();
  virtual void explain(const Profiles& one, Index item, std::span<float> share) const = 0;
};

}  // namespace assay
