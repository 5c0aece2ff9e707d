#pragma once  // All that is wrong with an experiment, told at once and in the order of the file.

#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// A place in one of the sources: files and command-line overrides. Lines and columns (characters) count from 1; line 0
/// means the source as a whole.
struct Position {
  int source = 0, line = 0, column = 0;
  [[nodiscard]] bool operator<(const Position& other) const;
};

class Findings {
 public:
  int add_source(std::string name);  ///< returns its number
  void add(Position at, std::string_view pointer, std::string_view message);
  [[nodiscard]] bool empty() const { return list_.empty(); }
  /// Throws ConfigError with one line a finding, the first thousand: "FILE:LINE:COLUMN: POINTER: message".
  void throw_if_any() const;

 private:
  struct Finding {
    Position at;
    std::string text;
  };
  std::vector<std::string> sources_;
  std::vector<Finding> list_;
};

}  // namespace assay
