#pragma once  // What a model can do beyond its interface: the further bases that it has.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "plugin/catalogue.hpp"

namespace assay {

/// "resumable", "sized", "rating_predictor", "explainer": those of a model with default parameters, asked in a process
/// of its own. Nothing for other kinds, where a parameter is required, or where the model cannot be made.
[[nodiscard]] std::optional<std::vector<std::string>> abilities_of(const ComponentDescription& component);

/// `runner abilities FILE INTERFACE NAME`: the child's side; prints a JSON list.
[[nodiscard]] int print_abilities(const std::filesystem::path& file, const std::string& interface,
                                  const std::string& name);

}  // namespace assay
