// Its static initializer never comes back.

#include <unistd.h>

#include "null_dataset.hpp"

namespace {
bool wait_for_ever() {
  for (;;) ::pause();
}
const bool waited = wait_for_ever();
}  // namespace
ASSAY_PLUGIN("hanging_initializer", "1.0.0",
             assay::component<assay::Dataset, NullDataset>("hanging_initializer", "Nothing at all."));
