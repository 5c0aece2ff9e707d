// Calls a function that no library defines.

#include "null_dataset.hpp"

extern "C" int assay_test_function_that_nobody_wrote();

namespace {
const int called = assay_test_function_that_nobody_wrote();
}
ASSAY_PLUGIN("missing_function", "1.0.0",
             assay::component<assay::Dataset, NullDataset>("missing_function", "Nothing at all."));
