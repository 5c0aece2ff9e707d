// A plugin that offers nothing.

#include "null_dataset.hpp"

namespace {
constexpr assay::Component kComponents[] = {assay::component<assay::Dataset, NullDataset>("nothing", "Nothing.")};
}
extern "C" ASSAY_EXPORT const assay::PluginInfo ASSAY_ABI_SYMBOL;
const assay::PluginInfo ASSAY_ABI_SYMBOL = {sizeof(assay::PluginInfo), "no_component", "1.0.0", kComponents, 0};
