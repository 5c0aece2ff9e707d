// manifest.json: writing, reading, checking.

#include "trial/manifest.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "base/hash.hpp"
#include "base/json_text.hpp"
#include "base/text.hpp"
#include "trial/attempt.hpp"
#include "trial/evaluation_file.hpp"
#include "trial/number_json.hpp"

namespace assay {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;
constexpr int kFormat = 1;
constexpr std::array<std::string_view, 8> kStatuses{"done",    "failed",        "diverged",  "crashed",
                                                    "timeout", "out_of_memory", "cancelled", "lost"};

json to_json(const EnvironmentRecord& e) {
  return {{"hostname", e.hostname},
          {"os", e.os},
          {"kernel", e.kernel},
          {"cpu", e.cpu},
          {"isa", e.isa},
          {"compiler", e.compiler},
          {"assay", e.assay_version},
          {"onednn", e.onednn_version},
          {"cores", e.cores},
          {"memory_bytes", e.memory_bytes},
          {"hw_key", e.hw_key}};
}

EnvironmentRecord environment_of(const json& j) {
  EnvironmentRecord e;
  e.hostname = j.at("hostname");
  e.os = j.at("os");
  e.kernel = j.at("kernel");
  e.cpu = j.at("cpu");
  e.isa = j.at("isa");
  e.compiler = j.at("compiler");
  e.assay_version = j.at("assay");
  e.onednn_version = j.at("onednn");
  e.cores = whole(j, "cores");
  e.memory_bytes = whole(j, "memory_bytes");
  e.hw_key = j.at("hw_key");
  return e;
}

json to_json(const Evaluation& e) {
  json values = json::array();
  for (const MetricValue& v : e.values)
    values.push_back({{"metric", v.metric}, {"cutoff", v.cutoff}, {"value", number_json(v.value)}});
  return {
      {"values", values}, {"users", e.users.size()}, {"tied_places", e.tied_places},    {"empty_lists", e.empty_lists},
      {"top_n", e.top_n}, {"seconds", e.seconds},    {"score_seconds", e.score_seconds}};
}

Evaluation evaluation_of(const json& j) {
  Evaluation e;
  for (const json& v : j.at("values"))
    e.values.push_back({v.at("metric"), whole(v, "cutoff"), json_number(v.at("value")), {}});
  e.tied_places = whole(j, "tied_places");
  e.empty_lists = whole(j, "empty_lists");
  e.top_n = whole(j, "top_n");
  e.seconds = j.at("seconds");
  e.score_seconds = j.at("score_seconds");
  return e;
}

json files_json(const fs::path& folder, const RunEnded& run) {
  json out = json::array();
  for (const auto& [name, file] : run.artifacts)
    out.push_back({{"name", name},
                   {"file", file.string()},
                   {"bytes", fs::file_size(folder / file)},
                   {"sha256", sha256_of_file(folder / file)}});
  return out;
}

json to_json(const fs::path& folder, const Manifest& m) {
  const RunEnded& r = m.run;
  return {{"format", kFormat},
          {"attempt", m.attempt},
          {"run", m.run_uid},
          {"trial_key", m.trial_key},
          {"status", status_name(r.status)},
          {"reason", r.reason},
          {"time", r.time_ms},
          {"epochs", r.epochs},
          {"best_epoch", r.best_epoch},
          {"stopped_early", r.stopped_early},
          {"seconds",
           {{"read", r.read_seconds},
            {"fit", r.fit_seconds},
            {"fit_cpu", r.fit_cpu_seconds},
            {"evaluate", r.evaluate_seconds},
            {"total", r.total_seconds}}},
          {"peak_bytes", r.peak_bytes},
          {"test", to_json(r.test)},
          {"result_sha256", r.result_sha256},
          {"environment", to_json(r.environment)},
          {"files", files_json(folder, r)},
          {"tags", r.tags}};
}

RunEnded run_of(const json& j) {
  RunEnded r;
  r.run_uid = j.at("run");
  r.status = run_status(j.at("status").get<std::string>());
  r.reason = j.at("reason");
  r.time_ms = whole(j, "time");
  r.epochs = whole(j, "epochs");
  r.best_epoch = whole(j, "best_epoch");
  r.stopped_early = j.at("stopped_early");
  const json& seconds = j.at("seconds");
  r.read_seconds = seconds.at("read");
  r.fit_seconds = seconds.at("fit");
  r.fit_cpu_seconds = seconds.at("fit_cpu");
  r.evaluate_seconds = seconds.at("evaluate");
  r.total_seconds = seconds.at("total");
  r.peak_bytes = whole(j, "peak_bytes");
  r.test = evaluation_of(j.at("test"));
  r.result_sha256 = j.at("result_sha256");
  r.environment = environment_of(j.at("environment"));
  r.tags = j.at("tags").get<std::vector<std::pair<std::string, std::string>>>();
  return r;
}

/// Sizes of all files, and the hash of those that are read now; large models are not read again.
void check_files(const fs::path& folder, const json& files, RunEnded& run) {
  for (const json& entry : files) {
    const fs::path file = folder / entry.at("file").get<std::string>();
    std::error_code error;
    if (fs::file_size(file, error) != static_cast<std::uintmax_t>(whole(entry, "bytes")) || error)
      throw DataError(file.string(), 0, "is missing or does not have the size that the manifest names");
    if (file.filename() == kEvaluationFile && sha256_of_file(file) != entry.at("sha256").get<std::string>())
      throw DataError(file.string(), 0, "is damaged: its SHA-256 is not the one in the manifest");
    run.artifacts.emplace_back(entry.at("name"), file);
  }
}

}  // namespace

void write_manifest(const fs::path& folder, const Manifest& manifest) {
  write_file_atomically(folder / kManifestFile,
                        to_json(folder, manifest).dump(1, ' ', false, json::error_handler_t::replace) + "\n");
}

Manifest read_manifest(const fs::path& folder) {
  try {
    const json j = parse_json(read_file(folder / kManifestFile));
    if (j.at("format") != kFormat)
      throw DataError((folder / kManifestFile).string(), 0, "has format " + j.at("format").dump() + ", not 1");
    if (const std::string status = j.at("status"); std::ranges::find(kStatuses, status) == kStatuses.end())
      throw DataError((folder / kManifestFile).string(), 0, "has the unknown status \"" + cut(status, 60) + "\"");
    Manifest m{j.at("attempt"), j.at("run"), j.at("trial_key"), run_of(j)};
    check_files(folder, j.at("files"), m.run);
    if (m.run.status != RunStatus::done) return m;
    read_evaluation(folder, m.run.test);
    if (result_sha256(m.run.test) != m.run.result_sha256)
      throw DataError((folder / kManifestFile).string(), 0, "result_sha256 is not the hash of its results");
    return m;
  } catch (const json::exception& e) {
    throw DataError((folder / kManifestFile).string(), 0, "is damaged: " + cut(e.what(), 300));
  }
}

std::string_view status_name(RunStatus status) noexcept { return kStatuses[static_cast<std::size_t>(status)]; }

RunStatus run_status(std::string_view text) {
  const auto found = std::ranges::find(kStatuses, text);
  if (found == kStatuses.end()) throw DataError("\"" + std::string(text) + "\" is not the status of a run");
  return static_cast<RunStatus>(found - kStatuses.begin());
}

}  // namespace assay
