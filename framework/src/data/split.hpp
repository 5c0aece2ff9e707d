#pragma once  // Which interactions train, validate and test.

#include <string>
#include <vector>

#include "data/log.hpp"
#include "data/spec.hpp"

namespace assay {

/// The part of every interaction of the log, never Part::all. Depends on the set of interactions and the seed only.
/// Algorithms: docs/design/data.md. Throws DataError when the data lacks what the split needs (times, parts), or when
/// nothing is left to train or to test; ConfigError when the shares make no sense.
[[nodiscard]] std::vector<Part> assign_parts(const LogView& log, const SplitSpec& split);

/// The same definition with everything that has no effect set to its default: equal splits have equal fingerprints.
[[nodiscard]] SplitSpec normalised(const SplitSpec& split);

/// SHA-256 of the normalised definition as canonical JSON.
[[nodiscard]] std::string fingerprint(const SplitSpec& split);

}  // namespace assay
