// Brings its own libstdc++: its exceptions and strings would be strangers.

#include "null_dataset.hpp"

ASSAY_PLUGIN("own_standard_library", "1.0.0",
             assay::component<assay::Dataset, NullDataset>("own_standard_library", "Nothing at all."));
