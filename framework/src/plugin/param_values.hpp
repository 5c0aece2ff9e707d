#pragma once  // A component's values as its factory sees them.

#include <memory>
#include <string>

#include "plugin/catalogue.hpp"

namespace assay {

/// `canonical` is what resolve_params() returned without findings. Asking for a name that the component does not have,
/// or by another type than its own, throws PluginError: that is a mistake in the plugin.
[[nodiscard]] std::unique_ptr<ParamSource> values_of(const ComponentDescription&, const std::string& canonical);

}  // namespace assay
