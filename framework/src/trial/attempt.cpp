// attempt.json and model.json: reading and writing.

#include "trial/attempt.hpp"

#include <nlohmann/json.hpp>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"

namespace assay {
namespace {

using nlohmann::json;
constexpr int kFormat = 1;

json parse(const std::filesystem::path& file) {
  const json out = parse_json(read_file(file));
  if (out.at("format") != kFormat)
    throw DataError(file.string(), 0,
                    "has format " + out.at("format").dump() + ", this runner reads format " + std::to_string(kFormat));
  return out;
}

/// Runs `read` and turns the JSON library's exceptions into ours.
template <class Read>
auto guarded(const std::filesystem::path& file, Read&& read) {
  try {
    return read(parse(file));
  } catch (const json::exception& e) {
    throw DataError(file.string(), 0, "is damaged: " + cut(e.what(), 300));
  }
}

json optional_seed(const std::optional<std::uint64_t>& seed) { return seed ? json(*seed) : json(nullptr); }
std::optional<std::uint64_t> optional_seed(const json& seed) {
  if (seed.is_null()) return std::nullopt;
  return WholeNumber(seed);
}

json to_json(const ModelSpec& m) {
  return {{"label", m.label},
          {"plugin", m.plugin},
          {"params", json::parse(m.params)},
          {"library", m.library},
          {"library_sha256", m.library_sha256},
          {"build_id", m.build_id},
          {"fold_in", m.traits.fold_in},
          {"seeded", m.traits.seeded},
          {"any_threads", m.traits.any_threads}};
}

ModelSpec model_of(const json& j) {
  ModelSpec m;
  m.label = j.at("label");
  m.plugin = j.at("plugin");
  m.params = j.at("params").dump();
  m.library = j.at("library");
  m.library_sha256 = j.at("library_sha256");
  m.build_id = j.at("build_id");
  m.traits.fold_in = j.at("fold_in");
  m.traits.seeded = j.at("seeded");
  m.traits.any_threads = j.at("any_threads");
  return m;
}

json to_json(const TrainingSpec& t) {
  return {{"validate_every", t.validate_every},
          {"patience", t.patience},
          {"min_delta", t.min_delta},
          {"metric", t.metric},
          {"keep_best", t.keep_best},
          {"refit", t.refit},
          {"profile_with_validation", t.profile_with_validation},
          {"checkpoint_every", t.checkpoint_every}};
}

TrainingSpec training_of(const json& j) {
  TrainingSpec t;
  t.validate_every = whole(j, "validate_every");
  t.patience = whole(j, "patience");
  t.min_delta = j.at("min_delta");
  t.metric = j.at("metric");
  t.keep_best = j.at("keep_best");
  t.refit = j.at("refit");
  t.profile_with_validation = j.at("profile_with_validation");
  t.checkpoint_every = whole(j, "checkpoint_every");
  return t;
}

}  // namespace

void write_attempt(const std::filesystem::path& folder, const AttemptSpec& a) {
  const json out{
      {"format", kFormat},
      {"attempt", a.id},
      {"run", a.run_uid},
      {"experiment", a.experiment},
      {"trial_key", a.trial_key},
      {"build_key", a.build_key},
      {"task_key", a.task_key},
      {"dataset", a.dataset},
      {"task_file", a.task_file.string()},
      {"model", to_json(a.model)},
      {"seed", optional_seed(a.seed)},
      {"fold", a.fold},
      {"threads", a.threads},
      {"reproducible", a.reproducible},
      {"save_models", a.save_models},
      {"training", to_json(a.training)},
      {"metrics", {{"names", a.metrics.names}, {"cutoffs", a.metrics.cutoffs}, {"primary", a.metrics.primary}}},
      {"continue_from", a.continue_from.string()}};
  write_file_atomically(folder / kAttemptFile, out.dump(1) + "\n");
}

AttemptSpec read_attempt(const std::filesystem::path& folder) {
  return guarded(folder / kAttemptFile, [](const json& j) {
    AttemptSpec a;
    a.id = j.at("attempt");
    a.run_uid = j.at("run");
    a.experiment = j.at("experiment");
    a.trial_key = j.at("trial_key");
    a.build_key = j.at("build_key");
    a.task_key = j.at("task_key");
    a.dataset = j.at("dataset");
    a.task_file = j.at("task_file").get<std::string>();
    a.model = model_of(j.at("model"));
    a.seed = optional_seed(j.at("seed"));
    a.fold = whole(j, "fold");
    a.threads = whole(j, "threads");
    a.reproducible = j.at("reproducible");
    a.save_models = j.at("save_models");
    a.training = training_of(j.at("training"));
    a.metrics.names = j.at("metrics").at("names").get<std::vector<std::string>>();
    a.metrics.cutoffs.clear();
    for (const json& cutoff : j.at("metrics").at("cutoffs")) a.metrics.cutoffs.push_back(WholeNumber(cutoff));
    a.metrics.primary = j.at("metrics").at("primary");
    a.continue_from = j.at("continue_from").get<std::string>();
    return a;
  });
}

std::string read_attempt_id(const std::filesystem::path& folder) {
  return guarded(folder / kAttemptFile, [](const json& j) { return j.at("attempt").get<std::string>(); });
}

void write_saved_model(const std::filesystem::path& folder, const SavedModel& m) {
  const json out{{"format", kFormat},
                 {"run", m.run_uid},
                 {"label", m.label},
                 {"plugin", m.plugin},
                 {"plugin_version", m.plugin_version},
                 {"params", json::parse(m.params)},
                 {"dataset", m.dataset},
                 {"library", m.library.string()},
                 {"library_sha256", m.library_sha256},
                 {"task_file", m.task_file.string()},
                 {"seed", optional_seed(m.seed)},
                 {"trained_on_validation", m.trained_on_validation},
                 {"profile_with_validation", m.profile_with_validation}};
  write_file_atomically(folder / kModelSideFile, out.dump(1) + "\n");
}

SavedModel read_saved_model(const std::filesystem::path& folder) {
  return guarded(folder / kModelSideFile, [](const json& j) {
    SavedModel m;
    m.run_uid = j.at("run");
    m.label = j.at("label");
    m.plugin = j.at("plugin");
    m.plugin_version = j.at("plugin_version");
    m.params = j.at("params").dump();
    m.dataset = j.at("dataset");
    m.library = j.at("library").get<std::string>();
    m.library_sha256 = j.at("library_sha256");
    m.task_file = j.at("task_file").get<std::string>();
    m.seed = optional_seed(j.at("seed"));
    m.trained_on_validation = j.at("trained_on_validation");
    m.profile_with_validation = j.at("profile_with_validation");
    return m;
  });
}

}  // namespace assay
