// The tree is built from nlohmann's SAX events. They carry no positions, so a cursor walks over the text in step.

#include "experiment/document.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_set>
#include <utility>

#include "assay/errors.hpp"

#include "base/files.hpp"
#include "base/text.hpp"

namespace assay {
namespace {

using nlohmann::json;

constexpr std::size_t kDeepest = 100;
constexpr std::size_t kLongestMessage = 200;  // nlohmann repeats all of a text that is not closed

/// Walks over a text that is known to be well-formed up to the event at hand.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) offset_ = 3;
  }

  /// Goes to the next token, remembers where it begins and passes over it.
  Position next(int source) {
    skip_between_tokens();
    const Position at{source, line_, column_};
    switch (offset_ < text_.size() ? text_[offset_] : '\0') {
      case '"':
        step();
        while (offset_ < text_.size() && text_[offset_] != '"') step(text_[offset_] == '\\' ? 2 : 1);
        step();
        break;
      case '{':
      case '}':
      case '[':
      case ']':
        step();
        break;
      default:
        while (offset_ < text_.size() && !std::strchr(" \t\r\n,:]}/", text_[offset_])) step();
    }
    return at;
  }

  /// Line and column of the byte before `offset`.
  Position before(int source, std::size_t offset) {
    while (offset_ + 1 < offset && offset_ < text_.size()) step();
    return {source, line_, column_};
  }

 private:
  void step(std::size_t bytes = 1) {
    for (; bytes > 0 && offset_ < text_.size(); --bytes, ++offset_) {
      const auto byte = static_cast<unsigned char>(text_[offset_]);
      if (byte == '\n')
        ++line_, column_ = 1;
      else if ((byte & 0xC0) != 0x80)  // the first byte of a character
        ++column_;
    }
  }

  void skip_between_tokens() {
    while (offset_ < text_.size()) {
      const std::string_view rest = text_.substr(offset_);
      if (rest.starts_with("//"))
        step(std::min(rest.find('\n'), rest.size()));
      else if (rest.starts_with("/*"))
        step(std::min(rest.find("*/", 2), rest.size() - 2) + 2);
      else if (std::strchr(" \t\r\n,:", rest[0]) && rest[0] != '\0')
        step();
      else
        return;
    }
  }

  std::string_view text_;
  std::size_t offset_ = 0;
  int line_ = 1, column_ = 1;
};

class Builder final : public nlohmann::json_sax<json> {
 public:
  Builder(std::string_view text, int source, Findings& findings)
      : text_(text), cursor_(text), source_(source), findings_(findings) {}

  Node root;

  bool null() override {
    return leaf(Node::Kind::null, [](Node&) {});
  }
  bool boolean(bool v) override {
    return leaf(Node::Kind::boolean, [&](Node& n) { n.boolean = v; });
  }
  bool number_integer(number_integer_t v) override {
    return leaf(Node::Kind::integer, [&](Node& n) { n.integer = v, n.real = static_cast<double>(v); });
  }
  bool number_unsigned(number_unsigned_t v) override {
    if (v > static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max()))
      return number_float(static_cast<double>(v), "");
    return number_integer(static_cast<std::int64_t>(v));
  }
  bool number_float(number_float_t v, const string_t&) override {
    return leaf(Node::Kind::real, [&](Node& n) { n.real = v; });
  }
  bool string(string_t& v) override {
    return leaf(Node::Kind::text, [&](Node& n) { n.text = v; });
  }
  bool binary(binary_t&) override { return false; }  // not in JSON text
  bool start_object(std::size_t) override { return open(Node::Kind::object); }
  bool start_array(std::size_t) override { return open(Node::Kind::list); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    Node& object = *open_.back();
    const Position at = cursor_.next(source_);
    if (!names_.back().insert(name).second)
      findings_.add(at, pointer(),
                    "the key \"" + name + "\" was already given in line " +
                        std::to_string(object.key_position(name).line) + ". Keep one of the two.");
    object.keys.push_back({name, at});
    return true;
  }

  bool parse_error(std::size_t offset, const std::string&, const nlohmann::detail::exception& error) override {
    std::string why = error.what();
    for (const char* before : {"] ", ": "})  // "[json.exception.parse_error.101] parse error at line 1, column 2: …"
      if (const auto start = why.find(before); start != std::string::npos && start < 80) why.erase(0, start + 2);
    findings_.add(Cursor(text_).before(source_, offset), pointer(), "this is not JSON: " + cut(why, kLongestMessage));
    return false;
  }

 private:
  Node& place() {
    if (open_.empty()) return root;
    return open_.back()->children.emplace_back();
  }

  template <class Fill>
  bool leaf(Node::Kind kind, Fill&& fill) {
    Node& node = place();
    node.kind = kind;
    node.at = cursor_.next(source_);
    fill(node);
    return true;
  }

  bool open(Node::Kind kind) {
    Node& node = place();
    node.kind = kind;
    node.at = cursor_.next(source_);
    names_.emplace_back();
    open_.push_back(&node);  // its parent gets no other child before it is closed: the pointer stays good
    if (open_.size() <= kDeepest) return true;
    findings_.add(node.at, "", "nested more than " + std::to_string(kDeepest) + " deep");
    return false;
  }

  bool close() {
    (void)cursor_.next(source_);
    open_.pop_back();
    names_.pop_back();
    return true;
  }

  [[nodiscard]] std::string pointer() const {
    std::string out;
    for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
      const Node& parent = *open_[i];
      out = child_pointer(
          out, parent.is(Node::Kind::object) ? parent.keys.back().name : std::to_string(parent.children.size() - 1));
    }
    return out;
  }

  std::string_view text_;
  Cursor cursor_;
  int source_;
  Findings& findings_;
  std::vector<Node*> open_;
  std::vector<std::unordered_set<std::string>> names_;  // of the keys of those that are open
};

std::string too_large(std::uintmax_t bytes) {
  return "has " + human_bytes(static_cast<std::int64_t>(bytes)) + "; experiments and dataset cards have " +
         human_bytes(static_cast<std::int64_t>(kLargestDocument)) + " at most. Is it the right file?";
}

json to_value(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return nullptr;
    case Node::Kind::boolean:
      return node.boolean;
    case Node::Kind::integer:
      return node.integer;
    case Node::Kind::real:
      return node.real;
    case Node::Kind::text:
      return node.text;
    case Node::Kind::list: {
      json out = json::array();
      for (const Node& child : node.children) out.push_back(to_value(child));
      return out;
    }
    case Node::Kind::object:
      break;
  }
  json out = json::object();
  for (std::size_t i = 0; i < node.children.size(); ++i) out[node.keys[i].name] = to_value(node.children[i]);
  return out;
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  if (kind != Kind::object) return nullptr;
  for (std::size_t i = 0; i < children.size(); ++i)
    if (keys[i].name == key) return &children[i];
  return nullptr;
}

Node* Node::find(std::string_view key) { return const_cast<Node*>(std::as_const(*this).find(key)); }

Position Node::key_position(std::string_view key) const {
  for (const Key& k : keys)
    if (k.name == key) return k.at;
  return at;
}

Node& Node::ensure(std::string_view key, Position where) {
  if (Node* found = find(key)) return *found;
  if (kind == Kind::null) kind = Kind::object;
  keys.push_back({std::string(key), where});
  children.emplace_back().at = where;
  return children.back();
}

std::string Node::to_json() const { return to_value(*this).dump(); }

std::string Node::shown() const {
  const std::string out = to_json();
  return out.size() > 60 ? cut(out, 57) : out;
}

std::optional<std::string> read_document(const std::filesystem::path& file, int source, Findings& findings) {
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);  // an error for all that is no ordinary file
  try {
    if (error || size <= kLargestDocument) return read_file(file);
    findings.add({source, 0, 0}, "", too_large(size));
  } catch (const DataError& e) {
    const std::string_view why = e.what();
    const std::string name = file.string() + ": ";
    findings.add({source, 0, 0}, "", why.starts_with(name) ? why.substr(name.size()) : why);
  }
  return {};
}

std::optional<Node> parse_document(std::string_view text, int source, Findings& findings) {
  if (text.size() > kLargestDocument) {
    findings.add({source, 0, 0}, "", too_large(text.size()));
    return {};
  }
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) {  // for the parser it would be the end
    findings.add(Cursor(text).before(source, nul + 1), "",
                 "this is not JSON: there is a NUL byte. Is the file binary, or written in UTF-16?");
    return {};
  }
  Builder builder(text, source, findings);
  if (!json::sax_parse(text, &builder, json::input_format_t::json, true, true)) return {};
  return std::move(builder.root);
}

std::string child_pointer(std::string_view pointer, std::string_view key) {
  std::string out = std::string(pointer) + "/";
  for (const char c : key) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

}  // namespace assay
