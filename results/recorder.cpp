// The queue and the thread behind the recorder; what is written is in event_writer.cpp.

#include "results/recorder.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/files.hpp"
#include "base/text.hpp"
#include "data/lock.hpp"
#include "results/controller.hpp"
#include "results/event_writer.hpp"
#include "results/migrations.hpp"

namespace assay {
namespace {

constexpr std::size_t kBatchRows = 500;
constexpr auto kBatchTime = std::chrono::milliseconds(250);

using Job = std::function<void(EventWriter&)>;

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(by, begin), text.size());
    out.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

}  // namespace

struct Recorder::State {
  explicit State(std::filesystem::path path) : file(std::move(path)) {
    database.emplace(file, Database::Access::write);
    prepare_for_writing(*database);
    writer.emplace(*database);
    writer->mark_lost_runs();
    thread = std::thread([this] { write_until_closed(); });
  }

  void push(Job job, std::size_t rows = 1) {
    {
      const std::lock_guard lock(mutex);
      if (error) std::rethrow_exception(error);
      if (closing) throw DatabaseError(file.string() + ": the recorder was closed already");
      queue.push_back(std::move(job));
      queued_rows += rows;
    }
    wake.notify_one();
  }

  void flush() {
    std::unique_lock lock(mutex);
    flushing = true;
    wake.notify_one();
    written.wait(lock, [&] { return error || (queue.empty() && !writing); });
    flushing = false;
    if (error) std::rethrow_exception(error);
  }

  /// Shows other containers that this process lives. What ends it before the experiment's end is stored frees the lock
  /// and leaves the file.
  void show_life(const std::string& experiment_uid) {
    const std::filesystem::path path = controller_lock(file, experiment_uid);
    make_folder(path.parent_path());
    life.emplace(path, FileLock::File::stays);
  }

  void end_life() {
    if (life) life->remove_file();
    life.reset();
  }

  void close() {
    if (!thread.joinable()) return;
    {
      const std::lock_guard lock(mutex);
      closing = true;
    }
    wake.notify_one();
    thread.join();
    if (!error) leave_one_file(*database);
    writer.reset();
    database.reset();
    life.reset();
    if (error) std::rethrow_exception(error);
  }

  void write_until_closed() {
    std::unique_lock lock(mutex);
    while (true) {
      wake.wait(lock, [&] { return closing || !queue.empty(); });
      if (queue.empty()) return;
      wake.wait_for(lock, kBatchTime, [&] { return closing || flushing || queued_rows >= kBatchRows; });
      std::deque<Job> batch = std::exchange(queue, {});
      queued_rows = 0;
      writing = true;
      lock.unlock();
      std::exception_ptr failure = write(batch);
      lock.lock();
      writing = false;
      if (failure) error = failure;
      written.notify_all();
      if (failure) return;
    }
  }

  std::exception_ptr write(std::deque<Job>& batch) {
    try {
      Transaction transaction(*database);
      for (const Job& job : batch) job(*writer);
      transaction.commit();
    } catch (...) {
      return std::current_exception();
    }
    return {};
  }

  std::filesystem::path file;
  std::optional<Database> database;  // of the thread, while it runs
  std::optional<EventWriter> writer;
  std::optional<FileLock> life;    // of the caller: shows others that it lives
  std::optional<Database> reader;  // of the caller
  std::mutex mutex;
  std::condition_variable wake, written;
  std::deque<Job> queue;
  std::size_t queued_rows = 0;
  bool closing = false, flushing = false, writing = false;
  std::exception_ptr error;
  std::thread thread;
};

Recorder::Recorder(std::filesystem::path db) : state_(std::make_unique<State>(std::move(db))) {}
Recorder::~Recorder() {
  try {
    state_->close();
  } catch (const std::exception&) {  // a destructor cannot tell; close() does
  }
}

void Recorder::experiment_started(const ExperimentStarted& event) {
  state_->show_life(event.uid);
  auto copy = std::make_shared<const Experiment>(*event.experiment);
  state_->push([event, copy](EventWriter& writer) { writer.experiment_started(event, copy); });
}
void Recorder::task_ready(const TaskReady& event) {
  state_->push([event](EventWriter& writer) { writer.task_ready(event); });
}
void Recorder::trial_planned(const TrialPlanned& event) {
  state_->push([event](EventWriter& writer) { writer.trial_planned(event); });
}
void Recorder::run_started(const RunStarted& event) {
  state_->push([event](EventWriter& writer) { writer.run_started(event); });
}
void Recorder::run_points(const RunPoints& event) {
  state_->push([event](EventWriter& writer) { writer.run_points(event); }, event.points.size());
}
void Recorder::run_ended(const RunEnded& event) {
  auto copy = std::make_shared<const RunEnded>(event);
  state_->push([copy](EventWriter& writer) { writer.run_ended(*copy); });
}
void Recorder::experiment_ended(const ExperimentEnded& event) {
  state_->push([event](EventWriter& writer) { writer.experiment_ended(event); });
  flush();  // while signals are still asked for: what follows may be interrupted without loss
  state_->end_life();
}
void Recorder::message(const std::string& text) {
  state_->push([text, time = now_ms()](EventWriter& writer) { writer.message(text, time); });
}

std::vector<History::Known> Recorder::runs_of(const std::string& trial_key) const {
  if (!state_->reader) state_->reader.emplace(state_->file, Database::Access::read);
  Statement& runs = state_->reader->prepare(
      "SELECT r.uid, r.status, r.build_key, coalesce(r.folder, ''), e.controller_host, e.controller_boot, "
      "e.controller_namespace, e.controller_pid, e.controller_start, (SELECT group_concat(m.key) FROM results x "
      "JOIN metrics m ON m.id = x.metric_id WHERE x.run_id = r.id), e.uid "
      "FROM runs r JOIN trials t ON t.id = r.trial_id JOIN experiments e ON e.id = r.experiment_id "
      "WHERE t.key = ?1 ORDER BY r.id DESC");
  std::vector<Known> known;
  runs.bind(trial_key);
  while (runs.step()) {
    known.push_back({runs.text(0), runs.text(1), runs.text(2), runs.text(3), "", split(runs.text(9), ',')});
    if (known.back().status != "running" && known.back().status != "planned") continue;
    const Controller of_run{runs.text(4), runs.text(5), runs.text(6), runs.integer(7), runs.integer(8)};
    const auto lock = controller_lock(state_->file, runs.text(10));
    if (of_run != this_process() && liveness(of_run, lock) == Liveness::alive)
      known.back().controller = "process " + std::to_string(of_run.pid) + " on " + of_run.host;
  }
  runs.reset();
  return known;
}

std::optional<History::Elsewhere> Recorder::on_other_data(const Asked& asked) const {
  if (!state_->reader) state_->reader.emplace(state_->file, Database::Access::read);
  Statement& runs = state_->reader->prepare(
      "SELECT r.uid, d.fingerprint, k.split_fingerprint FROM experiments e "
      "JOIN experiment_runs er ON er.experiment_id = e.id JOIN runs r ON r.id = er.run_id "
      "JOIN trials t ON t.id = er.trial_id JOIN tasks k ON k.id = t.task_id JOIN datasets d ON d.id = er.dataset_id "
      "WHERE e.name = ?1 AND d.name = ?2 AND er.label = ?3 AND t.seed IS ?4 AND t.fold = ?5 AND k.key <> ?6 "
      "AND r.status <> 'planned' ORDER BY r.id DESC LIMIT 1");
  runs.bind(asked.experiment, asked.dataset, asked.label, asked.seed, asked.fold, asked.task_key);
  std::optional<Elsewhere> out;
  if (runs.step()) out = {runs.text(0), runs.text(1), runs.text(2)};
  runs.reset();
  return out;
}

bool Recorder::planned(const std::string& trial_key) const {
  if (!state_->reader) state_->reader.emplace(state_->file, Database::Access::read);
  Statement& trial = state_->reader->prepare("SELECT 1 FROM trials WHERE key = ?1");
  trial.bind(trial_key);
  const bool known = trial.step();
  trial.reset();
  return known;
}

void Recorder::flush() { state_->flush(); }
void Recorder::close() {
  state_->reader.reset();
  state_->close();
}

}  // namespace assay
