#pragma once  // Whether a text can be written as JSON: names of files may hold any bytes.

#include <string_view>

namespace assay {

[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace assay
