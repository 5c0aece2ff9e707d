// Fuzz target of dataset cards: the input is the card of a sound experiment.
#include "assay/errors.hpp"

#include "catalogue.hpp"
#include "memory_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static assay::fuzz::MemoryFile card;
  static const assay::Catalogue plugins = assay::test::catalogue();
  static const assay::Surroundings around = assay::test::two_cores();
  static const std::string text = R"({"datasets":[")" + card.path() + R"("],"models":[{"plugin":"popularity"}]})";
  card.set(assay::fuzz::text_of(data, size));
  try {
    (void)assay::parse_experiment(text, ASSAY_SOURCE_DIR "/tests/golden/experiment/fuzz.json", {}, plugins, around);
  } catch (const assay::ConfigError&) {
  }
  return 0;
}
