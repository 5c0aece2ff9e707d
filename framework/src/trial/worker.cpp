// A worker's whole work: one trial, from attempt.json to manifest.json.

#include "trial/worker.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "assay/errors.hpp"
#include "assay/model.hpp"

#include "base/hash.hpp"
#include "base/pool.hpp"
#include "base/text.hpp"
#include "data/prepared.hpp"
#include "plugin/catalogue.hpp"
#include "trial/attempt.hpp"
#include "trial/cancellation.hpp"
#include "trial/environment.hpp"
#include "trial/evaluation_file.hpp"
#include "trial/events.hpp"
#include "trial/float_environment.hpp"
#include "trial/manifest.hpp"
#include "trial/safetensors.hpp"
#include "trial/training_run.hpp"
#include "trial/validation.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;

void throw_if_cancelled() {
  if (cancellation().load()) throw Cancelled();
}

class Worker {
 public:
  explicit Worker(fs::path folder) : folder_(std::move(folder)), spec_(read_attempt(folder_)) {
    manifest_.attempt = spec_.id;
    manifest_.run_uid = manifest_.run.run_uid = spec_.run_uid;
    manifest_.trial_key = spec_.trial_key;
  }

  RunStatus run() {
    const double start = steady_seconds();
    RunEnded& run = manifest_.run;
    try {
      work();
    } catch (const Cancelled&) {
      run.status = RunStatus::cancelled;
      run.reason = "cancelled";
    } catch (const std::bad_alloc&) {
      run.status = RunStatus::out_of_memory;
      run.reason = "the memory that the trial may use did not suffice";
    } catch (const std::exception& e) {
      run.status = RunStatus::failed;
      run.reason = e.what();
    }
    run.environment = this_environment();
    run.peak_bytes = peak_memory();
    run.time_ms = now_ms();
    run.total_seconds = steady_seconds() - start;
    // Fencing: a folder that was given to another attempt is not ours to finish.
    if (read_attempt_id(folder_) != spec_.id) throw Error(folder_.string() + " belongs to another attempt now");
    write_manifest(folder_, manifest_);
    return run.status;
  }

 private:
  void work() {
    EventLog events(folder_);
    CheckpointStore store(folder_);
    events.progress("read", 0, 0);
    read();
    fit(events, store);
    if (manifest_.run.status == RunStatus::diverged) return;
    throw_if_cancelled();
    evaluate(events);
    save();
    store.remove_all();
  }

  void read() {
    const double start = steady_seconds();
    task_.emplace(PreparedTask::open(spec_.task_file));
    if (sha256_of_file(spec_.model.library) != spec_.model.library_sha256)
      throw PluginError(spec_.model.library + ": the library was changed after the experiment had begun; run it again");
    library_ = Library::open(spec_.model.library);
    if (library_->changed_float_mode()) note_restored_floats();
    model_ = make<Recommender>(*library_, spec_.model.plugin, spec_.model.params);
    pool_ = std::make_unique<ThreadPool>(spec_.threads);
    restore_floats();
    manifest_.run.read_seconds = steady_seconds() - start;
  }

  void restore_floats() {
    if (restore_float_environment(*pool_)) note_restored_floats();
  }

  void note_restored_floats() {
    if (std::exchange(floats_restored_, true)) return;
    manifest_.run.tags.emplace_back("mxcsr_restored", "1");
  }

  /// Runs a call into the plugin; whatever it throws says whose call it was.
  template <class Call>
  void in_plugin(const char* function, Call&& call) {
    const auto fail = [&](const char* what) {
      throw PluginError(spec_.model.plugin + " (" + fs::path(spec_.model.library).filename().string() + "), " +
                        function + ": " + what);
    };
    try {
      call();
    } catch (const Cancelled&) {
      throw;
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception& e) {
      fail(e.what());
    } catch (...) {
      fail("threw something that is not a std::exception");
    }
    restore_floats();
  }

  [[nodiscard]] Extents extents() const { return {task_->users(), task_->items()}; }

  TrainingSetup setup(const std::string& phase) {
    TrainingSetup out;
    out.training = spec_.training;
    out.seed = spec_.seed.value_or(0);
    out.phase = phase;
    out.data = extents();
    out.cancel = &cancellation();
    out.higher_is_better = higher_is_better(spec_.training.metric);
    if (phase == "fit" && task_->validation().size() > 0)
      out.validate = [this] {
        return validate(*model_, spec_.model.traits.slices, *task_, spec_.metrics, spec_.training.metric, *pool_);
      };
    return out;
  }

  void fit(EventLog& events, CheckpointStore& store) {
    std::optional<TrainingState> restored = take_up(events, store);
    TrainingOutcome outcome;
    if (!restored || restored->phase == "fit") {
      outcome = train(events, store, setup("fit"), restored);
      restored.reset();
    }
    const bool refit = spec_.training.refit && task_->validation().size() > 0;
    if (refit && manifest_.run.status == RunStatus::done) this->refit(events, store, outcome, restored);
  }

  /// Copies the checkpoint that this attempt is to continue, with the points up to it.
  std::optional<TrainingState> take_up(EventLog& events, CheckpointStore& store) {
    if (spec_.continue_from.empty() || !dynamic_cast<Resumable*>(model_.get())) return std::nullopt;
    try {
      if (!store.adopt(spec_.continue_from, spec_.training.keep_best)) return std::nullopt;
      TrainingState state = store.checkpoint_state();
      // Tried on an object of their own, before anybody is told that the training goes on from them.
      store.load_weights(*make<Recommender>(*library_, spec_.model.plugin, spec_.model.params), extents());
      events.restored(state.epoch, read_points(spec_.continue_from, state.phase, state.epoch));
      manifest_.run.tags.emplace_back("continued_from_epoch", std::to_string(state.epoch));
      return state;
    } catch (const DataError& e) {  // damaged: the epochs are lost, the trial is not
      store.remove_all();
      manifest_.run.tags.emplace_back("checkpoint_not_used", e.what());
      return std::nullopt;
    }
  }

  /// Trains once more, from scratch, on train + validation for the number of epochs that was best.
  void refit(EventLog& events, CheckpointStore& store, const TrainingOutcome& first,
             const std::optional<TrainingState>& restored) {
    TrainingSetup again = setup("refit");
    again.refit_epochs = restored ? restored->refit_epochs : first.iterative ? first.best_epoch : 0;
    model_ = make<Recommender>(*library_, spec_.model.plugin, spec_.model.params);
    refitted_ = true;
    train(events, store, again, restored);
    manifest_.run.best_epoch = manifest_.run.epochs;
    manifest_.run.stopped_early |= first.stopped_early;
  }

  TrainingOutcome train(EventLog& events, CheckpointStore& store, TrainingSetup how,
                        const std::optional<TrainingState>& restored) {
    how.restore = restored;
    const TrainingData data{refitted_ ? task_->train_and_validation() : task_->train(),
                            refitted_ ? task_->train_and_validation_by_item() : task_->train_by_item(),
                            task_->user_table(), task_->item_table()};
    TrainingRun run(*model_, *pool_, events, folder_, store, how);
    events.progress(how.phase, 0, 0);
    const double wall = steady_seconds(), cpu = cpu_seconds();
    in_plugin("fit()", [&] { model_->fit(data, run); });
    TrainingOutcome outcome;
    in_plugin("load()", [&] { outcome = run.finish(); });
    note(outcome, steady_seconds() - wall, cpu_seconds() - cpu);
    return outcome;
  }

  void note(const TrainingOutcome& outcome, double seconds, double cpu) {
    RunEnded& run = manifest_.run;
    run.fit_seconds += seconds - outcome.validation_seconds;
    run.fit_cpu_seconds += cpu - outcome.validation_cpu_seconds;
    validation_seconds_ += outcome.validation_seconds;
    run.epochs = outcome.epochs;
    run.best_epoch = outcome.best_epoch;
    run.stopped_early = outcome.stopped_early;
    if (outcome.diverged) {
      run.status = RunStatus::diverged;
      run.reason = "the loss \"" + outcome.diverged_series + "\" was not finite in epoch " +
                   std::to_string(outcome.diverged_epoch);
    } else if (outcome.cancelled) {
      throw Cancelled();
    }
  }

  void evaluate(EventLog& events) {
    const double start = steady_seconds();
    const TrainingSpec& training = spec_.training;
    whole_profiles_ = refitted_ || (spec_.model.traits.fold_in && training.profile_with_validation);
    const int largest = *std::ranges::max_element(spec_.metrics.cutoffs);
    EvaluationInput input{.model = model_.get(),
                          .profiles = whole_profiles_ ? task_->train_and_validation() : task_->train(),
                          .excluded = task_->train_and_validation(),
                          .relevant = task_->test(),
                          .train = task_->train(),
                          .items = task_->item_table(),
                          .metrics = &spec_.metrics,
                          .keep_top = std::max(100, largest),
                          .slices = spec_.model.traits.slices,
                          .progress = [&](std::int64_t done, std::int64_t total) {
                            events.progress("evaluate", done, total);
                            return !cancellation().load();
                          }};
    in_plugin("score()", [&] { manifest_.run.test = assay::evaluate(input, *pool_); });
    manifest_.run.evaluate_seconds = steady_seconds() - start;
  }

  void save() {
    RunEnded& run = manifest_.run;
    write_evaluation(folder_, run.test);
    run.result_sha256 = result_sha256(run.test);
    run.artifacts.emplace_back("evaluation", kEvaluationFile);
    if (validation_seconds_ > 0) run.tags.emplace_back("validation_seconds", shortest(validation_seconds_));
    if (spec_.save_models) {
      in_plugin("save()",
                [&] { save_safetensors(folder_ / kModelFile, [&](Writer& to) { std::as_const(*model_).save(to); }); });
      write_saved_model(folder_, side_file());
      run.artifacts.emplace_back("model", kModelFile);
      run.artifacts.emplace_back("model.json", kModelSideFile);
    }
    if (fs::exists(folder_ / "artifacts"))
      for (const auto& entry : fs::directory_iterator(folder_ / "artifacts"))
        run.artifacts.emplace_back("artifacts/" + entry.path().filename().string(),
                                   fs::path("artifacts") / entry.path().filename());
  }

  [[nodiscard]] SavedModel side_file() const {
    return {.run_uid = spec_.run_uid,
            .label = spec_.model.label,
            .plugin = spec_.model.plugin,
            .plugin_version = library_->components().front().version,
            .params = spec_.model.params,
            .dataset = spec_.dataset,
            .library = spec_.model.library,
            .task_file = spec_.task_file,
            .library_sha256 = spec_.model.library_sha256,
            .seed = spec_.seed,
            .trained_on_validation = refitted_,
            .profile_with_validation = whole_profiles_};
  }

  fs::path folder_;
  AttemptSpec spec_;
  Manifest manifest_;
  std::optional<PreparedTask> task_;
  std::shared_ptr<Library> library_;
  std::shared_ptr<Recommender> model_;
  std::unique_ptr<ThreadPool> pool_;
  bool floats_restored_ = false, refitted_ = false, whole_profiles_ = false;
  double validation_seconds_ = 0;
};

}  // namespace

int run_worker(const fs::path& folder) {
  listen_for_cancellation();
  const RunStatus status = Worker(folder).run();
  if (status == RunStatus::cancelled) return 130;
  return status == RunStatus::done || status == RunStatus::diverged ? 0 : 1;
}

}  // namespace assay
