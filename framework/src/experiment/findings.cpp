// Collects findings and words them.

#include "experiment/findings.hpp"

#include <algorithm>
#include <span>
#include <tuple>

#include "assay/errors.hpp"

#include "base/text.hpp"

namespace assay {

bool Position::operator<(const Position& other) const {
  return std::tie(source, line, column) < std::tie(other.source, other.line, other.column);
}

int Findings::add_source(std::string name) {
  sources_.push_back(std::move(name));
  return static_cast<int>(sources_.size()) - 1;
}

void Findings::add(Position at, std::string_view pointer, std::string_view message) {
  std::string text = sources_.at(static_cast<std::size_t>(at.source));
  if (at.line > 0) text += ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
  text += ": ";
  if (!pointer.empty()) text += std::string(pointer) + ": ";
  list_.push_back({at, without_nul(text + std::string(message))});
}

void Findings::throw_if_any() const {
  if (list_.empty()) return;
  auto sorted = list_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Finding& a, const Finding& b) { return a.at < b.at; });
  // What is wrong in an entry that stands for many is found as many times.
  const auto repeated =
      std::unique(sorted.begin(), sorted.end(), [](const Finding& a, const Finding& b) { return a.text == b.text; });
  sorted.erase(repeated, sorted.end());
  std::string text;
  constexpr std::size_t kMost = 1000;  // a file that is no experiment at all may have a finding a character
  for (const auto& finding : std::span(sorted).first(std::min(kMost, sorted.size())))
    text += (text.empty() ? "" : "\n") + finding.text;
  if (sorted.size() > kMost) text += "\nand " + std::to_string(sorted.size() - kMost) + " more";
  throw ConfigError(text);
}

}  // namespace assay
