#pragma once  // What a tensor's element takes.

#include <cstddef>

#include "assay/interactions.hpp"

namespace assay {

/// Bytes of one element. Throws Error for a value that is none of the enumeration's.
[[nodiscard]] std::size_t size_of(Element element);

}  // namespace assay
