// The Run that a model trains with.

#include "trial/training_run.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>

#include "assay/errors.hpp"

#include "base/hash.hpp"
#include "trial/environment.hpp"

namespace assay {
namespace {

constexpr double kCheckpointSeconds = 30;

/// A process that trains alone.
class Alone final : public Group {
 public:
  int rank() const noexcept override { return 0; }
  int size() const noexcept override { return 1; }
  void sum(std::span<float>) override {}
  void broadcast(std::span<std::byte>, int root) override {
    if (root != 0) throw Error("broadcast from process " + std::to_string(root) + ", but there is only process 0");
  }
};

void keep(NamedValues& values, std::string_view series, double value) {
  const auto found = std::ranges::find(values, series, &NamedValues::value_type::first);
  if (found == values.end())
    values.emplace_back(series, value);
  else
    found->second = value;
}

bool good_file_name(std::string_view name) {
  return !name.empty() && name.size() <= 100 && name.front() != '.' && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

}  // namespace

std::uint64_t random_key(std::uint64_t seed, std::string_view purpose, std::uint64_t index) {
  std::array<char, 16> numbers{};
  for (std::size_t i = 0; i < 8; ++i) {
    numbers[i] = static_cast<char>(seed >> (8 * i));
    numbers[8 + i] = static_cast<char>(index >> (8 * i));
  }
  Sha256 hash;
  hash.add(std::string_view(numbers.data(), numbers.size()));
  hash.add(purpose);
  return std::stoull(hash.hex().substr(0, 16), nullptr, 16);
}

TrainingRun::TrainingRun(Model& model, Executor& executor, EventLog& events, std::filesystem::path folder,
                         CheckpointStore& store, TrainingSetup setup)
    : model_(model),
      resumable_(dynamic_cast<Resumable*>(&model)),
      executor_(executor),
      events_(events),
      folder_(std::move(folder)),
      store_(store),
      setup_(std::move(setup)),
      last_checkpoint_(steady_seconds()) {
  state_.phase = setup_.phase;
  state_.refit_epochs = setup_.refit_epochs;
}

int TrainingRun::begin(int epochs) {
  if (outcome_.iterative) throw PluginError("the model called Run::begin() twice in one fit()");
  outcome_.iterative = true;
  epochs_ = setup_.refit_epochs > 0 ? std::min(epochs, setup_.refit_epochs) : epochs;
  if (setup_.restore && resumable_) {
    store_.load_checkpoint(model_, *resumable_, setup_.data);
    state_ = *setup_.restore;
  }
  weights_epoch_ = state_.epoch;
  events_.progress(setup_.phase, state_.epoch, epochs_);
  // A checkpoint may hold a training that had come to its end: the model's loop then has nothing to do.
  return patience_exhausted() || state_.epoch >= epochs_ ? epochs : state_.epoch;
}

bool TrainingRun::next() {
  if (!outcome_.iterative) throw PluginError("the model called Run::next() without Run::begin()");
  ++state_.epoch;
  weights_epoch_ = state_.epoch;
  flush_points();
  if (outcome_.diverged) return false;
  if (validation_due()) validate();
  outcome_.stopped_early = patience_exhausted() && state_.epoch < epochs_;
  const bool stop = setup_.cancel && setup_.cancel->load();
  if ((checkpoint_due() || stop) && !told_.load()) checkpoint();
  events_.progress(setup_.phase, state_.epoch, outcome_.stopped_early ? state_.epoch : epochs_);
  return !stop && !outcome_.stopped_early && state_.epoch < epochs_;
}

void TrainingRun::progress(std::int64_t done, std::int64_t total) {
  if (!outcome_.iterative) events_.progress(setup_.phase, done, total);
}

bool TrainingRun::cancelled() const noexcept {
  const bool stop = setup_.cancel && setup_.cancel->load();
  if (stop) told_.store(true);
  return stop;
}

void TrainingRun::loss(std::string_view series, double value) {
  keep(losses_, series, value);
  if (std::isfinite(value) || outcome_.diverged) return;
  outcome_.diverged = true;
  outcome_.diverged_epoch = state_.epoch + 1;
  outcome_.diverged_series = series;
}

void TrainingRun::measure(std::string_view series, double value) { keep(measures_, series, value); }

Random TrainingRun::random(std::string_view purpose, std::uint64_t index) const {
  return Random(random_key(setup_.seed, purpose, index));
}

const Reader* TrainingRun::input(std::string_view) const { return nullptr; }

void TrainingRun::artifact(std::string_view name, std::span<const std::byte> bytes) {
  if (!good_file_name(name))
    throw PluginError("an artifact cannot be named \"" + std::string(name) +
                      "\": letters, digits, '.', '_' and '-' make a name");
  std::filesystem::create_directories(folder_ / "artifacts");
  std::ofstream out(folder_ / "artifacts" / name, std::ios::binary | std::ios::app);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) throw Error((folder_ / "artifacts" / name).string() + ": cannot write");
}

Group& TrainingRun::group() {
  static Alone alone;  // has no state
  return alone;
}

int TrainingRun::threads() const noexcept { return executor_.threads(); }

void TrainingRun::parallel(std::int64_t chunks, void (*body)(void*, std::int64_t), void* context) {
  if (outcome_.iterative || !setup_.cancel) return executor_.parallel(chunks, body, context);
  // A training in one go has nothing to checkpoint: it need not ask, and ends with the piece that is being worked on.
  struct Piece {
    const std::atomic<bool>& cancel;
    void (*body)(void*, std::int64_t);
    void* context;
    static void work(void* raw, std::int64_t chunk) {
      const Piece& piece = *static_cast<const Piece*>(raw);
      if (piece.cancel.load()) throw Cancelled();
      piece.body(piece.context, chunk);
    }
  } piece{*setup_.cancel, body, context};
  executor_.parallel(chunks, &Piece::work, &piece);
}

void TrainingRun::flush_points() {
  const std::string prefix = setup_.phase == "fit" ? "" : setup_.phase + "/";
  for (auto* values : {&losses_, &measures_})
    for (auto& [series, value] : *values) series.insert(0, prefix);
  events_.points(state_.epoch, PointKind::loss, losses_);
  events_.points(state_.epoch, PointKind::measure, measures_);
  losses_.clear();
  measures_.clear();
}

bool TrainingRun::patience_exhausted() const {
  return setup_.training.patience > 0 && state_.stale >= setup_.training.patience;
}

bool TrainingRun::validation_due() const {
  if (!setup_.validate) return false;
  return state_.epoch == epochs_ || state_.epoch % std::max(1, setup_.training.validate_every) == 0;
}

bool TrainingRun::better(double value, double than, double by) const {
  if (std::isnan(than)) return !std::isnan(value);
  return setup_.higher_is_better ? value > than + by : value < than - by;
}

double TrainingRun::measure_validation() {
  const double wall = steady_seconds(), cpu = cpu_seconds();
  const NamedValues values = setup_.validate();
  events_.points(state_.epoch, PointKind::validation, values);
  outcome_.validation_seconds += steady_seconds() - wall;
  outcome_.validation_cpu_seconds += cpu_seconds() - cpu;
  return values.at(0).second;
}

void TrainingRun::validate() {
  const double value = measure_validation();
  if (std::isnan(value)) return;  // what cannot be measured (rmse of a model that does not rate) stops nothing
  if (better(value, state_.best, 0)) {
    if (setup_.training.keep_best) store_.save_best(model_, state_.epoch);
    state_.best = value;
    state_.best_epoch = state_.epoch;
  }
  if (better(value, state_.patience_reference, setup_.training.min_delta)) {
    state_.patience_reference = value;
    state_.stale = 0;
  } else {
    ++state_.stale;
  }
}

bool TrainingRun::checkpoint_due() const {
  if (!resumable_ || state_.epoch >= epochs_) return false;
  if (setup_.training.checkpoint_every > 0) return state_.epoch % setup_.training.checkpoint_every == 0;
  return steady_seconds() - last_checkpoint_ >= kCheckpointSeconds;
}

void TrainingRun::checkpoint() {
  if (!resumable_) return;
  store_.save_checkpoint(model_, *resumable_, state_);
  last_checkpoint_ = steady_seconds();
}

TrainingOutcome TrainingRun::finish() {
  flush_points();
  outcome_.epochs = state_.epoch;
  outcome_.stopped_early = outcome_.iterative && patience_exhausted() && state_.epoch < epochs_;
  outcome_.best_epoch = state_.best_epoch > 0 ? state_.best_epoch : state_.epoch;
  outcome_.cancelled = setup_.cancel && setup_.cancel->load();
  const bool keep_best = setup_.training.keep_best && state_.best_epoch > 0;
  if (keep_best && !outcome_.diverged && !outcome_.cancelled && state_.best_epoch != weights_epoch_)
    store_.load_best(model_, state_.best_epoch, setup_.data);
  const bool whole = !outcome_.iterative && !outcome_.diverged && !outcome_.cancelled;
  if (whole && setup_.validate) static_cast<void>(measure_validation());
  return outcome_;
}

}  // namespace assay
