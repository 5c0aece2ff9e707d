// Its static initializer throws.

#include <stdexcept>

#include "null_dataset.hpp"

namespace {
bool fail() { throw std::runtime_error("no licence found"); }
const bool failed = fail();
}  // namespace
ASSAY_PLUGIN("throwing_initializer", "1.0.0",
             assay::component<assay::Dataset, NullDataset>("throwing_initializer", "Nothing at all."));
