#pragma once  // How much memory processes here may take together.

#include <cstdint>

namespace assay {

/// Bytes: the machine's memory, or the smallest limit of this process's control groups where that is less. Unlike
/// available_memory(), what is in use counts.
[[nodiscard]] std::int64_t total_memory();

}  // namespace assay
