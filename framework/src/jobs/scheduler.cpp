// Scheduling of attempts over a backend.

#include "jobs/scheduler.hpp"

#include <algorithm>

#include "assay/errors.hpp"

namespace assay {
namespace {

constexpr int kMissesUntilLost = 3;
constexpr int kLongestPause = 4096;

/// What a backend says of its attempts, in texts of our own.
class Listing final : public StatusSink {
 public:
  struct Entry {
    AttemptState state;
    AttemptEnd end;
  };
  std::map<std::string, Entry, std::less<>> entries;
  void status(const AttemptStatus& s) override {
    entries.insert_or_assign(
        std::string(s.id),
        Entry{s.state, {s.state, s.exit_code, s.signal, std::string(s.reason), std::string(s.host)}});
  }
};

}  // namespace

Scheduler::Scheduler(Backend& backend, std::string label, std::vector<std::size_t> trials, Resources each,
                     Listener& listener)
    : backend_(backend),
      label_(std::move(label)),
      waiting_(trials.begin(), trials.end()),
      each_(each),
      capacity_(backend.capacity()),
      listener_(listener) {
  if (each_.threads > capacity_.threads)
    throw ConfigError("a trial asks for " + std::to_string(each_.threads) + " threads, the backend has " +
                      std::to_string(capacity_.threads) + ". Lower \"threads\" of the experiment.");
  if (capacity_.memory_bytes > 0 && each_.memory_bytes > capacity_.memory_bytes)
    throw ConfigError("a trial asks for " + std::to_string(each_.memory_bytes) + " bytes of memory, the backend has " +
                      std::to_string(capacity_.memory_bytes) + ". Lower \"memory\" of the experiment.");
}

bool Scheduler::step() {
  look();
  if (!stopping_ && start_what_fits()) look();  // so that a start is told at once
  return !running_.empty() || !waiting_.empty();
}

void Scheduler::stop(bool by_force) {
  stopping_ = true;
  waiting_.clear();
  for (const auto& [id, attempt] : running_) backend_.cancel(id, by_force);
}

void Scheduler::look() {
  if (running_.empty()) return;
  Listing listing;
  try {
    backend_.list(label_, listing);
  } catch (const Unavailable&) {
    return;  // the manifests will still be there when it answers again
  }
  std::vector<std::pair<std::string, AttemptEnd>> over;
  for (auto& [id, attempt] : running_) {
    const auto found = listing.entries.find(id);
    const bool named = found != listing.entries.end();
    attempt.missing = named ? 0 : attempt.missing + 1;
    if (attempt.missing >= kMissesUntilLost)
      over.emplace_back(id, AttemptEnd{AttemptState::lost, 0, 0, "the backend no longer knows it", ""});
    else if (named && found->second.state > AttemptState::running)
      over.emplace_back(id, found->second.end);
    else if (named && found->second.state == AttemptState::running)
      listener_.running(attempt.trial, attempt.order, found->second.end.host);
  }
  for (const auto& [id, end] : over) finish(id, end);
}

void Scheduler::finish(const std::string& id, const AttemptEnd& end) {
  const auto found = running_.find(id);
  const Running attempt = found->second;
  running_.erase(found);
  const bool may_retry = end.state != AttemptState::ended && !stopping_ && attempts_[attempt.trial] < kAttempts;
  if (listener_.ended(attempt.trial, attempt.order, end) && may_retry) waiting_.push_front(attempt.trial);
  backend_.forget(id);
}

bool Scheduler::fits() const {
  const auto count = static_cast<std::int64_t>(running_.size()) + 1;
  if (count > capacity_.processes || count * each_.threads > capacity_.threads) return false;
  return capacity_.memory_bytes == 0 || count * each_.memory_bytes <= capacity_.memory_bytes;
}

/// True where anything was started.
bool Scheduler::start_what_fits() {
  if (pause_ > 0 && --pause_ > 0) return false;
  bool started = false;
  while (!waiting_.empty() && fits()) {
    const std::size_t trial = waiting_.front();
    if (!pending_) pending_ = listener_.order(trial);
    try {
      if (!submit(*pending_)) return started;
      ++attempts_[trial];
      const std::string id = pending_->id;
      running_.emplace(id, Running{trial, *std::move(pending_)});
      started = true;
    } catch (const PluginError& e) {
      listener_.refused(trial, e.what());
    }
    pending_.reset();
    waiting_.pop_front();
  }
  return started;
}

/// False: the backend is unavailable, later more.
bool Scheduler::submit(const AttemptOrder& order) {
  const std::string folder = order.folder.string();
  const std::vector<std::string_view> command(order.command.begin(), order.command.end());
  const std::vector<std::string_view> environment(order.environment.begin(), order.environment.end());
  std::vector<InputFile> inputs;
  for (const auto& path : order.inputs) {
    std::error_code unknown;
    const auto bytes = static_cast<std::int64_t>(std::filesystem::file_size(path, unknown));
    inputs.push_back({path.native(), {}, bytes});
  }
  try {
    backend_.submit({order.id, label_, folder, command, environment, inputs, each_});
  } catch (const Unavailable&) {
    pause_ = next_pause_;
    next_pause_ = std::min(next_pause_ * 2, kLongestPause);
    return false;
  }
  next_pause_ = 1;
  return true;
}

}  // namespace assay
