#pragma once  // Undoes what a library linked with -ffast-math does to floating point when it is opened.

#include "assay/run.hpp"

namespace assay {

/// True where this thread flushes denormals to zero or does not round to nearest.
[[nodiscard]] bool float_environment_changed() noexcept;

/// Puts IEEE arithmetic back in every thread of the executor (a ThreadPool, or a serial one). True where any had to be.
bool restore_float_environment(Executor& executor);

}  // namespace assay
