// The made-up experiment.

#include "story.hpp"

#include <array>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <unistd.h>

#include "base/hash.hpp"
#include "results/recorder.hpp"

namespace assay::story {
namespace {

std::string trial_name(std::size_t dataset, std::size_t model, std::optional<std::uint64_t> seed, int fold) {
  return "d" + std::to_string(dataset) + "m" + std::to_string(model) + "s" + (seed ? std::to_string(*seed) : "-") +
         "f" + std::to_string(fold);
}

MetricValue metric(std::size_t dataset, std::size_t model, std::optional<std::uint64_t> seed, int fold,
                   const std::string& name, int cutoff) {
  MetricValue out{name, cutoff, mean_of(dataset, model, seed, fold, name), {}};
  if (name == "gini") return out;
  for (int u = 0; u < kUsers; ++u) out.per_user.push_back(value_of(dataset, model, seed, fold, name, u));
  return out;
}

}  // namespace

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "assay-results-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("mkdtemp failed");
  path_ = name;
}
Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string sqlite3(const std::filesystem::path& file, const std::string& sql) {
  std::string quoted;
  for (const char c : sql) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  const std::string command = std::string(ASSAY_SQLITE3) + " '" + file.string() + "' '" + quoted + "' 2>&1";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), &::pclose);
  std::string out;
  std::array<char, 4096> buffer{};
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) out.append(buffer.data(), n);
  if (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

Experiment experiment() {
  Experiment e;
  e.name = "made_up";
  e.description = "Two datasets, two models.";
  e.file = "experiments/made_up.json";
  for (const char* name : {"tiny", "other"}) {
    DatasetSpec dataset;
    dataset.name = name;
    dataset.plugin = "csv";
    dataset.params = R"({"path":"x.csv"})";
    dataset.library = "plugins/csv.so";
    dataset.library_sha256 = "c5";
    dataset.licence = "CC0";
    e.datasets.push_back(dataset);
  }
  ModelSpec random{
      "random", "random", R"({"deep":true,"name":"x","rate":0.5,"sizes":[1,2]})", "plugins/random.so", "aa", "b1", {}};
  ModelSpec popular{"popular", "popularity", R"({"rate":2})", "plugins/popularity.so", "bb", "b2", {}};
  popular.traits.seeded = false;
  e.models = {random, popular};
  e.seeds = {1, 2, 3};
  e.reference = "popular";
  e.metrics.primary = "ndcg@10";
  e.backend.library = "plugins/local.so";
  e.resolved = R"({"filter":{},"name":"made_up","split":{"strategy":"given"},"training":{"patience":10}})";
  return e;
}

float value_of(std::size_t dataset, std::size_t model, std::optional<std::uint64_t> seed, int fold,
               const std::string& metric, int user) {
  const double shift = metric == "ndcg" ? 0.3 : metric == "gini" ? 0.6 : 0.1;
  const double noise = seed ? 0.01 * static_cast<double>(*seed * *seed) : 0.0;
  return static_cast<float>(shift + 0.05 * static_cast<double>(dataset) + 0.02 * static_cast<double>(model) + noise +
                            0.001 * fold + 0.1 * user);
}

double mean_of(std::size_t dataset, std::size_t model, std::optional<std::uint64_t> seed, int fold,
               const std::string& metric) {
  double sum = 0;
  for (int u = 0; u < kUsers; ++u) sum += static_cast<double>(value_of(dataset, model, seed, fold, metric, u));
  return sum / kUsers;
}

Teller::Teller(Observer& observer, std::string tag, std::int64_t time_ms)
    : observer_(observer), experiment_(story::experiment()), tag_(std::move(tag)), clock_(time_ms) {
  uid_ = "018bcfe5-6800-7000-8000-00000000" + std::string(4 - tag_.size(), '0') + tag_;
}

void Teller::start() {
  ExperimentStarted e;
  e.uid = uid_;
  e.experiment = &experiment_;
  e.file_text = "{ // as written\n}";
  e.command_line = "runner experiments/made_up.json";
  e.code = {"0123abcd", "diff --git a b", true};
  e.time_ms = clock_;
  e.trials = 8;
  observer_.experiment_started(e);
}

void Teller::data(std::size_t dataset) {
  TaskReady e;
  e.key = "task" + std::to_string(dataset);
  e.dataset = dataset;
  e.data.source_key = "source";
  e.data.dataset_fingerprint = "content" + std::to_string(dataset);
  e.data.raw_fingerprint = "raw";
  e.data.split_fingerprint = "split";
  e.data.file = "cache/task-" + std::to_string(dataset) + ".assay";
  e.data.users = kUsers;
  e.data.items = 40;
  e.data.interactions = 100;
  e.data.train = 80;
  e.data.test = 20;
  e.data.read_seconds = 0.5;
  observer_.task_ready(e);
}

std::string Teller::plan(std::size_t dataset, std::size_t model, std::optional<std::uint64_t> seed, int fold) {
  TrialPlanned e;
  const std::string number = std::to_string(++runs_);
  e.run_uid = "018bcfe5-7000-7000-8000-" + std::string(4 - tag_.size(), '0') + tag_ +
              std::string(8 - number.size(), '0') + number;
  e.trial_key = trial_name(dataset, model, seed, fold);
  e.build_key = "build1";
  e.task_key = "task" + std::to_string(dataset);
  e.trial = {dataset, model, seed, fold};
  e.decision = decision;
  e.why = "never ran";
  observer_.trial_planned(e);
  return e.run_uid;
}

void Teller::begin(const std::string& run) {
  clock_ += 1000;
  observer_.run_started({run, "attempt-" + run.substr(run.size() - 4), "here", "runs/" + run, clock_});
}

void Teller::finish(const std::string& run, std::size_t dataset, std::size_t model, std::optional<std::uint64_t> seed,
                    int fold) {
  clock_ += 2000;
  RunPoints points{run, {}, -1};
  for (int epoch = 0; epoch < 3; ++epoch) {
    points.points.push_back({epoch, PointKind::loss, "generator", 1.0 / (1 + epoch), clock_ - 1500 + 100 * epoch});
    points.points.push_back({epoch, PointKind::validation, "ndcg@10", 0.1 * (1 + epoch), clock_ - 1450 + 100 * epoch});
  }
  observer_.run_points(points);
  RunEnded e;
  e.run_uid = run;
  e.time_ms = clock_;
  e.epochs = 3;
  e.best_epoch = 2;
  e.read_seconds = 0.01;
  e.fit_seconds = 1.25;
  e.fit_cpu_seconds = 1.2;
  e.evaluate_seconds = 0.25;
  e.total_seconds = 1.6;
  e.peak_bytes = std::int64_t{64} << 20;
  e.result_sha256 = sha256_hex(trial_name(dataset, model, seed, fold));
  e.environment = {"here", "Debian", "6.1", "CPU", "avx2", "gcc 12", "0.1.0", "2.6.3", 2, 1 << 30, "hw1"};
  e.tags = {{"mxcsr_restored", "1"}};
  e.test.users = {0, 1, 3, 4, 7};
  e.test.values = {metric(dataset, model, seed, fold, "precision", 10), metric(dataset, model, seed, fold, "ndcg", 10),
                   metric(dataset, model, seed, fold, "gini", 10)};
  e.test.top_n = kPlaces;
  for (int i = 0; i < kUsers * kPlaces; ++i) {
    e.test.top_items.push_back(i == kUsers * kPlaces - 1 ? kUnknown : i);
    e.test.top_scores.push_back(1.0f / static_cast<float>(1 + i));
  }
  if (change) change(e);
  observer_.run_ended(e);
  ++done_;
}

void Teller::fail(const std::string& run, RunStatus status, const std::string& reason) {
  clock_ += 500;
  RunEnded e;
  e.run_uid = run;
  e.status = status;
  e.reason = reason;
  e.log_tail = "the last line";
  e.time_ms = clock_;
  observer_.run_ended(e);
  ++failed_;
}

void Teller::end(bool interrupted) { observer_.experiment_ended({uid_, clock_ + 100, done_, failed_, 0, interrupted}); }

void Teller::whole() {
  start();
  for (std::size_t dataset = 0; dataset < 2; ++dataset) {
    data(dataset);
    for (const std::uint64_t seed : experiment_.seeds) {
      const std::string run = plan(dataset, 0, seed);
      begin(run);
      if (dataset == 1 && seed == 3)
        fail(run, RunStatus::crashed, "killed by signal 11 (segmentation fault)");
      else
        finish(run, dataset, 0, seed);
    }
    const std::string run = plan(dataset, 1, std::nullopt);
    begin(run);
    finish(run, dataset, 1, std::nullopt);
  }
  end();
}

void record_whole(const std::filesystem::path& db) {
  Recorder recorder(db);
  Teller(recorder).whole();
  recorder.close();
}

}  // namespace assay::story
