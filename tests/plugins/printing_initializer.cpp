// Its static initializer prints what looks like an answer of ours.

#include <cstdio>

#include "null_dataset.hpp"

namespace {
const int printed = std::puts("hello\n{\"assay_probe\":1,\"components\":[]}");
}
ASSAY_PLUGIN("printing_initializer", "1.0.0",
             assay::component<assay::Dataset, NullDataset>("printing_initializer", "Nothing at all."));
