#pragma once  // The conversation between a runner and its child `runner probe FILE`.

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "plugin/catalogue.hpp"

namespace assay {

/// The child's side: opens the library in this process and returns one line of JSON, a refusal included.
[[nodiscard]] std::string probe_here(const std::filesystem::path& file);

/// The asking side: what a child says of the file, or why it cannot be used.
using ProbeResult = std::variant<std::vector<ComponentDescription>, RefusedLibrary>;
[[nodiscard]] ProbeResult probe_in_child(const std::filesystem::path& file, int seconds);

/// What probe_here() would say for this result.
[[nodiscard]] std::string to_probe_line(const ProbeResult&);

/// One line of probe_here(), read back. Throws Error where it is none.
[[nodiscard]] ProbeResult parse_probe(const std::string& line, const std::filesystem::path& file);

}  // namespace assay
