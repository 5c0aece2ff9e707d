#pragma once  // manifest.json: how an attempt went. Written last and atomically; without it an attempt did not succeed.

#include <filesystem>
#include <string>
#include <string_view>

#include "trial/observer.hpp"

namespace assay {

struct Manifest {
  std::string attempt, run_uid, trial_key;
  RunEnded run;  ///< artifacts are names relative to the folder here
};

/// Hashes the files that it names and writes it.
void write_manifest(const std::filesystem::path& folder, const Manifest& manifest);

/// Reads a manifest and the evaluation beside it, checks sizes, the hash of the evaluation and the hash of the results.
/// Artifacts become absolute paths. Throws DataError where anything does not fit.
[[nodiscard]] Manifest read_manifest(const std::filesystem::path& folder);

[[nodiscard]] std::string_view status_name(RunStatus status) noexcept;  ///< "done", "out_of_memory", …
[[nodiscard]] RunStatus run_status(std::string_view text);              ///< throws DataError

}  // namespace assay
