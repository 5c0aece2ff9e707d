#pragma once  // evaluation.safetensors: per-user metrics and top lists of a run, and the hash of its results.

#include <filesystem>
#include <string>

#include "eval/evaluator.hpp"

namespace assay {

/// Tensors `users` i32 [U], `metric/NAME@K` f32 [U] each, `top_items` i32 [U, N] and `top_scores` f32 [U, N].
void write_evaluation(const std::filesystem::path& folder, const Evaluation& evaluation);

/// Fills users, per-user values and top lists of an Evaluation whose `values` already have names and cutoffs (they are
/// in the manifest). Throws DataError where the file does not fit them.
void read_evaluation(const std::filesystem::path& folder, Evaluation& evaluation);

/// SHA-256 over the exact bits of every metric's value and per-user values, ordered by name and cutoff.
[[nodiscard]] std::string result_sha256(const Evaluation& evaluation);

}  // namespace assay
