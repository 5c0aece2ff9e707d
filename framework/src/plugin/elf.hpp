#pragma once  // What a shared library says of itself, read from the file: nothing of it is loaded or run.

#include <filesystem>
#include <string>
#include <vector>

namespace assay {

struct ElfFacts {
  std::vector<std::string> needed;  ///< DT_NEEDED, in the file's order
  std::string soname;               ///< may be empty
  std::string build_id;             ///< the GNU build-id, lower-case hex; empty where the linker wrote none
};

/// Throws PluginError where the file is not a whole ELF shared library for this machine. The message begins with the
/// file's name.
[[nodiscard]] ElfFacts read_elf(const std::filesystem::path& file);

}  // namespace assay
