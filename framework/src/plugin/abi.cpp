// Decodes ABI symbols, so that a refusal can say how the library was built and how this runner was.

#include "plugin/abi.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "assay/plugin.hpp"

#include "base/text.hpp"

namespace assay {
namespace {

#define ASSAY_DETAIL_TEXT_OF(symbol) #symbol
#define ASSAY_DETAIL_TEXT(symbol) ASSAY_DETAIL_TEXT_OF(symbol)
constexpr std::string_view kOwn = ASSAY_DETAIL_TEXT(ASSAY_ABI_SYMBOL);
constexpr std::string_view kPrefix = "assay_plugin_";

std::string yes_no(std::string_view value, const std::string& what) {
  return value == "0" ? "no " + what : value == "1" ? what : std::string(value) + " " + what;
}

std::string language(std::string_view value) {
  if (value == "202002L") return "C++20";
  if (value == "202302L") return "C++23";
  return "C++ of " + std::string(value);
}

/// One piece, such as "gcc12", in words.
std::string in_words(std::string_view piece) {
  const auto after = [&](std::string_view head) { return piece.substr(head.size()); };
  if (piece.starts_with("gcc")) return "gcc " + std::string(after("gcc"));
  if (piece.starts_with("clang")) return "clang " + std::string(after("clang"));
  if (piece.starts_with("cxx11abi")) return after("cxx11abi") == "1" ? "new std::string" : "old std::string";
  if (piece.starts_with("abi")) return "C++ ABI " + std::string(after("abi"));
  if (piece.starts_with("dbg")) return yes_no(after("dbg"), "_GLIBCXX_DEBUG");
  if (piece.starts_with("san")) return yes_no(after("san"), "sanitizer");
  if (piece.starts_with("rtti")) return yes_no(after("rtti"), "RTTI");
  if (piece.starts_with("exc")) return yes_no(after("exc"), "exceptions");
  if (piece.starts_with("std")) return language(after("std"));
  if (piece.starts_with("v")) return "plugin API " + std::string(after("v"));
  return std::string(piece);
}

/// "plugin API 1", "gcc 12", "C++ ABI 1017", "new std::string", … of a symbol of our pattern.
std::vector<std::string> pieces(std::string_view symbol) {
  std::vector<std::string> out;
  symbol.remove_prefix(std::min(kPrefix.size(), symbol.size()));
  while (!symbol.empty()) {
    const std::size_t end = std::min(symbol.find('_'), symbol.size());
    out.push_back(in_words(symbol.substr(0, end)));
    symbol.remove_prefix(std::min(end + 1, symbol.size()));
  }
  return out;
}

/// Those of `a` that `b` lacks.
std::string differences(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<std::string> out;
  for (const auto& piece : a)
    if (std::find(b.begin(), b.end(), piece) == b.end()) out.push_back(piece);
  return out.empty() ? "nothing of the sort" : join(out, ", ");
}

}  // namespace

std::string_view own_abi_symbol() noexcept { return kOwn; }

std::string abi_mismatch(std::span<const std::string> exported) {
  const std::string* other = nullptr;
  for (const auto& symbol : exported) {
    if (symbol == kOwn) return {};
    if (symbol.starts_with(kPrefix)) other = &symbol;
  }
  if (other == nullptr)
    return "not an Assay plugin: it exports no assay_plugin_… constant. Its source needs one ASSAY_PLUGIN(...) at "
           "namespace scope.";
  const auto theirs = pieces(*other), ours = pieces(kOwn);
  return "built as " + join(theirs, ", ") + "; this runner is " + join(ours, ", ") + ". It has " +
         differences(theirs, ours) + " where " + differences(ours, theirs) +
         " is needed: rebuild it with this runner's SDK.";
}

}  // namespace assay
