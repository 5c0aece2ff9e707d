#pragma once  // A slow, plain evaluation, written from the definitions alone, and small random worlds to try it on.

#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "assay/random.hpp"

#include "eval/evaluator.hpp"

namespace assay::plain {

inline constexpr float kNotOffered = -std::numeric_limits<float>::infinity();

/// A sparse matrix from a list of sets, that owns its memory. Its values are value_of(row, column).
class Matrix {
 public:
  Matrix(const std::vector<std::set<Index>>& rows, Index columns);
  [[nodiscard]] Interactions view() const;
  [[nodiscard]] const std::set<Index>& row(Index r) const { return rows_[static_cast<std::size_t>(r)]; }
  [[nodiscard]] Index rows() const { return static_cast<Index>(rows_.size()); }

 private:
  std::vector<std::set<Index>> rows_;
  Index columns_;
  std::vector<std::int64_t> offsets_{0};
  std::vector<Index> column_;
  std::vector<float> value_;
};

/// Scores that follow from the profile alone: few different values (so ties), some items not offered, some users
/// served nothing.
class HashModel : public Recommender, public RatingPredictor {
 public:
  explicit HashModel(int levels) : levels_(levels) {}
  void fit(const TrainingData&, Run&) override {}
  void save(Writer&) const override {}
  void load(Reader&) override {}
  void score(const Profiles& profiles, Scores out) const override;
  void rate(const Profiles& profiles, std::span<const Index> item, std::span<float> out) const override;
  [[nodiscard]] float one(std::span<const Index> profile, Index item) const;
  [[nodiscard]] float rating(std::span<const Index> profile, Index item) const;

 private:
  int levels_;
};

struct World {
  Index users, items;
  Matrix train, test, tags;
  Column tag_column;
  HashModel model;
};
[[nodiscard]] float value_of(Index row, Index column);
[[nodiscard]] World random_world(std::uint64_t seed, Index users, Index items, int levels);

/// Every metric for every user of the world with test items: "ndcg@5" -> values, and the overall ones as one value.
/// "rmse of all", "mae of all": over all interactions together.
[[nodiscard]] std::map<std::string, std::vector<double>> evaluate(const World& world, const std::vector<int>& cutoffs);
/// All candidates that are offered, best first.
[[nodiscard]] std::vector<Index> ranking(const World& world, Index user);

}  // namespace assay::plain
