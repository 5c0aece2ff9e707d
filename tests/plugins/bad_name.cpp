// A name that cannot be written on a command line.

#include "null_dataset.hpp"

ASSAY_PLUGIN("bad_name", "1.0.0", assay::component<assay::Dataset, NullDataset>("Bad Name", "Nothing at all."));
