// A shared library that is no plugin: it forgot ASSAY_PLUGIN.

#include "null_dataset.hpp"

extern "C" ASSAY_EXPORT assay::Dataset* make_dataset();
assay::Dataset* make_dataset() { return new NullDataset; }
