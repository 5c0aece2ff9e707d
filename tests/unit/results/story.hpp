#pragma once  // A made-up experiment, told to observers event by event, and helpers to look at what became of it.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "trial/observer.hpp"

namespace assay::story {

/// A folder of its own under the system's temporary folder, removed at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// What `sqlite3 FILE SQL` prints: columns separated by '|', rows by '\n'; with the error's text where it fails.
[[nodiscard]] std::string sqlite3(const std::filesystem::path& file, const std::string& sql);

/// Datasets "tiny" and "other"; models "random" (seeds 1, 2, 3) and "popular" (not seeded); reference "popular".
[[nodiscard]] Experiment experiment();

/// Tells `observer` of one execution. The values of a run depend on (model, seed, dataset) only, see value_of().
class Teller {
 public:
  explicit Teller(Observer& observer, std::string tag = "a", std::int64_t time_ms = 1'700'000'000'000);
  void start();
  void data(std::size_t dataset);
  /// Returns the run's uid.
  std::string plan(std::size_t dataset, std::size_t model, std::optional<std::uint64_t> seed, int fold = 0);
  void begin(const std::string& run);
  void finish(const std::string& run, std::size_t dataset, std::size_t model, std::optional<std::uint64_t> seed,
              int fold = 0);
  void fail(const std::string& run, RunStatus status, const std::string& reason);
  void end(bool interrupted = false);
  /// All of the above: on both datasets everything goes well, but seed 3 of "random" on "other" crashes.
  void whole();

  /// Called with each end of a run that went well, before it is told.
  std::function<void(RunEnded&)> change;
  TrialDecision decision = TrialDecision::run;  ///< of the trials planned from now on

  [[nodiscard]] const std::string& uid() const { return uid_; }
  const Experiment& experiment() const { return experiment_; }

 private:
  Observer& observer_;
  Experiment experiment_;
  std::string tag_, uid_;
  std::int64_t clock_;
  int runs_ = 0, done_ = 0, failed_ = 0;
};

/// Records whole() into the file, which is then closed.
void record_whole(const std::filesystem::path& db);

inline constexpr int kUsers = 5, kPlaces = 3;
/// Of user `u` (position); precision and ndcg at 10, and the metric "gini" without users.
[[nodiscard]] float value_of(std::size_t dataset, std::size_t model, std::optional<std::uint64_t> seed, int fold,
                             const std::string& metric, int user);
[[nodiscard]] double mean_of(std::size_t dataset, std::size_t model, std::optional<std::uint64_t> seed, int fold,
                             const std::string& metric);

}  // namespace assay::story
