// Two components of one name in one library.

#include "null_dataset.hpp"

ASSAY_PLUGIN("same_name_twice", "1.0.0", assay::component<assay::Dataset, NullDataset>("again", "Nothing at all."),
             assay::component<assay::Dataset, NullDataset>("again", "Nothing at all, again."));
