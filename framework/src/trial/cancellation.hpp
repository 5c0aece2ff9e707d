#pragma once  // SIGTERM asks a worker to stop at the end of its epoch.

#include <atomic>

namespace assay {

/// From now on SIGTERM sets the flag. Where the parent is gone by then, nobody is left who would end a worker that
/// hangs: it gets 30 s.
void listen_for_cancellation();

/// The flag; lives as long as the process.
[[nodiscard]] std::atomic<bool>& cancellation() noexcept;

}  // namespace assay
