#pragma once  // Marks what crosses the boundary between libassay, the runner and plugins.

#define ASSAY_EXPORT __attribute__((visibility("default")))
