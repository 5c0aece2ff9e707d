#pragma once  // Which oneDNN computes.

#include <string>

namespace assay {

/// "2.6.0", of the library that is loaded.
[[nodiscard]] std::string onednn_version();

}  // namespace assay
