#pragma once  // Shared by the queries: how runs are read from rows and found by parts of their uid.

#include <set>
#include <string>
#include <string_view>

#include "results/queries.hpp"

namespace assay {

/// Value and code in two neighbouring columns.
[[nodiscard]] StoredNumber stored_number(const Statement& row, int column);
/// Ids of experiments that did not end although their controller did.
[[nodiscard]] std::set<std::int64_t> dead_experiments(Database& database);
/// SQL that is true where `column` equals, begins or ends with ?1, or its short_id() begins with ?1.
[[nodiscard]] std::string match_uid(std::string_view column);
/// "… FROM runs r JOIN …": what read_summary() reads, after SELECT.
[[nodiscard]] const std::string& summary_columns();
[[nodiscard]] RunSummary read_summary(const Statement& row, const std::set<std::int64_t>& dead);

}  // namespace assay
