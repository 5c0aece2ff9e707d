// Scheduling of attempts over a backend.

#include "jobs/scheduler.hpp"

#include <algorithm>

#include "assay/errors.hpp"

#include "base/text.hpp"

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

Scheduler::Scheduler(Backend& backend, Resources capacity, std::string label, const std::vector<Work>& work,
                     Resources each, Listener& listener)
    : backend_(backend),
      label_(std::move(label)),
      waiting_(work.begin(), work.end()),
      each_(each),
      capacity_(capacity),
      listener_(listener) {
  if (each_.threads > capacity_.threads)
    throw ConfigError("a trial takes " + std::to_string(each_.threads) + " threads, the backend has " +
                      std::to_string(capacity_.threads) + ". Lower resources.threads of the experiment.");
  if (capacity_.memory_bytes > 0 && each_.memory_bytes > capacity_.memory_bytes)
    throw ConfigError("a trial's limit is " + human_bytes(each_.memory_bytes) + " of memory, the backend has " +
                      human_bytes(capacity_.memory_bytes) + ". Lower resources.memory_mb of the experiment.");
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
      listener_.running(attempt.work.trial, attempt.order, found->second.end.host);
  }
  for (const auto& [id, end] : over) finish(id, end);
}

void Scheduler::finish(const std::string& id, const AttemptEnd& end) {
  const auto found = running_.find(id);
  const Running attempt = found->second;
  running_.erase(found);
  const bool may_retry = end.state != AttemptState::ended && !stopping_ && attempts_[attempt.work.trial] < kAttempts;
  if (listener_.ended(attempt.work.trial, attempt.order, end) && may_retry) waiting_.push_front(attempt.work);
  backend_.forget(id);
}

std::int64_t Scheduler::memory_of(const Work& work) const { return std::max(each_.memory_bytes, work.memory_bytes); }

bool Scheduler::fits(const Work& work) const {
  const auto count = static_cast<std::int64_t>(running_.size()) + 1;
  if (count > capacity_.processes || count * each_.threads > capacity_.threads) return false;
  if (running_.empty() || capacity_.memory_bytes == 0) return true;
  std::int64_t left = capacity_.memory_bytes - memory_of(work);
  for (const auto& [id, attempt] : running_) left -= memory_of(attempt.work);
  return left >= 0;
}

/// True where anything was started.
bool Scheduler::start_what_fits() {
  if (pause_ > 0 && --pause_ > 0) return false;
  bool started = false;
  while (!waiting_.empty() && fits(waiting_.front())) {
    const Work work = waiting_.front();
    if (!pending_) pending_ = listener_.order(work.trial);
    try {
      if (!submit(*pending_)) return started;
      ++attempts_[work.trial];
      const std::string id = pending_->id;
      running_.emplace(id, Running{work, *std::move(pending_)});
      started = true;
    } catch (const PluginError& e) {
      listener_.refused(work.trial, e.what());
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
