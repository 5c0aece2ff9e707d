#pragma once  // The key of a source: what must be equal for its data to be known without reading it.

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/spec.hpp"

namespace assay {

/// Files behind the parameters, absolute and sorted: each text (alone or in a list) that is the absolute path of
/// something that exists; a folder stands for all files below it. "/" is no source.
[[nodiscard]] std::vector<std::filesystem::path> source_files(const DatasetSpec& spec);

/// SHA-256 of reader library, component, canonical parameters, policy for bad lines, and size and SHA-256 of each file.
/// Hashes of files are remembered in `cache_folder`/hashes by path, size, times and inode: a big file is hashed once.
[[nodiscard]] std::string source_key(const DatasetSpec& spec, const std::filesystem::path& cache_folder);

/// "PATH\nSIZE SHA256\n", or "PATH\nabsent\n", for each file: what must be the same for them to be unchanged.
[[nodiscard]] std::string state_of_files(std::span<const std::string> files, const std::filesystem::path& cache_folder);
/// Whether a text of state_of_files() would be the same today.
[[nodiscard]] bool still_holds(std::string_view state, const std::filesystem::path& cache_folder);

}  // namespace assay
