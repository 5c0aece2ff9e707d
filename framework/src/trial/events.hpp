#pragma once  // events.ndjson: what a worker tells while it runs, one JSON object a line.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trial/observer.hpp"

namespace assay {

/// Appends to events.ndjson. Each line goes out with one write, so that nothing is lost when the process dies.
class EventLog {
 public:
  explicit EventLog(const std::filesystem::path& folder);  ///< throws Error
  ~EventLog();
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  /// Work of a phase ("read", "fit", "refit", "evaluate"); total 0: unknown. Written at most every 200 ms, except for
  /// a new phase and its end.
  void progress(std::string_view phase, std::int64_t done, std::int64_t total);
  void points(int epoch, PointKind kind, const std::vector<std::pair<std::string, double>>& values);
  /// The checkpoint of `epoch` was taken up; the points up to it are repeated after this line.
  void restored(int epoch, const std::vector<Point>& points);

 private:
  void write(std::string line) const;
  int fd_;
  std::string phase_;
  double last_progress_ = 0;  // of the steady clock
};

/// One line, read back.
struct Event {
  enum class Kind : std::uint8_t { progress, points, restored, unknown } kind = Kind::unknown;
  std::string phase;
  std::int64_t done = 0, total = 0;
  int epoch = 0;              ///< restored
  std::vector<Point> points;  ///< points
};
/// A line that is no event of ours is `unknown`: a worker that dies may leave half a line.
[[nodiscard]] Event parse_event(std::string_view line);
/// The points of a folder's events.ndjson that were there when the checkpoint of this epoch was made: those of a refit
/// ("refit/…") come after all others. None where the file is absent.
[[nodiscard]] std::vector<Point> read_points(const std::filesystem::path& folder, std::string_view phase, int epoch);

}  // namespace assay
