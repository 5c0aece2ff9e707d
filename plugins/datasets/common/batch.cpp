// Handing over.
#include "batch.hpp"

#include "assay/errors.hpp"

namespace assay::reading {

void Batch::flush() {
  if (rows_ == 0) return;
  sink_.interactions({part_, users_.ids(), items_.ids(), values_, times_, behaviours_});
  users_.clear();
  items_.clear();
  values_.clear();
  times_.clear();
  behaviours_.clear();
  rows_ = 0;
}

void Batch::switch_to_texts(IdColumn& side) {
  flush();  // the numbers so far go over as numbers: the sink knows what to make of them
  side.switch_to_texts();
}

void report_progress(DatasetSink& sink, std::int64_t done, std::int64_t total) {
  if (!sink.progress(done, total)) throw Cancelled();
}

}  // namespace assay::reading
