// Built with AddressSanitizer, or without where the runner is: opened, its start-up code would end the process.

#include "null_dataset.hpp"

ASSAY_PLUGIN("sanitizer_build", "1.0.0",
             assay::component<assay::Dataset, NullDataset>("sanitizer_build", "Nothing at all."));
