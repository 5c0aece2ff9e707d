#pragma once  // Which build made a number: the GNU build-ids of the libraries that compute.

#include <filesystem>
#include <string>

namespace assay {

/// The file's GNU build-id in hex; "sha256:…" of its content where it has none. Throws PluginError where it is no
/// library.
[[nodiscard]] std::string build_id_of_file(const std::filesystem::path& file);

/// "libassay=…;libassay_nn=…;libdnnl=…": the libraries below every model, whether this process has loaded
/// them or not; those that are not installed are left out. Constant within a process.
[[nodiscard]] std::string engine_build_ids();

/// Where this process's libassay.so lies; symbolic links resolved.
[[nodiscard]] std::filesystem::path own_library();

}  // namespace assay
