#pragma once  // The conformance suite: what every component promises, tried out on the built library.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/catalogue.hpp"

namespace assay {

enum class Verdict : std::uint8_t { kept, broken, skipped };

/// One rule tried on one component.
struct RuleResult {
  std::string rule;     ///< short name, as docs/design/plugin-contract.md lists it
  std::string promise;  ///< the rule in a sentence
  Verdict verdict = Verdict::kept;
  std::string seen;    ///< broken: what happened; skipped: why
  std::string remedy;  ///< broken: how to mend it
};

struct ComponentReport {
  Kind kind = Kind::model;
  std::string name, version;
  std::vector<RuleResult> results;
};

struct ConformanceReport {
  std::filesystem::path file;
  std::string refused;  ///< why the library cannot be opened at all; empty: it can
  std::vector<ComponentReport> components;
  [[nodiscard]] bool passed() const noexcept;
};

/// Tries every rule on every component of the library, each component in a child process (`runner check-component`) of
/// at most `seconds`: a crash is a broken rule.
[[nodiscard]] ConformanceReport check_library(const std::filesystem::path& file, int seconds);

/// The child's side: tries one component in this process and tells one line of JSON before and after each rule, at
/// once, since a crash may follow.
void check_component(const std::filesystem::path& file, Kind kind, std::string_view name,
                     const std::function<void(std::string_view)>& tell);

[[nodiscard]] std::string to_json(const ConformanceReport&);

}  // namespace assay
