#pragma once  // A catalogue made by hand, so that these tests need no plugin.

#include "experiment/experiment.hpp"
#include "experiment/surroundings.hpp"

namespace assay::test {

/// Models popularity (not seeded), item_knn (any_threads), cfgan (seeded) and pictures (a generator); datasets csv and
/// nothing else; backend local.
[[nodiscard]] Catalogue catalogue();

/// Two cores, 8 GiB of memory, one data folder, no installed cards.
[[nodiscard]] Surroundings two_cores();

/// A text parsed as tests/golden/experiment/test.json.
[[nodiscard]] Experiment parse(const std::string& text, std::initializer_list<const char*> overrides = {});
/// What it is refused with; "accepted" where it is not. The source folder is shown as SOURCE.
[[nodiscard]] std::string complaint(const std::string& text, std::initializer_list<const char*> overrides = {},
                                    const std::string& file = "test.json");

}  // namespace assay::test
