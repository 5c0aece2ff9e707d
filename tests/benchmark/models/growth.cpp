// Every recommender of the plugin folder, trained on shops of 1, 4 and 16 times the size.

#include "growth.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "base/pool.hpp"
#include "child.hpp"
#include "data.hpp"
#include "plugin/catalogue.hpp"
#include "plugin/conformance/watched_run.hpp"
#include "trained.hpp"

namespace assay::bench {
namespace {

constexpr std::array kScales = {1, 4, 16};
constexpr double kShort = 0.2;  // seconds: what is shorter is repeated

/// The names of the models that rank items, in the order of the alphabet.
std::vector<std::string> recommenders() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(ASSAY_BINARY_DIR) + "/plugins")) {
    if (entry.path().extension() != ".so") continue;
    try {
      const auto library = Library::open(entry.path());
      for (const auto& c : library->components())
        if (c.kind == Kind::model && c.interface == Recommender::kInterface) names.push_back(c.name);
    } catch (const std::exception& e) {
      std::printf("left out: %s\n", e.what());
    }
  }
  std::ranges::sort(names);
  return names;
}

/// One epoch, or all of a training that has none; the mean of many where it is short.
Measured fit(const std::string& name, int scale, int threads) {
  const Shop shop(scale);
  ThreadPool pool(threads);
  Measured mean;
  const std::int64_t held = begin_memory();
  const Watch watch;
  int fits = 0;
  for (; fits == 0 || (fits < 300 && watch.cpu() < kShort); ++fits) {
    conformance::WatchedRun run({.stop_after = 1, .executor = &pool});
    test::make_model(name)->fit(shop.data(), run);
    std::snprintf(mean.note, sizeof mean.note, "%s", run.iterative() ? "epoch" : "fit");
  }
  mean.cpu = watch.cpu() / fits;
  mean.wall = watch.wall() / fits;
  mean.bytes = peak_beyond(held);
  return mean;
}

/// Slope of log(value) against log(scale), by least squares; NaN where fewer than two values are there.
double exponent(const std::array<double, kScales.size()>& values) {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!(values[i] > 0)) continue;
    const double a = std::log(kScales[i]), b = std::log(values[i]);
    n += 1, x += a, y += b, xx += a * a, xy += a * b;
  }
  return n < 2 ? NAN : (n * xy - x * y) / (n * xx - x * x);
}

void print_exponent(double value) {
  if (std::isnan(value))
    std::printf("    - |");
  else
    std::printf(" %4.2f |", value);
}

void print_model(const std::string& name, int limit_seconds, int threads) {
  std::array<double, kScales.size()> seconds{}, mebibytes{};
  std::array<Measured, kScales.size()> all;
  for (std::size_t i = 0; i < kScales.size() && (i == 0 || all[i - 1].ok); ++i) {
    all[i] = in_child([&] { return fit(name, kScales[i], threads); }, limit_seconds);
    if (!all[i].ok) continue;
    seconds[i] = all[i].cpu;
    mebibytes[i] = static_cast<double>(all[i].bytes) / (1 << 20);
  }
  std::printf("| %-15s | %-5s |", name.c_str(), all[0].ok ? all[0].note : "");
  for (const Measured& m : all)
    if (m.ok)
      std::printf(" %9.4f |", m.cpu);
    else
      std::printf(" %9.60s |", m.note[0] ? m.note : "-");
  print_exponent(exponent(seconds));
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].ok)
      std::printf(" %7.1f |", mebibytes[i]);
    else
      std::printf(" %7s |", "-");
  for (double& m : mebibytes) m = m < 1 ? 0 : m;  // what the allocator holds anyway
  print_exponent(exponent(mebibytes));
  std::printf("\n");
  std::fflush(stdout);
}

}  // namespace

int print_growth(const std::string& only, int limit_seconds, int threads) {
  for (const int scale : kScales) {
    const Measured m = in_child([&] {
      const Shop shop(scale);
      Measured told;
      std::snprintf(told.note, sizeof told.note, "%d customers, %d articles, %zu distinct pairs", shop.by_user().rows,
                    shop.by_user().columns, shop.by_user().column.size());
      return told;
    });
    std::printf("%2d×: %s.\n", scale, m.note);
  }
  std::printf("\n| %-15s | %-5s | %9s | %9s | %9s | %4s | %7s | %7s | %7s | %4s |\n", "model", "", "CPU s 1x", "4x",
              "16x", "exp.", "MiB 1x", "4x", "16x", "exp.");
  std::printf("|---|---|---|---|---|---|---|---|---|---|\n");
  for (const std::string& name : recommenders())
    if (name.find(only) != std::string::npos) print_model(name, limit_seconds, threads);
  return 0;
}

}  // namespace assay::bench
