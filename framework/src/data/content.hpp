#pragma once  // Gathered data brought into canonical order.

#include <cstdint>
#include <string>
#include <vector>

#include "data/attributes.hpp"
#include "data/gather.hpp"
#include "data/ids.hpp"
#include "data/log.hpp"

namespace assay {

/// All that a source says, unfiltered. Independent of the order in which the reader delivered it.
struct Content {
  IdList users, items;
  Log log;
  std::vector<std::string> behaviours;  ///< vocabulary, bytewise ascending; empty: one kind
  AttributeTable user_table, item_table;
  std::vector<std::string> companions;  ///< files that were read beside those of parameters
  std::int64_t skipped_lines = 0;
};

/// Ranks the ids and sorts the interactions: one pass by user, then a radix sort within each user. Users and items
/// without an interaction are left out, with their attributes. Frees its input piece by piece: at most 40 bytes an
/// interaction are in use.
[[nodiscard]] Content arrange(Gathered gathered);

}  // namespace assay
