#pragma once  // How an attempt went: the manifest decides, the backend's word only explains why there is none.

#include "assay/backend.hpp"

#include "jobs/scheduler.hpp"
#include "trial/observer.hpp"

namespace assay {

/// Fetches what the backend still holds of the attempt's folder, then judges. `stopping`: the user asked to stop.
[[nodiscard]] RunEnded outcome_of(Backend& backend, const AttemptOrder& attempt, const AttemptEnd& end, bool stopping);

}  // namespace assay
