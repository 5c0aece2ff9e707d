// Writing and reading of events.ndjson.

#include "trial/events.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "trial/attempt.hpp"
#include "trial/environment.hpp"
#include "trial/number_json.hpp"

namespace assay {
namespace {

using nlohmann::json;
constexpr double kProgressEverySeconds = 0.2;
constexpr std::array kKinds{"loss", "measure", "validation"};  // in the order of PointKind

std::string points_line(int epoch, PointKind kind, const json& values, std::int64_t time_ms) {
  return json{{"event", "points"},
              {"epoch", epoch},
              {"kind", kKinds[static_cast<std::size_t>(kind)]},
              {"values", values},
              {"time", time_ms}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

void read_points_event(const json& line, Event& out) {
  const auto kind = std::ranges::find(kKinds, line.at("kind").get<std::string>());
  if (kind == kKinds.end()) return;
  for (const auto& [series, value] : line.at("values").items())
    out.points.push_back({whole(line, "epoch"), static_cast<PointKind>(kind - kKinds.begin()), series,
                          json_number(value), whole(line, "time")});
  out.kind = Event::Kind::points;
}

}  // namespace

EventLog::EventLog(const std::filesystem::path& folder)
    : fd_(::open((folder / kEventsFile).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {
  if (fd_ < 0) throw Error((folder / kEventsFile).string() + ": cannot create: " + std::strerror(errno));
}

EventLog::~EventLog() { ::close(fd_); }

void EventLog::write(std::string line) const {
  line += '\n';
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t n = ::write(fd_, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw Error(std::string(kEventsFile) + ": cannot write: " + std::strerror(errno));
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
}

void EventLog::progress(std::string_view phase, std::int64_t done, std::int64_t total) {
  const double now = steady_seconds();  // the time of day may be set back
  const bool ends = total > 0 && done >= total;
  if (phase == phase_ && !ends && now - last_progress_ < kProgressEverySeconds) return;
  phase_ = phase;
  last_progress_ = now;
  write(json{{"event", "progress"}, {"phase", phase}, {"done", done}, {"total", total}, {"time", now_ms()}}.dump());
}

void EventLog::points(int epoch, PointKind kind, const std::vector<std::pair<std::string, double>>& values) {
  if (values.empty()) return;
  json object = json::object();
  for (const auto& [series, value] : values) object[series] = number_json(value);
  write(points_line(epoch, kind, object, now_ms()));
}

void EventLog::restored(int epoch, const std::vector<Point>& points) {
  write(json{{"event", "restored"}, {"epoch", epoch}, {"time", now_ms()}}.dump());
  std::string lines;
  for (const Point& p : points) {
    if (!lines.empty()) lines += '\n';
    lines += points_line(p.epoch, p.kind, {{p.series, number_json(p.value)}}, p.time_ms);
  }
  if (!lines.empty()) write(std::move(lines));
}

Event parse_event(std::string_view line) {
  Event out;
  try {
    const json j = parse_json(line);
    const std::string event = j.at("event");
    if (event == "points") {
      read_points_event(j, out);
    } else if (event == "progress") {
      out.phase = j.at("phase");
      out.done = whole(j, "done");
      out.total = whole(j, "total");
      out.kind = Event::Kind::progress;
    } else if (event == "restored") {
      out.epoch = whole(j, "epoch");
      out.kind = Event::Kind::restored;
    }
  } catch (const json::exception&) {
    return {};
  }
  return out;
}

std::vector<Point> read_points(const std::filesystem::path& folder, std::string_view phase, int epoch) {
  const auto belongs = [&](const Point& p) {
    const bool of_refit = p.series.starts_with("refit/");
    return phase == "fit" ? !of_refit && p.epoch <= epoch : !of_refit || p.epoch <= epoch;
  };
  std::vector<Point> out;
  if (!std::filesystem::exists(folder / kEventsFile)) return out;
  const std::string text = read_file(folder / kEventsFile);
  std::string_view rest = text;
  for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    for (Point& p : parse_event(rest.substr(0, end)).points)
      if (belongs(p)) out.push_back(std::move(p));
    rest.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace assay
