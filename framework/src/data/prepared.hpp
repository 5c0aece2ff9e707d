#pragma once  // Data that is read, filtered, split and lies in a memory-mapped file: what a trial works on.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "assay/dataset.hpp"
#include "assay/interactions.hpp"

#include "data/spec.hpp"

namespace assay {

/// Facts of prepared data, printed by `runner prepare` as JSON and stored as the task's row.
struct PreparedInfo {
  std::filesystem::path file;       ///< the mapped cache file
  std::string source_key;           ///< hash of reader build, parameters, sizes and SHA-256 of the files
  std::string dataset_fingerprint;  ///< of the content after the filter
  std::string raw_fingerprint;      ///< of the content before the filter: what cards promise
  std::string split_fingerprint;    ///< of the split's definition
  std::int64_t users = 0, items = 0, interactions = 0;              ///< after the filter
  std::int64_t raw_users = 0, raw_items = 0, raw_interactions = 0;  ///< before
  std::int64_t train = 0, validation = 0, test = 0;
  std::int64_t skipped_lines = 0;
  bool has_times = false, from_cache = false;  ///< from_cache: the source was not read
  double read_seconds = 0;                     ///< reading and sorting; 0 from the cache
};

/// A prepared task. All views point into the map and live as long as the object. Thread-safe.
class PreparedTask {
 public:
  static PreparedTask open(const std::filesystem::path& file);  ///< throws DataError
  PreparedTask(PreparedTask&&) noexcept;
  PreparedTask& operator=(PreparedTask&&) noexcept;
  ~PreparedTask();

  [[nodiscard]] const PreparedInfo& info() const noexcept;
  [[nodiscard]] Index users() const noexcept;
  [[nodiscard]] Index items() const noexcept;
  /// users × items each; rows without entries are empty. Columns ascend within a row.
  [[nodiscard]] Interactions train() const noexcept;
  [[nodiscard]] Interactions train_by_item() const noexcept;
  [[nodiscard]] Interactions validation() const noexcept;  ///< size() == 0: there is none
  [[nodiscard]] Interactions test() const noexcept;
  /// Union of train and validation, both orientations; made when first asked for.
  [[nodiscard]] Interactions train_and_validation() const;
  [[nodiscard]] Interactions train_and_validation_by_item() const;
  [[nodiscard]] Table user_table() const noexcept;  ///< attributes; no columns where the data has none
  [[nodiscard]] Table item_table() const noexcept;
  [[nodiscard]] std::string user_id(Index user) const;  ///< the external id as text
  [[nodiscard]] std::string item_id(Index item) const;
  [[nodiscard]] std::optional<Index> find_user(std::string_view id) const;
  [[nodiscard]] std::optional<Index> find_item(std::string_view id) const;

 private:
  struct State;
  explicit PreparedTask(std::unique_ptr<State>);
  std::unique_ptr<State> state_;
};

/// Of a reader: bytes, lines or whatever it counts; total 0: unknown. False: stop.
using Progress = std::function<bool(std::int64_t done, std::int64_t total)>;

/// Reads (or finds in the cache) and returns the facts. One process builds a file, others wait for it (flock); a
/// half-written file is never seen, a damaged one is built again. `read` is called only when the cache does not have
/// the source's content: it builds the dataset plugin and lets it read. A new filter or split of known content reads
/// nothing. Throws DataError, ConfigError (a split that makes no sense), Cancelled (by `progress`), and what `read`
/// throws.
[[nodiscard]] PreparedInfo prepare(const DatasetSpec&, const FilterSpec&, const SplitSpec&,
                                   const std::filesystem::path& cache_folder,
                                   const std::function<void(DatasetSink&)>& read, const Progress& progress = {});

}  // namespace assay
