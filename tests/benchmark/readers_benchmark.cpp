// The csv and synthetic_shop readers alone: what a row costs before the framework does anything with it.
// Counters: bytes_per_second and items_per_second of CPU time.

#include <benchmark/benchmark.h>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "assay/dataset.hpp"
#include "assay/random.hpp"

#include "base/files.hpp"
#include "plugin/catalogue.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;

/// Counts, and looks at every number so that nothing can be left out.
class Counter final : public DatasetSink {
 public:
  void interactions(const InteractionBatch& batch) override {
    for (const auto id : batch.users.numbers) sum_ += id;
    for (const auto id : batch.items.numbers) sum_ += id;
    for (const auto text : batch.users.texts) sum_ += static_cast<std::int64_t>(text.size());
    rows_ += static_cast<std::int64_t>(batch.users.numbers.size() + batch.users.texts.size());
    benchmark::DoNotOptimize(sum_);
  }
  void rows(std::string_view, Part, const Ids&, const Table&) override {}
  void bad_line(std::string_view, std::int64_t, std::string_view why) override { throw DataError(std::string(why)); }
  bool progress(std::int64_t, std::int64_t) override { return true; }
  [[nodiscard]] std::int64_t rows_seen() const { return rows_; }

 private:
  std::int64_t rows_ = 0, sum_ = 0;
};

/// A file of the shape of MovieLens 25M's ratings.csv; `prefix` makes user ids texts.
class RatingsFile {
 public:
  RatingsFile(std::int64_t rows, const std::string& prefix)
      : path_(fs::temp_directory_path() / ("assay-bench-" + std::to_string(rows) + prefix + ".csv")) {
    std::FILE* file = std::fopen(path_.c_str(), "wb");
    std::fputs("userId,movieId,rating,timestamp\n", file);
    Random random(1);
    for (std::int64_t i = 0; i < rows; ++i) {
      const auto bits = random.bits();
      std::fprintf(file, "%s%d,%d,%d.%d,%d\n", prefix.c_str(), static_cast<int>(1 + i * 162'541 / rows),
                   static_cast<int>(1 + (bits & 0xffff) * 3), static_cast<int>(1 + (bits >> 16 & 3)),
                   static_cast<int>((bits >> 18 & 1) * 5), static_cast<int>(789'652'009 + (bits >> 19 & 0x1fffffff)));
    }
    std::fclose(file);
  }
  RatingsFile(const RatingsFile&) = delete;
  RatingsFile& operator=(const RatingsFile&) = delete;
  ~RatingsFile() { fs::remove(path_); }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::shared_ptr<Dataset> open(const std::string& plugin, const std::string& params) {
  auto library = Library::open(own_executable().parent_path().parent_path() / "plugins" / (plugin + ".so"));
  return make<Dataset>(*library, plugin, params);
}

void read_csv(benchmark::State& state, const std::string& prefix) {
  const RatingsFile file(state.range(0), prefix);
  const auto dataset = open("csv", R"({"user":"userId","item":"movieId","value":"rating","time":"timestamp","path":")" +
                                       file.path().string() + "\"}");
  std::int64_t rows = 0;
  for (auto _ : state) {
    Counter counter;
    dataset->read(counter);
    rows += counter.rows_seen();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(fs::file_size(file.path())));
  state.SetItemsProcessed(rows);
}

void CsvNumbers(benchmark::State& state) { read_csv(state, ""); }
void CsvTexts(benchmark::State& state) { read_csv(state, "user-"); }
BENCHMARK(CsvNumbers)->Arg(1'000'000)->Arg(25'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(CsvTexts)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

void Shop(benchmark::State& state) {
  const auto dataset = open(
      "synthetic_shop", R"({"users":1000000,"items":100000,"interactions":)" + std::to_string(state.range(0)) + "}");
  std::int64_t rows = 0;
  for (auto _ : state) {
    Counter counter;
    dataset->read(counter);
    rows += counter.rows_seen();
  }
  state.SetItemsProcessed(rows);
}
BENCHMARK(Shop)->Arg(10'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay
