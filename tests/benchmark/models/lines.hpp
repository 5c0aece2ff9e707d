// What is measured: one line of the table each.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "child.hpp"

namespace assay::bench {

enum class Work {
  fit,      ///< all of a training
  epoch,    ///< the fastest of three epochs
  rank,     ///< score, rank and measure the top 20 of all users, with four fifths of the data known
  inverse,  ///< invert_spd of the Gram matrix
  sgemm     ///< the fastest product of 4096 × 4096 matrices
};

struct Line {
  std::string name;
  std::string data;  ///< "ml-1m" or "big"; what is written of it
  Work work;
  std::string model, params;
  double target = 0;        ///< CPU seconds; 0: none
  std::string peer;         ///< what peer_models.py calls the same work; empty: none
  bool takes_long = false;  ///< left out by --quick
};
[[nodiscard]] const std::vector<Line>& lines();

/// In this process: reads the data, works, and tells what that took.
[[nodiscard]] Measured measure(const Line& line, const std::filesystem::path& folder, int threads);

/// Whether the build has the model's library.
[[nodiscard]] bool is_built(const std::string& model);

}  // namespace assay::bench
