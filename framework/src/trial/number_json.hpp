#pragma once  // Numbers in our JSON files: NaN and infinities are the strings "nan", "inf", "-inf".

#include <nlohmann/json_fwd.hpp>

namespace assay {

[[nodiscard]] nlohmann::json number_json(double value);
[[nodiscard]] double json_number(const nlohmann::json& value);  ///< throws nlohmann::json::exception on anything else

}  // namespace assay
