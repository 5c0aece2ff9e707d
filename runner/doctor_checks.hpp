#pragma once  // What `runner doctor` looks at: each check says what it saw and, where something is wrong, what to do.

#include <string>
#include <vector>

#include "runner/command.hpp"

namespace assay {

enum class Health : std::uint8_t {
  good,
  note,  ///< works, but the user may want to know
  bad
};
struct Symptom {
  std::string area;  ///< "plugins"
  Health health = Health::good;
  std::string what;    ///< one sentence, or several lines
  std::string advice;  ///< what to do; empty where nothing is
};
using Symptoms = std::vector<Symptom>;

[[nodiscard]] Symptoms check_machine();   ///< instruction sets, cores, load, frequency governor
[[nodiscard]] Symptoms check_packages();  ///< of packages.txt, where this is a build in its source tree
[[nodiscard]] Symptoms check_plugins(const Catalogue& catalogue);
/// Dataset cards: whose files are found in $ASSAY_DATA and data/, and are not empty. Of a card of which a part is
/// there, or that is wrong, the first finding.
[[nodiscard]] Symptoms check_data(const Catalogue& catalogue);
[[nodiscard]] Symptoms check_cache(const std::filesystem::path& folder);   ///< reads every byte
[[nodiscard]] Symptoms check_database(const std::filesystem::path& file);  ///< reads every byte
[[nodiscard]] Symptoms check_space(const CommonOptions& options);

}  // namespace assay
