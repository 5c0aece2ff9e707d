// Rules for dataset readers and backends.

#include "assay/dataset.hpp"

#include <filesystem>
#include <unistd.h>

#include "assay/backend.hpp"
#include "assay/errors.hpp"

#include "base/files.hpp"
#include "base/hash.hpp"
#include "plugin/conformance/rules.hpp"

namespace assay::conformance {
namespace {

namespace fs = std::filesystem;

constexpr Rule kRepeats{"repeats", "Reading twice gives the same rows.",
                        "Derive everything from the files and the parameters: no clock, no std::random_device."};
constexpr Rule kBadFile{"bad_file", "A file that is not in the format is a DataError that names it.",
                        "Throw assay::DataError(file, line, why), or call DatasetSink::bad_line()."};
constexpr Rule kCapacity{"capacity", "capacity() names at least one process and one thread.",
                         "Return what may run at once; 0 is allowed for memory and seconds only."};

constexpr std::int64_t kEnough = 20'000;  // rows: a generator may have billions

/// Hashes what a reader hands over, checks its shape, and asks it to stop after enough rows.
class HashingSink final : public DatasetSink {
 public:
  void interactions(const InteractionBatch& batch) override {
    const std::size_t rows = add(batch.users);
    if (add(batch.items) != rows) throw Broken{"a batch has " + std::to_string(rows) + " users, but not as many items"};
    const auto fits = [&](std::size_t n) { return n == 0 || n == rows; };
    if (!fits(batch.values.size()) || !fits(batch.times.size()) || !fits(batch.behaviours.size()))
      throw Broken{"a batch's values, times and behaviours must be empty or as many as its users"};
    hash_.add_values(batch.values);
    hash_.add_values(batch.times);
    for (const auto behaviour : batch.behaviours) hash_.add(behaviour);
    rows_ += static_cast<std::int64_t>(rows);
    if (rows_ >= kEnough) throw Cancelled();
  }
  void rows(std::string_view table, Part, const Ids& ids, const Table& content) override {
    hash_.add(table);
    add(ids);
    for (const Column& column : content.columns) hash_.add(column.name);
  }
  void bad_line(std::string_view file, std::int64_t line, std::string_view why) override {
    throw DataError(file, line, why);
  }
  bool progress(std::int64_t, std::int64_t) override { return rows_ < kEnough; }
  [[nodiscard]] std::string hex() { return hash_.hex(); }

 private:
  std::size_t add(const Ids& ids) {
    hash_.add_values(ids.numbers);
    for (const auto text : ids.texts) hash_.add(text), hash_.add("\n");
    return ids.texts.empty() ? ids.numbers.size() : ids.texts.size();
  }
  Sha256 hash_;
  std::int64_t rows_ = 0;
};

bool takes_a_path(const ComponentDescription& c) {
  for (const auto& p : c.params)
    if (p.type == ParamType::path) return true;
  return false;
}

std::string read_once(const Subject& subject, const std::string& params) {
  HashingSink sink;
  try {
    make<Dataset>(subject.library, subject.component.name, params)->read(sink);
  } catch (const Cancelled&) {
    // Our own request to stop.
  }
  return sink.hex();
}

void repeats(const Subject& subject) {
  if (takes_a_path(subject.component)) throw Skipped{"it reads files, and the suite has none"};
  if (read_once(subject, subject.params) != read_once(subject, subject.params))
    throw Broken{"the first " + std::to_string(kEnough) + " rows differ between two readings"};
}

/// An empty file, and one of noise, in the place of every path.
void bad_file(const Subject& subject) {
  if (!takes_a_path(subject.component)) throw Skipped{"it reads no files"};
  const fs::path folder = fs::temp_directory_path() / ("assay-check-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  std::string noise;
  for (int i = 0; i < 4096; ++i) noise += static_cast<char>((i * 7919) >> 3);
  for (const auto& [name, content] : {std::pair{"empty", std::string()}, std::pair{"noise", noise}}) {
    const fs::path file = folder / name;
    write_file_atomically(file, content);
    std::string params = subject.params;
    for (const auto& p : subject.component.params)
      if (p.type == ParamType::path && p.required) params = with_value(params, p.name, "\"" + file.string() + "\"");
    try {
      static_cast<void>(read_once(subject, params));
    } catch (const DataError&) {
      // As promised.
    } catch (const ConfigError&) {
      // The factory looked at the file already.
    } catch (const std::exception& e) {
      fs::remove_all(folder);
      throw Broken{std::string("an ") + name + " file makes it throw something else than a DataError: " + e.what()};
    }
  }
  fs::remove_all(folder);
}

}  // namespace

void check_dataset(const Subject& subject, Rules& rules) {
  rules.attempt(kRepeats, [&] { repeats(subject); });
  rules.attempt(kBadFile, [&] { bad_file(subject); });
}

void check_backend(const Subject& subject, Rules& rules) {
  rules.attempt(kCapacity, [&] {
    const Resources all = make<Backend>(subject.library, subject.component.name, subject.params)->capacity();
    if (all.processes < 1 || all.threads < 1)
      throw Broken{"capacity() is " + std::to_string(all.processes) + " processes and " + std::to_string(all.threads) +
                   " threads"};
  });
}

}  // namespace assay::conformance
