// Its static initializer aborts: opening it ends the process.

#include <cstdlib>

#include "null_dataset.hpp"

namespace {
[[maybe_unused]] const bool crashed = (std::abort(), true);
}
ASSAY_PLUGIN("crashing_initializer", "1.0.0",
             assay::component<assay::Dataset, NullDataset>("crashing_initializer", "Nothing at all."));
