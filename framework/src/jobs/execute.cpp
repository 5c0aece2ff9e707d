// Runs an experiment: the clock and the signals around a campaign.

#include "jobs/execute.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <optional>

#include "assay/backend.hpp"
#include "assay/errors.hpp"

#include "base/files.hpp"
#include "jobs/campaign.hpp"
#include "jobs/needs.hpp"
#include "jobs/scheduler.hpp"
#include "jobs/stop_requests.hpp"
#include "plugin/catalogue.hpp"
#include "trial/environment.hpp"

namespace assay {
namespace {

namespace asio = boost::asio;
constexpr double kShortestPoll = 0.01, kLongestPoll = 2;  // seconds
constexpr double kCostGrowth = 1.5;                       // of what a look is thought to cost, from one to the next
constexpr double kPollShare = 20;                         // a poll takes at most a twentieth of the time
constexpr double kTickEvery = 0.25;

/// nohup, and shells that start something in the background, ask for this.
bool ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

class Execution {
 public:
  Execution(const Experiment& experiment, const ExecuteOptions& options, std::span<Observer* const> observers)
      : experiment_(experiment), campaign_(experiment, options, observers), signals_(io_), timer_(io_) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
      if (!ignored(signal)) signals_.add(signal);
    await_signal();
  }

  ExecuteResult run() {
    campaign_.begin();
    try {
      prepare_and_schedule();
    } catch (const Cancelled&) {
      if (!requests_.stopping()) throw;
    } catch (...) {
      campaign_.end(false);
      throw;
    }
    ExecuteResult result = campaign_.end(requests_.stopping());
    result.signal = requests_.signal();
    if (campaign_.trouble()) std::rethrow_exception(campaign_.trouble());
    return result;
  }

 private:
  void prepare_and_schedule() {
    campaign_.prepare([this] {
      io_.poll();
      tick();
      return !requests_.stopping();
    });
    const std::vector<Scheduler::Work> trials = campaign_.plan();
    if (trials.empty() || requests_.stopping() || campaign_.troubled()) return;
    const auto library = Library::open(experiment_.backend.library);
    const auto backend = make<Backend>(*library, experiment_.backend.plugin, experiment_.backend.params);
    campaign_.set_backend(*backend);
    const Resources each{1, experiment_.threads, experiment_.memory_bytes, experiment_.seconds};
    Resources capacity = backend->capacity();
    const std::int64_t memory = memory_for_trials(experiment_.backend);
    if (capacity.memory_bytes == 0 || capacity.memory_bytes > memory) capacity.memory_bytes = memory;
    scheduler_.emplace(*backend, capacity, campaign_.uid(), trials, each, campaign_);
    step();
    io_.restart();
    while (!over_) io_.run_one();
    scheduler_.reset();
  }

  /// One look at the backend, and the appointment for the next one.
  void step() {
    const double start = steady_seconds();
    look();
    tick();
    if (campaign_.troubled() && !scheduler_->stopping()) scheduler_->stop(false);
    if (over_) return;
    // A look that also stored a trial's end or started one says little about the next look's price.
    look_cost_ = std::min(steady_seconds() - start, kCostGrowth * look_cost_);
    const double pause = std::clamp(kPollShare * look_cost_, kShortestPoll, kLongestPoll);
    timer_.expires_after(std::chrono::microseconds(static_cast<long>(1e6 * pause)));
    timer_.async_wait([this](boost::system::error_code error) {
      if (!error) step();
    });
  }

  /// What goes wrong here (no room for an attempt's folder) would go wrong again: running trials are asked to stop.
  void look() {
    try {
      over_ = !scheduler_->step();
    } catch (const std::exception&) {
      if (scheduler_->stopping()) throw;
      campaign_.fail(std::current_exception());
    }
  }

  void tick() {
    const double now = steady_seconds();
    if (now - last_tick_ < kTickEvery) return;
    last_tick_ = now;
    campaign_.tick();
  }

  void await_signal() {
    signals_.async_wait([this](boost::system::error_code error, int signal) {
      if (error) return;
      stop(signal);
      await_signal();
    });
  }

  void stop(int signal) {
    const StopRequests::Answer answer = requests_.heed(signal, steady_seconds());
    if (answer == StopRequests::Answer::nothing) return;
    const bool by_force = answer == StopRequests::Answer::kill;
    campaign_.set_stopping();
    if (!scheduler_) return;
    const std::size_t running = scheduler_->running();
    const std::string trials = std::to_string(running) + (running == 1 ? " running trial" : " running trials");
    const std::string stopping = "stopping: " + trials + " may save " + (running == 1 ? "its" : "their") +
                                 " state; a second Ctrl-C ends " + (running == 1 ? "it" : "them");
    scheduler_->stop(by_force);
    campaign_.message(by_force ? "ending " + trials + " at once" : stopping);
  }

  const Experiment& experiment_;
  Campaign campaign_;
  asio::io_context io_{1};
  asio::signal_set signals_;
  asio::steady_timer timer_;
  std::optional<Scheduler> scheduler_;
  StopRequests requests_;
  bool over_ = false;
  double last_tick_ = 0;
  double look_cost_ = 1e-3;  ///< seconds, of one look at the backend
};

/// Before anything is stored: the child that reads would be blamed.
void make_cache(const std::filesystem::path& folder) {
  try {
    make_folder(folder);
  } catch (const Error& e) {
    throw ConfigError(std::string(e.what()) + ". Choose another for prepared data with --cache-dir.");
  }
}

}  // namespace

ExecuteResult execute(const Experiment& experiment, const ExecuteOptions& options,
                      std::span<Observer* const> observers) {
  make_cache(options.cache_folder);
  make_folder(options.runs_folder);
  return Execution(experiment, options, observers).run();
}

}  // namespace assay
