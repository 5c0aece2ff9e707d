#pragma once  // Which interactions stay: time window, least rating, duplicates, k-core, in this order.

#include <vector>

#include "data/ids.hpp"
#include "data/log.hpp"
#include "data/spec.hpp"

namespace assay {

/// What is left, renumbered: indices are ranks among the remaining ids.
struct Filtered {
  std::vector<Index> users, items;  ///< the old index of each that is left, ascending
  Log own;                          ///< empty where nothing was removed: `log` then looks at the input
  LogView log;                      ///< no behaviours; a user and an item meet once (once in each part)
};

/// `by_part`: the split is `given`; duplicates are looked for within each part and parts are kept. Else parts are
/// dropped. Throws DataError when the filter asks for times that the data has not, when duplicates are an error, and
/// when nothing is left. Linear in the number of interactions, k-core included.
[[nodiscard]] Filtered apply_filter(const LogView& log, const IdsView& users, const IdsView& items,
                                    const FilterSpec& filter, bool by_part);

}  // namespace assay
