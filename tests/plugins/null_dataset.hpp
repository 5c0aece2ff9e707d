#pragma once  // The least that can be offered: a dataset without rows.

#include "assay/dataset.hpp"
#include "assay/plugin.hpp"

namespace {

class NullDataset final : public assay::Dataset {
 public:
  void read(assay::DatasetSink&) override {}
};

}  // namespace
