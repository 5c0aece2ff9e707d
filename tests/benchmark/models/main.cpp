// bench_models: one command that measures every model's speed, beside its target and what a user would run instead, and
// how time and memory grow with the data. `bench_models --help`.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <string>
#include <thread>
#include <unistd.h>

#include "data.hpp"
#include "growth.hpp"
#include "lines.hpp"

namespace assay::bench {
namespace {

struct Options {
  bool quick = false, peers = true, growth = false;
  int threads = 1, limit = 120;
  std::string only;
};

constexpr const char* kHelp =
    R"(bench_models [--quick] [--no-peers] [--only TEXT] [--threads N]    the speed of the models
bench_models growth [--only MODEL] [--limit SECONDS] [--threads N]  time and memory at 1, 4, 16 times a shop

Each line is measured in a process of its own. CPU seconds, the fastest of up to five; memory is the peak beyond the data
that are given to the model. $ASSAY_DATA: where ml-1m is. Peers: tests/benchmark/peer_models.py, with numpy, scipy and torch
where they are installed; $ASSAY_PYTHON says which python3 (default /usr/bin/python3).
  --quick        leaves out what takes minutes
  --no-peers     Assay alone
  --only TEXT    lines (growth: models) whose name contains TEXT
  --limit N      growth: CPU seconds that a fit may take (120)
  --threads N    of Assay and of the peers (1)
)";

std::string cpu_model() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown CPU";
}

/// What the numbers below were measured on.
void print_machine(const Options& options) {
  char date[32];
  const std::time_t now = std::time(nullptr);
  std::strftime(date, sizeof date, "%Y-%m-%d", std::gmtime(&now));
  double load[1] = {0};
  static_cast<void>(getloadavg(load, 1));
  std::printf("%s, %s, %u cores, load %.1f before; %d thread%s.\n", date, cpu_model().c_str(),
              std::thread::hardware_concurrency(), load[0], options.threads, options.threads == 1 ? "" : "s");
}

/// A folder of files that goes when the program ends.
class Scratch {
 public:
  Scratch() : path_(std::filesystem::temp_directory_path() / ("assay-bench-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

Measured run_peer(const Line& line, const std::filesystem::path& folder, int threads) {
  const char* python = std::getenv("ASSAY_PYTHON");
  const std::string n = std::to_string(threads);
  return in_program("OMP_NUM_THREADS=" + n + " OPENBLAS_NUM_THREADS=" + n + " " +
                    (python ? python : "/usr/bin/python3") + " '" ASSAY_PEERS "' '" + folder.string() + "' '" +
                    line.data + "' " + line.peer);
}

bool wanted(const Line& line, const Options& options) {
  return (line.name + " " + line.data).find(options.only) != std::string::npos && !(options.quick && line.takes_long) &&
         is_built(line.model);
}

/// Written by a child, so that this process stays small: what a child holds beside its data is its own.
void write_data(const Options& options, const std::filesystem::path& folder) {
  bool big = false;
  for (const Line& line : lines()) big = big || (wanted(line, options) && line.data == "big");
  const Measured told = in_child([&] {
    Measured m;
    SparseMatrix x;
    const std::string source = movielens(x);
    write(folder, "ml-1m", x);
    std::snprintf(m.note, sizeof m.note, "ml-1m is %s: %d x %d, %zu interactions.", source.c_str(), x.rows, x.columns,
                  x.column.size());
    return m;
  });
  std::printf("%s\n", told.note);
  if (!big) return;
  const Measured large = in_child([&] {
    Measured m;
    const SparseMatrix x = like_movielens_20m();
    write(folder, "big", x);
    std::snprintf(m.note, sizeof m.note, "big is invented: %d x %d, %zu interactions.", x.rows, x.columns,
                  x.column.size());
    return m;
  });
  std::printf("%s\n", large.note);
}

/// The inverse for EASE at 20,108 items is held against the speed of products in the same run: its n³ operations (as
/// many as potrf and potri take; a product of n × n matrices takes 2n³) at 85 % of it.
double target_of(const Line& line, double sgemm_seconds) {
  if (line.work != Work::inverse || line.data != "big" || sgemm_seconds <= 0) return line.target;
  const double operations = 2 * 4096.0 * 4096 * 4096, inverse = 20108.0 * 20108 * 20108;
  return inverse / (0.85 * operations / sgemm_seconds);
}

void print_line(const Line& line, const Measured& m, double target, const Measured& peer) {
  std::printf("| %-24s | %-5s |", line.name.c_str(), line.data.c_str());
  if (!m.ok) {
    std::printf(" %s |\n", m.note);
    return;
  }
  std::printf(" %8.3f | %8.3f | %7.1f |", m.cpu, m.wall, static_cast<double>(m.bytes) / (1 << 20));
  if (target > 0)
    std::printf(" %6.2f %-4s |", target, m.cpu <= target ? "met" : "MISS");
  else
    std::printf(" %11s |", "");
  if (peer.ok)
    std::printf(" %8.3f | %6.1f | %8.1f |\n", peer.cpu, peer.cpu / m.cpu, static_cast<double>(peer.bytes) / (1 << 20));
  else
    std::printf(" %s |  |  |\n", peer.note[0] ? peer.note : "-");
}

int table(const Options& options) {
  const Scratch scratch;
  print_machine(options);
  write_data(options, scratch.path());
  std::printf("\n| %-24s | %-5s | %8s | %8s | %7s | %11s | %8s | %6s | %8s |\n", "work", "data", "CPU s", "wall s",
              "MiB", "target s", "peer s", "ratio", "peer MiB");
  std::printf("|---|---|---|---|---|---|---|---|---|\n");
  double sgemm_seconds = 0;
  for (const Line& line : lines()) {
    const bool limit = line.work == Work::sgemm;  // always: targets rest on it
    if (!wanted(line, options) && !limit) continue;
    const Measured m = in_child([&] { return measure(line, scratch.path(), options.threads); });
    if (limit) sgemm_seconds = m.cpu;
    const bool ask = options.peers && !line.peer.empty();
    print_line(line, m, target_of(line, sgemm_seconds),
               ask ? run_peer(line, scratch.path(), options.threads) : Measured());
    std::fflush(stdout);
  }
  for (const Line& line : lines())
    if (!is_built(line.model)) std::printf("not built: %s (%s)\n", line.model.c_str(), line.name.c_str());
  return 0;
}

int main(int count, char** words) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    const bool more = i + 1 < count;
    if (word == "growth")
      options.growth = true;
    else if (word == "--quick")
      options.quick = true;
    else if (word == "--no-peers")
      options.peers = false;
    else if (word == "--only" && more)
      options.only = words[++i];
    else if (word == "--threads" && more)
      options.threads = std::max(1, std::atoi(words[++i]));
    else if (word == "--limit" && more)
      options.limit = std::max(1, std::atoi(words[++i]));
    else {
      std::fputs(kHelp, word == "--help" ? stdout : stderr);
      return word == "--help" ? 0 : 2;
    }
  }
  if (!options.growth) return table(options);
  print_machine(options);
  return print_growth(options.only, options.limit, options.threads);
}

}  // namespace
}  // namespace assay::bench

int main(int count, char** words) { return assay::bench::main(count, words); }
