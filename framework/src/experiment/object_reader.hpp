#pragma once  // Reads the keys of one JSON object, checks their values, and reports what is wrong or unknown.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "experiment/document.hpp"

namespace assay {

/// Every question returns the fallback where the key is absent or its value is wrong (which is then a finding). After
/// the last question, finish() reports the keys that nobody asked for.
class ObjectReader {
 public:
  /// `node` may be null: nothing is given. Another kind of value than an object is a finding.
  ObjectReader(const Node* node, std::string pointer, Findings& findings);

  [[nodiscard]] const Node* child(std::string_view name);  ///< null where absent
  [[nodiscard]] std::string pointer_of(std::string_view name) const { return child_pointer(pointer_, name); }
  [[nodiscard]] Position position() const { return at_; }
  [[nodiscard]] bool is_object() const { return node_ != nullptr; }

  [[nodiscard]] std::string text(std::string_view name, std::string fallback = "");
  [[nodiscard]] bool boolean(std::string_view name, bool fallback);
  [[nodiscard]] std::int64_t integer(std::string_view name, std::int64_t fallback, std::int64_t low,
                                     std::int64_t high = INT64_MAX);
  [[nodiscard]] int small(std::string_view name, int fallback, int low, int high = INT32_MAX);
  [[nodiscard]] double real(std::string_view name, double fallback);
  /// null counts as absent.
  [[nodiscard]] std::optional<double> optional_real(std::string_view name);
  [[nodiscard]] std::optional<std::int64_t> optional_integer(std::string_view name);
  /// A point in time in ms since 1970: "2003-02-28", "2003-02-28T12:30:00" (UTC), or the number itself.
  [[nodiscard]] std::optional<std::int64_t> optional_time(std::string_view name);
  /// One of some words.
  template <class Value, std::size_t n>
  [[nodiscard]] Value choice(std::string_view name, Value fallback,
                             const std::pair<std::string_view, Value> (&options)[n]) {
    std::vector<std::string> words;
    for (const auto& option : options) words.emplace_back(option.first);
    const auto found = choose(name, words);
    return found ? options[*found].second : fallback;
  }

  void finding(std::string_view name, std::string_view message);  ///< at the value of a key, else at the object
  void finish();

 private:
  [[nodiscard]] std::optional<std::size_t> choose(std::string_view name, std::span<const std::string> words);
  [[nodiscard]] const Node* given(std::string_view name);  ///< child() that is not null
  void misfit(std::string_view name, const Node& value, std::string_view wanted);

  const Node* node_;
  std::string pointer_;
  Findings& findings_;
  Position at_;
  std::vector<std::string> known_;
};

}  // namespace assay
