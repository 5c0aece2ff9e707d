#pragma once  // Implicit data without times, from lists; users and items have attributes, as some models need them.

#include <vector>

#include "assay/model.hpp"

#include "plugin/conformance/attributes.hpp"
#include "plugin/conformance/shop.hpp"

namespace assay::conformance {

class ListedData {
 public:
  using Lists = std::vector<std::vector<Index>>;
  ListedData(Index items, const Lists& profiles);  ///< the items of each user, ascending

  [[nodiscard]] TrainingData data() const;
  [[nodiscard]] Index items() const { return items_; }
  /// 64 rows: all users in turn, on demand as strangers or without what they took. Users without anything always are
  /// strangers.
  [[nodiscard]] Shop::Tile tile(bool as_strangers, bool without_profile) const;

 private:
  struct Csr {
    explicit Csr(const Lists& rows);
    [[nodiscard]] Interactions view(Index width) const;
    std::vector<std::int64_t> offsets{0};
    std::vector<Index> columns;
    std::vector<float> values;
  };
  static Lists takers(Index items, const Lists& profiles);
  Index users_, items_;
  Csr by_user_, by_item_;
  Attributes attributes_;
};

}  // namespace assay::conformance
