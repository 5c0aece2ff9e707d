#pragma once  // JSON with comments as a tree in which every value and key knows its place in the file.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "experiment/findings.hpp"

namespace assay {

/// One value. Positions are those of its first character.
struct Node {
  enum class Kind : std::uint8_t { null, boolean, integer, real, text, list, object };
  struct Key {
    std::string name;
    Position at;
  };

  Kind kind = Kind::null;
  Position at;
  bool boolean = false;
  std::int64_t integer = 0;
  double real = 0;  ///< also of an integer
  std::string text;
  std::vector<Node> children;  ///< of a list; values of an object
  std::vector<Key> keys;       ///< of an object, parallel to `children`

  [[nodiscard]] bool is(Kind k) const { return kind == k; }
  [[nodiscard]] const Node* find(std::string_view key) const;  ///< null where there is none, or this is no object
  [[nodiscard]] Node* find(std::string_view key);
  [[nodiscard]] Position key_position(std::string_view key) const;  ///< its own where there is no such key
  /// The child of that name; made (null, at `at`) where there is none. Turns null into an object.
  Node& ensure(std::string_view key, Position at);
  [[nodiscard]] std::string to_json() const;
  [[nodiscard]] std::string shown() const;  ///< to_json(), cut to a length for messages
};

/// Beyond, a file is taken for something else than an experiment or a card.
inline constexpr std::size_t kLargestDocument = 4 << 20;

/// Reads a text. Nothing is returned after a syntax error, nesting beyond 100 or kLargestDocument bytes, which is a
/// finding; a key given twice is one, too.
[[nodiscard]] std::optional<Node> parse_document(std::string_view text, int source, Findings& findings);

/// The text of an experiment or a card, to be parsed as `source`. A finding and nothing where it is no ordinary file,
/// cannot be read, or is larger than kLargestDocument.
[[nodiscard]] std::optional<std::string> read_document(const std::filesystem::path& file, int source,
                                                       Findings& findings);

/// "/models/3" + "a/b" -> "/models/3/a~1b" (RFC 6901).
[[nodiscard]] std::string child_pointer(std::string_view pointer, std::string_view key);

}  // namespace assay
