#pragma once  // Preparing a dataset in a child process: the request it reads and the facts it prints.

#include <filesystem>
#include <functional>
#include <string>

#include "data/prepared.hpp"

namespace assay {

struct PrepareRequest {
  DatasetSpec dataset;
  FilterSpec filter;
  SplitSpec split;
  std::filesystem::path cache_folder;
};
[[nodiscard]] std::string to_json(const PrepareRequest& request);
[[nodiscard]] PrepareRequest prepare_request(const std::string& json);  ///< throws ConfigError

/// Runs `runner prepare` and waits. Its errors come back as the exceptions they were there; a crash is a PluginError
/// that names the reader. Throws Cancelled when `keep_waiting` says no, and Error where the cache cannot be written. A
/// child that was killed leaves no lock and no half-written file.
[[nodiscard]] PreparedInfo prepare_in_child(const PrepareRequest& request, const std::filesystem::path& scratch_folder,
                                            const std::function<bool()>& keep_waiting);

}  // namespace assay
