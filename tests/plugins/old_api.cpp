// Built with an SDK of plugin API 0.

#include "null_dataset.hpp"

#undef ASSAY_PLUGIN_API
#define ASSAY_PLUGIN_API 0

ASSAY_PLUGIN("old_api", "1.0.0", assay::component<assay::Dataset, NullDataset>("old_api", "Nothing at all."));
