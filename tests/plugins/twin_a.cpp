// Offers the same name as twin_b.

#include "null_dataset.hpp"

ASSAY_PLUGIN("twin_a", "1.0.0", assay::component<assay::Dataset, NullDataset>("twin", "Nothing at all."));
