// How time and memory of every model grow with the data.
#pragma once
#include <string>

namespace assay::bench {

/// Prints a table of all recommenders among the build's plugins whose name contains `only`. Returns the exit code.
int print_growth(const std::string& only, int limit_seconds, int threads);

}  // namespace assay::bench
