// What a trial will take of its machine.

#include "jobs/needs.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>

#include "assay/errors.hpp"

#include "base/guarded_stdout.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "data/prepared.hpp"
#include "linalg/total_memory.hpp"
#include "plugin/catalogue.hpp"
#include "plugin/child.hpp"

namespace assay {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::int64_t kMiB = 1 << 20;
constexpr std::int64_t kProgram = 28 * kMiB;  // a worker that trains nothing: its libraries and their buffers
constexpr std::int64_t kSmallFiles = kMiB;    // attempt, events, log, manifest
constexpr std::int64_t kKeptPlaces = 100;     // of every ranking, at least
constexpr std::int64_t kTile = 64;            // users that are scored together
constexpr int kPatience = 30;                 // seconds to open a library and make a model
constexpr const char* kLocalBackend = "local";

std::int64_t evaluation_bytes(const Experiment& experiment, const PreparedInfo& data) {
  const auto largest = *std::ranges::max_element(experiment.metrics.cutoffs);
  const std::int64_t places = std::max<std::int64_t>(kKeptPlaces, largest);
  const auto values = static_cast<std::int64_t>(experiment.metrics.names.size() * experiment.metrics.cutoffs.size());
  return data.users * (4 + 8 * places + 4 * values);
}

/// What a model is trained on.
TaskShape shape_of(const PreparedInfo& data, const Experiment& experiment) {
  const PreparedTask task = PreparedTask::open(data.file);
  const Interactions train = task.train(), validation = task.validation();
  TaskShape shape{data.users, data.items, 0, 0, experiment.threads};
  for (Index user = 0; user < task.users(); ++user) {
    const auto held = experiment.training.refit ? validation[user].columns.size() : 0;
    const auto n = static_cast<std::int64_t>(train[user].columns.size() + held);
    shape.interactions += n;
    shape.pairs += n * n;
  }
  return shape;
}

std::int64_t free_disk(const fs::path& runs_folder) {
  std::error_code error;
  const fs::space_info space = fs::space(runs_folder, error);
  return error ? std::numeric_limits<std::int64_t>::max() : static_cast<std::int64_t>(space.available);
}

}  // namespace

std::optional<ModelNeed> need_of_model(const ModelSpec& model, const TaskShape& task) {
  const json request{{"library", model.library},
                     {"component", model.plugin},
                     {"params", model.params},
                     {"shape", {task.users, task.items, task.interactions, task.pairs, task.threads}}};
  const std::array command{runner_executable().string(), std::string("estimate"), request.dump()};
  const ChildResult child = run_child(command, kPatience);
  if (child.exit_code != 0) return {};
  const json answer = json::parse(child.out, nullptr, false);
  if (!answer.is_object()) return {};
  return ModelNeed{{answer.value("memory", std::int64_t{0}), answer.value("saved", std::int64_t{0}),
                    answer.value("training", std::int64_t{0})},
                   answer.value("resumable", false)};
}

TrialNeed need_of_trial(const ModelNeed& asked, const Experiment& experiment, const PreparedInfo& data) {
  const Need& model = asked.need;
  std::error_code none;
  const auto mapped = static_cast<std::int64_t>(fs::file_size(data.file, none));
  const std::int64_t joined = data.validation > 0 ? 2 * 16 * (data.train + data.validation) : 0;
  const std::int64_t evaluation = evaluation_bytes(experiment, data);
  const std::int64_t tiles = experiment.threads * kTile * data.items * 8;
  TrialNeed need;
  need.memory = kProgram + mapped + joined + model.memory + evaluation + tiles;
  need.kept = kSmallFiles + evaluation + (experiment.save_models ? model.saved : 0);
  const std::int64_t best = experiment.training.keep_best ? model.saved : 0;
  const std::int64_t checkpoint = asked.resumable ? model.saved + model.training : 0;
  need.memory += std::max(best, checkpoint);          // the file is mapped while its tensors are copied
  need.disk = need.kept + 2 * best + 2 * checkpoint;  // twice: the old one goes when the new one is whole
  return need;
}

std::int64_t memory_for_trials(const BackendSpec& backend) {
  return backend.plugin == kLocalBackend ? total_memory() : std::numeric_limits<std::int64_t>::max();
}

Needs::Needs(const Experiment& experiment, fs::path runs_folder)
    : experiment_(experiment),
      runs_folder_(std::move(runs_folder)),
      memory_(memory_for_trials(experiment.backend)),
      disk_(free_disk(runs_folder_)) {}

std::optional<TrialNeed> Needs::of(std::size_t model, std::size_t dataset, const PreparedInfo& data) {
  const auto [entry, is_new] = known_.try_emplace({model, dataset});
  if (is_new) {
    auto shape = shapes_.find(dataset);
    if (shape == shapes_.end()) shape = shapes_.emplace(dataset, shape_of(data, experiment_)).first;
    const auto need = need_of_model(experiment_.models[model], shape->second);
    if (need) entry->second = need_of_trial(*need, experiment_, data);
  }
  return entry->second;
}

std::string Needs::refusal(const TrialNeed& need) {
  const std::string memory = "it needs about " + human_bytes(need.memory) + " of memory, and ";
  const std::int64_t limit = experiment_.memory_bytes;
  if (limit > 0 && need.memory > limit)
    return memory + "the experiment allows " + human_bytes(limit) +
           " (resources.memory_mb). Raise the limit, or make the model or the data smaller.";
  if (need.memory > memory_)
    return memory + "there are " + human_bytes(memory_) +
           " here. Make the model or the data smaller (filter: user_core, item_core), or use a larger machine.";
  if (need.disk > disk_)
    return "it needs about " + human_bytes(need.disk) + " on the disk of " + runs_folder_.string() + ", where " +
           human_bytes(std::max<std::int64_t>(disk_, 0)) +
           " will be free. Make room (runner gc shows what can go), or put the database elsewhere with --db.";
  disk_ -= need.kept;
  return "";
}

int run_estimate(const std::string& text) {
  const GuardedStdout real;  // a plugin that prints must not be taken for the answer
  const json request = parse_json(text);
  const auto library = Library::open(request.at("library").get<std::string>());
  const auto model =
      make<Recommender>(*library, request.at("component").get<std::string>(), request.at("params").get<std::string>());
  json answer;
  if (const auto* sized = dynamic_cast<const Sized*>(model.get())) {
    const auto shape = request.at("shape").get<std::array<std::int64_t, 5>>();
    const Need need = sized->need({shape[0], shape[1], shape[2], shape[3], static_cast<int>(shape[4])});
    answer = {{"memory", need.memory},
              {"saved", need.saved},
              {"training", need.training},
              {"resumable", dynamic_cast<const Resumable*>(model.get()) != nullptr}};
  }
  real.tell(answer.dump() + "\n");
  return 0;
}

}  // namespace assay
