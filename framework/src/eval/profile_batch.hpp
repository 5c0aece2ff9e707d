#pragma once  // Profiles of some users, copied together for one call of a model: they need not be neighbours in the
              // matrix.

#include <cstdint>
#include <vector>

#include "assay/model.hpp"

#include "eval/evaluator.hpp"

namespace assay {

/// Filled user by user, handed over, cleared; keeps its memory.
class ProfileBatch {
 public:
  [[nodiscard]] std::size_t size() const { return user_.size(); }
  /// A user is kUnknown where train has nothing of him.
  void add(const EvaluationInput& input, Index user);
  /// Valid until the next add() or clear().
  [[nodiscard]] Profiles view(Index items) const {
    return {{static_cast<Index>(user_.size()), items, offsets_, columns_.data(), values_.data(),
             times_.empty() ? nullptr : times_.data()},
            user_};
  }
  void clear() {
    offsets_.assign(1, 0);
    columns_.clear(), values_.clear(), times_.clear(), user_.clear();
  }

 private:
  std::vector<std::int64_t> offsets_{0};
  std::vector<Index> columns_, user_;
  std::vector<float> values_;
  std::vector<std::int64_t> times_;
};

}  // namespace assay
