// A plugin constant of another size: the symbol alone is not believed.

#include "null_dataset.hpp"

namespace {
constexpr assay::Component kComponents[] = {
    assay::component<assay::Dataset, NullDataset>("wrong_size", "Nothing at all.")};
}
extern "C" ASSAY_EXPORT const assay::PluginInfo ASSAY_ABI_SYMBOL;
const assay::PluginInfo ASSAY_ABI_SYMBOL = {sizeof(assay::PluginInfo) + 8, "wrong_size", "1.0.0", kComponents, 1};
