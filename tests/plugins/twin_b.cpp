// Offers the same name as twin_a.

#include "null_dataset.hpp"

ASSAY_PLUGIN("twin_b", "2.0.0", assay::component<assay::Dataset, NullDataset>("twin", "Nothing at all."));
