#pragma once  // Follows an attempt's events.ndjson through its backend.

#include <string>
#include <vector>

#include "assay/backend.hpp"

#include "trial/events.hpp"

namespace assay {

class EventTail {
 public:
  /// The events of all whole lines that were written since the last call.
  [[nodiscard]] std::vector<Event> read(Backend& backend, const std::string& attempt);

 private:
  std::int64_t offset_ = 0;
  std::string rest_;  // the beginning of a line that is not whole yet
};

/// A file of the attempt's folder as its backend has it, from `offset` on; empty where it is absent.
[[nodiscard]] std::string read_through(Backend& backend, const std::string& attempt, const std::string& file,
                                       std::int64_t offset);

}  // namespace assay
