#pragma once  // How ratings of two items differ among the users who rated both, for all pairs that anybody did.

#include <cstdint>
#include <vector>

#include "assay/model.hpp"

namespace assay {

/// Sparse rows by known item i: for each item j that is predicted from it, ascending, how many rated both and the sum
/// of r_j - r_i over them.
struct ItemPairs {
  std::vector<std::int64_t> offsets{0};
  std::vector<Index> item;
  std::vector<float> count, difference;

  /// Item j keeps those `kept` known items with which it was rated most often; ties by smaller index. Two passes over
  /// the data, the first counts; memory for the result and 16 bytes an item for each thread.
  [[nodiscard]] static ItemPairs of(const TrainingData& data, std::int64_t kept, Run& run);

  [[nodiscard]] static constexpr std::int64_t bytes_of_a_pair() { return sizeof(Index) + 2 * sizeof(float); }
  void save(Writer& writer) const;
  void load(const Reader& reader);
};

}  // namespace assay
