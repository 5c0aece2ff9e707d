#pragma once  // What `runner worker` does.

#include <filesystem>

namespace assay {

/// The worker's whole work: attempt.json in `folder` -> manifest.json there. Returns the exit code.
[[nodiscard]] int run_worker(const std::filesystem::path& folder);

}  // namespace assay
