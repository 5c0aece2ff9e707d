#pragma once  // Canonical JSON of specs and facts of prepared data: all fields, keys sorted, no spaces.

#include <string>
#include <string_view>

#include "data/prepared.hpp"
#include "data/spec.hpp"

namespace assay {

[[nodiscard]] std::string to_json(const PreparedInfo& info);
[[nodiscard]] std::string to_json(const DatasetSpec& spec);  ///< `params` as an object, not as text
[[nodiscard]] std::string to_json(const FilterSpec& spec);
[[nodiscard]] std::string to_json(const SplitSpec& spec);

/// The way back. Unknown keys are ignored, absent ones keep their defaults. Throw DataError.
[[nodiscard]] PreparedInfo prepared_info_from_json(std::string_view text);
[[nodiscard]] DatasetSpec dataset_spec_from_json(std::string_view text);
[[nodiscard]] FilterSpec filter_spec_from_json(std::string_view text);
[[nodiscard]] SplitSpec split_spec_from_json(std::string_view text);

/// "keep_last", …; "given", …: the names in experiment files.
[[nodiscard]] std::string_view name_of(Duplicates policy) noexcept;
[[nodiscard]] std::string_view name_of(SplitStrategy strategy) noexcept;

}  // namespace assay
