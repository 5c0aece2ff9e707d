// From a source to a prepared task: two levels of cache, each built by one process while others wait.

#include <algorithm>
#include <chrono>
#include <numeric>
#include <vector>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "base/hash.hpp"
#include "data/content.hpp"
#include "data/filter.hpp"
#include "data/gather.hpp"
#include "data/json.hpp"
#include "data/layout.hpp"
#include "data/lock.hpp"
#include "data/prepared.hpp"
#include "data/sections.hpp"
#include "data/source.hpp"
#include "data/split.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;
using Read = std::function<void(DatasetSink&)>;

/// "dataset "shop" (/data/shop.csv): what is wrong": for errors that name no file.
DataError of_dataset(const DatasetSpec& spec, const DataError& error) {
  const std::vector<fs::path> files = source_files(spec);
  std::string where = "dataset \"" + spec.name + "\"";
  if (!files.empty()) where += " (" + files[0].string();
  if (files.size() > 1) where += " and " + std::to_string(files.size() - 1) + " more";
  if (!files.empty()) where += ")";
  return DataError(where + ": " + error.what());
}

/// The file, if it is there and `good` (which may look at every byte).
template <class Good>
std::optional<SectionFile> open_if_good(const fs::path& path, CacheKind kind, Good&& good) {
  std::error_code none;
  if (!fs::exists(path, none)) return {};
  try {
    SectionFile file(path, kind);
    if (good(file)) return file;
  } catch (const DataError&) {  // damaged or of another version: built anew
  }
  return {};
}

/// Opens the file, or builds it while all other processes wait.
template <class Good, class Build>
SectionFile open_or_build(const fs::path& path, CacheKind kind, Good&& good, Build&& build) {
  if (auto file = open_if_good(path, kind, good)) return std::move(*file);
  const FileLock lock(path.string() + ".lock");
  if (auto file = open_if_good(path, kind, good)) return std::move(*file);
  build();
  return SectionFile(path, kind);
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void write_content(const fs::path& path, const Content& content, const std::string& companions) {
  PreparedInfo info;
  info.raw_fingerprint =
      fingerprint(content.users.view(), content.items.view(), content.log.view(), content.behaviours);
  info.raw_users = content.log.users;
  info.raw_items = content.log.items;
  info.raw_interactions = content.log.view().size();
  info.skipped_lines = content.skipped_lines;
  info.has_times = !content.log.time.empty();
  SectionWriter tables, out;
  add_table(tables, "user_table", content.user_table);
  add_table(tables, "item_table", content.item_table);
  out.add_text("info", to_json(info));
  out.add_text("attributes", tables.digest());
  add_ids(out, "users", content.users);
  add_ids(out, "items", content.items);
  add_log(out, "log", content.log);
  std::string words;
  for (const auto& word : content.behaviours) words += word + '\n';
  out.add_text("behaviours", words);
  out.add_text("companions", companions);
  out.append(tables);
  out.write(path, CacheKind::content);
}

/// What a source says, from the cache or from the reader.
class Source {
 public:
  Source(const fs::path& folder, const std::string& key, const DatasetSpec& spec, const Read& read,
         const Progress& progress)
      : folder_(folder),
        path_(folder / ("content-" + key.substr(0, 32) + ".assay")),
        spec_(spec),
        read_(read),
        progress_(progress) {}

  /// `every_byte` when the interactions themselves will be used, not only the facts.
  SectionFile open(bool every_byte) {
    const auto good = [&](const SectionFile& file) {
      return (!every_byte || file.intact()) && still_holds(file.text("companions"), folder_);
    };
    return open_or_build(path_, CacheKind::content, good, [this] { build(); });
  }
  [[nodiscard]] bool was_read() const noexcept { return was_read_; }
  [[nodiscard]] double read_seconds() const noexcept { return read_seconds_; }

 private:
  void build() {
    const auto start = std::chrono::steady_clock::now();
    const Content content = read();
    write_content(path_, content, state_of_files(content.companions, folder_));
    was_read_ = true;
    read_seconds_ = seconds_since(start);
  }

  Content read() {
    try {
      Gatherer gatherer(spec_.skip_bad_lines, progress_);
      read_(gatherer);
      if (gatherer.cancelled()) throw Cancelled();
      return arrange(gatherer.take());
    } catch (const UnplacedDataError& e) {
      throw of_dataset(spec_, e);
    }
  }

  fs::path folder_, path_;
  const DatasetSpec& spec_;
  const Read& read_;
  const Progress& progress_;
  bool was_read_ = false;
  double read_seconds_ = 0;
};

/// Compares with what the card promises; all differences are told at once.
void check_expected(const DatasetSpec& spec, const PreparedInfo& info) {
  std::string differences;
  const auto compare = [&](const char* what, const auto& expected, const auto& found, const auto& text) {
    if (expected && *expected != found)
      differences += std::string("\n  ") + what + ": expected " + text(*expected) + ", found " + text(found);
  };
  const auto number = [](std::int64_t n) { return std::to_string(n); };
  compare("users", spec.expected_users, info.raw_users, number);
  compare("items", spec.expected_items, info.raw_items, number);
  compare("interactions", spec.expected_interactions, info.raw_interactions, number);
  compare("fingerprint", spec.expected_fingerprint, info.raw_fingerprint, [](const std::string& s) { return s; });
  if (differences.empty()) return;
  throw DataError("dataset \"" + spec.name + "\" is not what its card promises:" + differences +
                  "\nThe files are of another version or incomplete, or were read with other parameters. " +
                  (spec.obtain.empty() ? "Obtain them again" : "To obtain them: " + spec.obtain) +
                  "; or, if this is the data you want, correct \"expected\" in the card.");
}

/// Filters and splits; every large array is freed as soon as it was used.
void write_task(const fs::path& path, const SectionFile& content, PreparedInfo info, const FilterSpec& filter,
                const SplitSpec& split) {
  const IdsView all_users = ids_of(content, "users"), all_items = ids_of(content, "items");
  const LogView all = log_of(content, "log", all_users.size(), all_items.size());
  Filtered kept = apply_filter(all, all_users, all_items, filter, split.strategy == SplitStrategy::given);
  const IdList users = select(all_users, kept.users), items = select(all_items, kept.items);
  const bool whole = kept.own.offsets.empty() && kept.log.part.size() == all.part.size() && all.behaviour.empty();
  info.dataset_fingerprint = whole ? info.raw_fingerprint : fingerprint(users.view(), items.view(), kept.log, {});
  info.users = kept.log.users;
  info.items = kept.log.items;
  info.interactions = kept.log.size();
  const auto parts = assign_parts(kept.log, split);
  const Csr train = extract(kept.log, parts, Part::train);
  const Csr validation = extract(kept.log, parts, Part::validation);
  const Csr test = extract(kept.log, parts, Part::test);
  kept.own = {};
  const Csr train_by_item = transpose(train.view());
  info.train = train.view().size();
  info.validation = validation.view().size();
  info.test = test.view().size();
  const AttributeTable user_table = select(table_of(content, "user_table", all_users.size()).table(), kept.users);
  const AttributeTable item_table = select(table_of(content, "item_table", all_items.size()).table(), kept.items);
  SectionWriter out;
  out.add_text("info", to_json(info));
  add_ids(out, "users", users);
  add_ids(out, "items", items);
  add_csr(out, "train", train);
  add_csr(out, "train_by_item", train_by_item);
  add_csr(out, "validation", validation);
  add_csr(out, "test", test);
  add_table(out, "user_table", user_table);
  add_table(out, "item_table", item_table);
  out.write(path, CacheKind::task);
}

}  // namespace

PreparedInfo prepare(const DatasetSpec& dataset, const FilterSpec& filter, const SplitSpec& split,
                     const fs::path& cache_folder, const Read& read, const Progress& progress) {
  make_folder(cache_folder);
  const std::string key = source_key(dataset, cache_folder);
  Source source(cache_folder, key, dataset, read, progress);
  SectionFile content = source.open(false);
  PreparedInfo facts = prepared_info_from_json(content.text("info"));
  check_expected(dataset, facts);
  facts.split_fingerprint = fingerprint(split);
  const std::string task_key =
      sha256_hex("assay task 1\n" + facts.raw_fingerprint + "\n" + std::string(content.text("attributes")) + "\n" +
                 to_json(filter) + "\n" + facts.split_fingerprint);
  const fs::path path = cache_folder / ("task-" + task_key.substr(0, 32) + ".assay");
  const SectionFile task = open_or_build(
      path, CacheKind::task, [](const SectionFile& file) { return file.intact(); },
      [&] {
        if (!content.intact()) content = source.open(true);
        PreparedInfo stored = facts;
        stored.skipped_lines = 0;  // another source may have the same content
        try {
          write_task(path, content, stored, filter, split);
        } catch (const DataError& e) {
          throw of_dataset(dataset, e);
        }
      });
  PreparedInfo out = prepared_info_from_json(task.text("info"));
  out.file = path;
  out.source_key = key;
  out.skipped_lines = facts.skipped_lines;
  out.from_cache = !source.was_read();
  out.read_seconds = source.read_seconds();
  return out;
}

}  // namespace assay
