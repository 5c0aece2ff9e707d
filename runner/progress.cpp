// Turns events into lines.

#include "runner/progress.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <unistd.h>

#include "base/text.hpp"
#include "runner/table.hpp"
#include "trial/manifest.hpp"
#include "trial/validation.hpp"

namespace assay {
namespace {

constexpr std::int64_t kSayEveryMs = 30'000;
constexpr const char *kGood = "32", *kBad = "31", *kFaint = "2", *kStrong = "1";

std::string formatted(const char* format, double value) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

std::string indented(const std::string& text) {
  std::string out;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    out += "\n      | " + printable(std::string_view(text).substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

std::string bar(double share, std::size_t width) {
  constexpr const char* eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto filled = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(8 * width));
  std::string out;
  for (std::size_t i = 0; i < filled / 8; ++i) out += "█";
  out += eighths[filled % 8];
  for (std::size_t used = (filled + 7) / 8; used < width; ++used) out += "░";
  return out;
}

/// Not below zero, whatever was done to the clock in between.
double seconds_between(std::int64_t from_ms, std::int64_t to_ms) {
  return 1e-3 * static_cast<double>(std::max<std::int64_t>(0, to_ms - from_ms));
}

}  // namespace

ProgressStyle ProgressStyle::of_stderr(bool quiet) {
  const char *term = std::getenv("TERM"), *no_color = std::getenv("NO_COLOR");
  const bool capable = ::isatty(STDERR_FILENO) && term && std::strcmp(term, "dumb") != 0;
  if (quiet) return {ProgressMode::quiet, false};
  return {capable ? ProgressMode::live : ProgressMode::plain, capable && !(no_color && *no_color)};
}

std::string duration_text(double seconds) {
  if (seconds < 10) return formatted("%.1f s", seconds);
  if (seconds < 60) return formatted("%.0f s", seconds);
  const auto whole = static_cast<long long>(seconds);
  char buffer[64];
  if (whole < 3600)
    std::snprintf(buffer, sizeof buffer, "%lld:%02lld", whole / 60, whole % 60);
  else
    std::snprintf(buffer, sizeof buffer, "%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60, whole % 60);
  return buffer;
}

double seconds_left(const TrialView& trial, std::int64_t now) {
  const std::int64_t steps = trial.done - trial.phase_done;
  if (trial.total <= 0 || steps <= 0) return -1;
  return seconds_between(trial.phase_ms, now) * static_cast<double>(trial.total - trial.done) /
         static_cast<double>(steps);
}

ProgressDisplay::~ProgressDisplay() {
  if (style_.mode == ProgressMode::live) block_.erase();
}

std::string ProgressDisplay::coloured(const std::string& text, const char* code) const {
  return style_.colour ? "\x1b[" + std::string(code) + "m" + text + "\x1b[0m" : text;
}

std::string ProgressDisplay::place(const TrialView& trial) const {
  const std::string all = std::to_string(all_), number = std::to_string(trial.number);
  return "[" + std::string(all.size() - std::min(all.size(), number.size()), ' ') + number + "/" + all + "] ";
}

void ProgressDisplay::say(const std::string& line, bool important) {
  if (style_.mode == ProgressMode::live) return redraw(line + "\n");
  if (style_.mode == ProgressMode::plain || important) screen_.write(line + "\n");
}

void ProgressDisplay::redraw(const std::string& above) {
  if (style_.mode == ProgressMode::live) block_.draw(above, block_lines());
}

void ProgressDisplay::experiment_started(const ExperimentStarted& e) {
  title_ = e.experiment->name;
  primary_ = e.experiment->metrics.primary;
  training_metric_ = e.experiment->training.metric;
  higher_is_better_ = higher_is_better(training_metric_);
  for (const auto& dataset : e.experiment->datasets) dataset_names_.push_back(dataset.name);
  for (const auto& model : e.experiment->models) model_labels_.push_back(model.label);
  all_ = e.trials;
  started_ms_ = e.time_ms;
  say(coloured(printable(title_), kStrong) + ": " + std::to_string(all_) + (all_ == 1 ? " trial" : " trials"));
}

void ProgressDisplay::task_ready(const TaskReady& task) {
  const PreparedInfo& d = task.data;
  doing_.clear();
  if (!task.trouble.empty()) {
    unread_.insert(task.dataset);
    return;  // each of its trials says why
  }
  const std::string text = printable(dataset_names_.at(task.dataset)) + ": " + grouped(d.users) + " users × " +
                           grouped(d.items) + " items, " + grouped(d.interactions) + " interactions (train " +
                           grouped(d.train) + ", validation " + grouped(d.validation) + ", test " + grouped(d.test) +
                           ")" + (d.from_cache ? ", from the cache" : ", read in " + duration_text(d.read_seconds)) +
                           (d.skipped_lines > 0 ? ", " + grouped(d.skipped_lines) + " lines skipped" : "");
  say(wrapped(text, style_.mode == ProgressMode::live ? screen_.width() : 0));
}

void ProgressDisplay::trial_planned(const TrialPlanned& plan) {
  TrialView view;
  view.number = ++planned_;
  if (dataset_names_.size() > 1) view.name = printable(dataset_names_.at(plan.trial.dataset)) + "/";
  view.name += printable(model_labels_.at(plan.trial.model));
  if (plan.trial.seed) view.name += ", seed " + std::to_string(*plan.trial.seed);
  if (plan.trial.fold > 0) view.name += ", fold " + std::to_string(plan.trial.fold);
  const bool done = plan.decision == TrialDecision::already_done;
  const bool runs = plan.decision == TrialDecision::run;
  skipped_ += !runs;
  if (!unread_.contains(plan.trial.dataset) && (!runs || plan.why != "run computes everything"))
    say(place(view) + view.name + ": " + (done ? "skipped, " : runs ? "runs, " : "left out, ") + plan.why);
  trials_[plan.run_uid] = std::move(view);
}

void ProgressDisplay::run_started(const RunStarted& e) {
  TrialView& trial = trials_[e.run_uid];
  trial.started_ms = trial.phase_ms = trial.said_ms = e.time_ms;
  if (std::ranges::find(running_, e.run_uid) == running_.end()) running_.push_back(e.run_uid);
  if (style_.mode == ProgressMode::plain) say(place(trial) + trial.name + ": started");
  redraw();
}

void ProgressDisplay::run_points(const RunPoints& e) {
  TrialView& trial = trials_[e.run_uid];
  for (const Point& point : e.points) {
    if (point.kind == PointKind::loss) trial.losses[point.series] = point.value;
    if (point.kind != PointKind::validation || point.series != training_metric_) continue;
    const bool better = higher_is_better_ ? point.value > trial.best : point.value < trial.best;
    if (!trial.has_metric || better) trial.best = point.value;
    trial.metric = point.value;
    trial.has_metric = true;
  }
}

void ProgressDisplay::run_progress(const RunProgress& e) {
  TrialView& trial = trials_[e.run_uid];
  if (trial.phase != e.phase || e.done < trial.done || trial.total == 0) {
    trial.phase_ms = now_ms();
    trial.phase_done = e.done;
  }
  trial.phase = e.phase;
  trial.done = e.done;
  trial.total = e.total;
}

std::vector<std::string> ProgressDisplay::facts(const TrialView& trial) const {
  std::vector<std::string> out;
  if (trial.has_metric)
    out.push_back(training_metric_ + " " + formatted("%.4f", trial.metric) +
                  (trial.metric == trial.best ? " (best)" : ""));
  for (const auto& [series, value] : trial.losses) out.push_back(printable(series) + " " + formatted("%.4g", value));
  return out;
}

std::string ProgressDisplay::ending(const TrialView& trial, const RunEnded& e) const {
  const std::string took = duration_text(seconds_between(trial.started_ms, e.time_ms));
  std::string line = place(trial) + trial.name + ": ";
  if (e.status != RunStatus::done) {
    line += coloured(std::string(status_name(e.status)), kBad) + " after " + took;
    if (e.reason != status_name(e.status)) line += ": " + printable(e.reason);
    return e.status == RunStatus::cancelled ? line : line + indented(e.log_tail);
  }
  line += coloured("done", kGood) + " in " + took;
  for (const MetricValue& value : e.test.values)
    if (value.metric + (value.cutoff > 0 ? "@" + std::to_string(value.cutoff) : "") == primary_)
      line += "  " + primary_ + " " + coloured(formatted("%.4f", value.value), kStrong);
  if (e.epochs > 0) line += "  epoch " + std::to_string(e.best_epoch) + " of " + std::to_string(e.epochs);
  return line + (e.stopped_early ? ", stopped early" : "");
}

void ProgressDisplay::run_ended(const RunEnded& e) {
  TrialView& trial = trials_[e.run_uid];
  if (trial.started_ms == 0) trial.started_ms = e.time_ms;
  std::erase(running_, e.run_uid);
  ++over_;
  say(ending(trial, e), e.status != RunStatus::done);
}

void ProgressDisplay::experiment_ended(const ExperimentEnded& e) {
  running_.clear();
  doing_.clear();
  std::string line = printable(title_) + ": " + std::to_string(e.done) + " done";
  if (e.failed > 0) line += ", " + coloured(std::to_string(e.failed) + " failed", kBad);
  if (e.skipped > 0) line += ", " + std::to_string(e.skipped) + " skipped";
  if (e.interrupted) line += ", interrupted";
  if (e.not_started > 0) line += ", " + std::to_string(e.not_started) + " not started";
  line += " in " + duration_text(seconds_between(started_ms_, e.time_ms));
  if (style_.mode == ProgressMode::live)
    block_.draw(line + "\n", {});
  else
    say(line);
}

void ProgressDisplay::message(const std::string& text) {
  doing_ = printable(text);
  if (style_.mode == ProgressMode::plain) say(doing_);
  redraw();
}

void ProgressDisplay::tick() {
  redraw();
  if (style_.mode != ProgressMode::plain) return;
  const std::int64_t now = now_ms();
  for (const std::string& uid : running_) {
    TrialView& trial = trials_[uid];
    if (now >= trial.said_ms && now - trial.said_ms < kSayEveryMs) continue;
    trial.said_ms = now;
    std::string line = place(trial) + trial.name + ": " + trial.phase;
    if (trial.total > 0) line += " " + grouped(trial.done) + " of " + grouped(trial.total);
    if (const double left = seconds_left(trial, now); left >= 0) line += ", " + duration_text(left) + " left";
    for (const std::string& fact : facts(trial)) line += "  " + fact;
    say(line);
  }
}

std::string ProgressDisplay::live_line(const TrialView& trial, std::size_t name_width, std::size_t width) const {
  const std::int64_t now = now_ms();
  std::string name = trial.name + std::string(name_width - std::min(name_width, display_width(trial.name)), ' ');
  const double share = trial.total > 0 ? static_cast<double>(trial.done) / static_cast<double>(trial.total) : 0;
  const std::size_t bar_width = std::clamp<std::size_t>(width / 6, 6, 24);
  std::string line = "  " + name + "  " + coloured(bar(share, bar_width), kGood) + "  ";
  line += trial.phase.empty() ? "starts" : trial.phase;
  if (trial.total > 0) line += " " + grouped(trial.done) + "/" + grouped(trial.total);
  line += "  " + duration_text(seconds_between(trial.started_ms, now));
  if (const double left = seconds_left(trial, now); left >= 0) line += coloured("  ETA " + duration_text(left), kFaint);
  for (const std::string& fact : facts(trial)) {  // those that fit: half a number would be another number
    if (visible_width(line) + 2 + display_width(fact) >= width) break;
    line += "  " + fact;
  }
  return line;
}

std::vector<std::string> ProgressDisplay::block_lines() const {
  std::vector<std::string> out;
  if (running_.empty() && doing_.empty()) return out;
  const std::size_t width = screen_.width();
  std::size_t names = 0;
  for (const std::string& uid : running_) names = std::max(names, display_width(trials_.at(uid).name));
  for (const std::string& uid : running_) out.push_back(live_line(trials_.at(uid), names, width));
  std::string last = "  " + std::to_string(over_ + skipped_) + " of " + std::to_string(all_) + " trials over, " +
                     duration_text(seconds_between(started_ms_, now_ms()));
  if (!doing_.empty()) last += "  " + doing_;
  std::istringstream lines(wrapped(last, width - std::min<std::size_t>(width, 1), 2));
  for (std::string line; std::getline(lines, line);) out.push_back(coloured(line, kFaint));
  return out;
}

}  // namespace assay
