#pragma once  // The state of the git repository that an experiment file lies in.

#include "trial/observer.hpp"

namespace assay {

/// Commit and difference to it (at most 1 MiB) of the folder's repository; empty where there is none, or no git.
[[nodiscard]] CodeRecord code_record(const std::filesystem::path& folder);

}  // namespace assay
