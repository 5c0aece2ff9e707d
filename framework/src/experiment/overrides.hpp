#pragma once  // Command-line overrides, applied to the tree before it is checked.

#include <span>

#include "experiment/document.hpp"
#include "experiment/experiment.hpp"

namespace assay {

/// Values are JSON, or else a text. Replaced and new values have the override as their source. A path that leads
/// nowhere is a finding.
void apply_overrides(Node& root, std::span<const Override> overrides, Findings& findings);

}  // namespace assay
