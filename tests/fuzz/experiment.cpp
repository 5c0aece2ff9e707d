// Fuzz target of experiment files. Input that begins with '!' has an override up to the end of its first line. What is
// accepted must be accepted again in its resolved form, and resolve to the same.
#include <cstdlib>
#include <vector>

#include "assay/errors.hpp"

#include "catalogue.hpp"
#include "memory_file.hpp"

namespace {

const assay::Catalogue& plugins() {
  static const assay::Catalogue all = assay::test::catalogue();
  return all;
}

assay::Experiment parse(const std::string& text, std::span<const assay::Override> overrides) {
  static const assay::Surroundings around = assay::test::two_cores();
  return assay::parse_experiment(text, ASSAY_SOURCE_DIR "/tests/golden/experiment/fuzz.json", overrides, plugins(),
                                 around);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(assay::fuzz::text_of(data, size));
  assay::Experiment experiment;
  try {
    std::vector<assay::Override> overrides;
    if (text.starts_with('!')) {
      const auto end = std::min(text.find('\n'), text.size());
      overrides.push_back(assay::parse_override(std::string_view(text).substr(1, end - 1)));
      text.erase(0, end);
    }
    experiment = parse(text, overrides);
  } catch (const assay::ConfigError& e) {
    if (*e.what() == '\0') std::abort();
    return 0;
  }
  if (parse(experiment.resolved, {}).resolved != experiment.resolved) std::abort();
  return 0;
}
