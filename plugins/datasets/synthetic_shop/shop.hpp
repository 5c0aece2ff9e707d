#pragma once  // The latent structure of the shop and the visits that follow from it. README.md has the formulas.

#include <cstdint>
#include <vector>

#include "assay/random.hpp"

#include "alias.hpp"
#include "params.hpp"

namespace assay::shop {

void check(const Params& params);  ///< throws ConfigError where numbers do not go together

/// A customer looks at an article.
struct Visit {
  std::uint32_t user, item;
  bool home;  ///< the article's category is one of the user's segment
};

/// Memory: some 40 bytes an article, 20 a customer, 16 for each pair of segment and category.
class Shop {
 public:
  explicit Shop(const Params& params);  ///< of params that passed check()
  [[nodiscard]] std::uint32_t segment_of(std::uint32_t user) const noexcept { return segment_[user]; }
  [[nodiscard]] std::uint32_t category_of(std::uint32_t item) const noexcept { return category_[item]; }
  [[nodiscard]] double price_of(std::uint32_t item) const noexcept { return price_[item]; }
  [[nodiscard]] Visit visit(Random& random) const noexcept;
  /// Milliseconds since 1970 within the day, more in the evening than at night.
  [[nodiscard]] std::int64_t time_on(std::int64_t day, Random& random) const noexcept;
  [[nodiscard]] std::uint64_t visits_key() const noexcept { return visits_key_; }

 private:
  double noise_;
  std::uint32_t segments_;
  std::vector<std::uint32_t> segment_, category_;
  std::vector<float> price_;
  std::vector<AliasTable> within_;  // by category: which of its items
  std::vector<AliasTable> taste_;   // by segment: which category
  AliasTable users_, items_, hours_;
  std::uint64_t visits_key_ = 0;
};

}  // namespace assay::shop
