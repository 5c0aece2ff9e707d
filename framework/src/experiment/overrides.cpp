// "models.LABEL.param", "backend.jobs" and plain paths like "training.patience" or "datasets.0.name".

#include "experiment/overrides.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace assay {
namespace {

std::vector<std::string> split_path(const std::string& path) {
  std::vector<std::string> out(1);
  for (const char c : path)
    if (c == '.')
      out.emplace_back();
    else
      out.back() += c;
  return out;
}

void mark(Node& node, Position at) {
  node.at = at;
  for (auto& key : node.keys) key.at = at;
  for (auto& child : node.children) mark(child, at);
}

/// The value as JSON where it is JSON, else as a text: training.keep=last needs no quotes.
Node parse_value(const std::string& value, Position at) {
  Findings problems;
  problems.add_source("");
  Node node;
  if (auto parsed = parse_document(value, 0, problems)) {
    node = std::move(*parsed);
  } else {
    node.kind = Node::Kind::text;
    node.text = value;
  }
  mark(node, at);
  return node;
}

std::string label_of(const Node& model) {
  const Node* name = model.find("label");
  if (!name) name = model.find("plugin");
  return name && name->is(Node::Kind::text) ? name->text : "";
}

bool is_one_of(const std::string& word, std::initializer_list<const char*> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

class Applier {
 public:
  Applier(Node& root, const Override& change, Position at, Findings& findings)
      : root_(root), change_(change), at_(at), findings_(findings), path_(split_path(change.path)) {}

  void apply() {
    if (!is_utf8(change_.path) || !is_utf8(change_.value)) return complain("is not UTF-8");
    if (std::any_of(path_.begin(), path_.end(), [](const std::string& s) { return s.empty(); }))
      return complain("is not a path: write models.LABEL.PARAMETER=VALUE or, for example, training.patience=5");
    if (path_[0] == "models" && path_.size() > 1) return apply_to_model();
    if (path_[0] == "backend" && path_.size() == 2 && !is_one_of(path_[1], {"plugin", "params"}))
      path_.insert(path_.begin() + 1, "params");
    descend(root_, 0);
  }

 private:
  void complain(const std::string& message) { findings_.add(at_, "", message); }

  void apply_to_model() {
    Node* models = root_.find("models");
    std::vector<std::string> labels;
    if (models)
      for (Node& model : models->children) {
        labels.push_back(label_of(model));
        if (labels.back() != path_[1]) continue;
        if (path_.size() == 3 && !is_one_of(path_[2], {"plugin", "params", "label"}))
          path_.insert(path_.begin() + 2, "params");
        return descend(model, 2);
      }
    complain("no model has the label \"" + path_[1] + "\"." + did_you_mean(path_[1], labels) +
             (labels.empty() ? "" : " Labels: " + join(labels, ", ") + "."));
  }

  /// Follows the path from `node` on and replaces what is at its end.
  void descend(Node& node, std::size_t step) {
    if (step == path_.size()) {
      node = parse_value(change_.value, at_);
      return;
    }
    const std::string& name = path_[step];
    if (node.is(Node::Kind::list)) {
      std::size_t index = 0;
      const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), index);
      if (problem != std::errc() || end != name.data() + name.size() || index >= node.children.size())
        return complain("\"" + name + "\" is not a place of that list: 0 to " + std::to_string(node.children.size()) +
                        " (not included) are");
      return descend(node.children[index], step + 1);
    }
    if (!node.is(Node::Kind::object) && !node.is(Node::Kind::null))
      return complain("\"" + name + "\" cannot lie in " + node.shown());
    descend(node.ensure(name, at_), step + 1);
  }

  Node& root_;
  const Override& change_;
  Position at_;
  Findings& findings_;
  std::vector<std::string> path_;
};

}  // namespace

void apply_overrides(Node& root, std::span<const Override> overrides, Findings& findings) {
  for (const Override& change : overrides) {
    const int source = findings.add_source("override " + change.path + "=" + change.value);
    Applier(root, change, {source, 0, 0}, findings).apply();
  }
}

}  // namespace assay
