// Built by another compiler, with its debug containers.

#include "null_dataset.hpp"

#undef ASSAY_ABI_COMPILER_MAJOR
#define ASSAY_ABI_COMPILER_MAJOR 99
#undef ASSAY_ABI_DEBUG
#define ASSAY_ABI_DEBUG 1

ASSAY_PLUGIN("other_compiler", "1.0.0",
             assay::component<assay::Dataset, NullDataset>("other_compiler", "Nothing at all."));
