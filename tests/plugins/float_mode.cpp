// Switches denormals off when it is opened, as -ffast-math does.

#include <xmmintrin.h>

#include "null_dataset.hpp"

namespace {
const bool changed = (_MM_SET_FLUSH_ZERO_MODE(_MM_FLUSH_ZERO_ON), true);
}
ASSAY_PLUGIN("float_mode", "1.0.0", assay::component<assay::Dataset, NullDataset>("float_mode", "Nothing at all."));
