// The JSON library's own check, since it is the one that must be passed.

#include "base/utf8.hpp"

#include <nlohmann/json.hpp>

namespace assay {

bool is_utf8(std::string_view text) {
  try {
    (void)nlohmann::json(text).dump();
    return true;
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

}  // namespace assay
