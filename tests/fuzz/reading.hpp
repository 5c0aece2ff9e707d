#pragma once  // Runs a dataset plugin that is linked in, as `runner prepare` would.

#include <string>

namespace assay::fuzz {

/// Reads with the plugin's only component; `params` is a JSON object, defaults are filled in. What is read is arranged
/// and checked: every index in its range, every row where its offset says. Errors of ours are fine; anything else ends
/// the process.
void read_with_plugin(const std::string& params, bool skip_bad_lines);

}  // namespace assay::fuzz
