// "grid" of a model: a list of values for some parameters, which stands for a model with each combination of them.

#include <algorithm>

#include "base/text.hpp"
#include "experiment/reading.hpp"

namespace assay {
namespace {

constexpr std::size_t kMostModels = 10000;

/// The axes of a grid that can be used; the others are findings.
struct Axis {
  const Node::Key* name;
  const Node* values;
};

std::vector<Axis> read_axes(const Node& grid, const Node* params, const std::string& pointer, Findings& findings) {
  std::vector<Axis> out;
  for (std::size_t i = 0; i < grid.keys.size(); ++i) {
    const Node::Key& name = grid.keys[i];
    const Node& values = grid.children[i];
    const std::string place = child_pointer(pointer, name.name);
    if (!values.is(Node::Kind::list) || values.children.empty())
      findings.add(values.at, place, "must be a list of the values to try, not " + values.shown());
    else if (params && params->find(name.name))
      findings.add(name.at, place, "is in \"params\" too: a parameter has one value, or several in \"grid\"");
    else
      out.push_back({&name, &values});
  }
  return out;
}

/// A value as a part of a label: 0.3 becomes "0-3", "cosine" stays.
std::string label_part(const Node& value) {
  std::string out = value.is(Node::Kind::text) ? value.text : value.to_json();
  std::erase_if(out, [](char c) { return c == '[' || c == ']' || c == '"' || c == '+'; });
  std::ranges::replace_if(
      out,
      [](char c) {
        return !is_plain_name({&c, 1}, false);
      },
      '-');
  return out;
}

Node without_grid(const Node& entry) {
  Node out = entry;
  const auto grid = entry.find("grid") - entry.children.data();
  out.keys.erase(out.keys.begin() + grid);
  out.children.erase(out.children.begin() + grid);
  return out;
}

/// The entry with one value of each axis; `number` counts combinations, the last axis fastest.
Node combination(const Node& entry, const std::vector<Axis>& axes, std::size_t number, std::string label) {
  std::vector<std::size_t> chosen(axes.size());
  for (std::size_t a = axes.size(); a-- > 0; number /= axes[a].values->children.size())
    chosen[a] = number % axes[a].values->children.size();
  Node out = without_grid(entry);
  for (std::size_t a = 0; a < axes.size(); ++a) {
    const Node& value = axes[a].values->children[chosen[a]];
    out.ensure("params", entry.at).ensure(axes[a].name->name, axes[a].name->at) = value;
    label += "_" + label_part(value);
  }
  Node& name = out.ensure("label", entry.at);
  name.kind = Node::Kind::text;
  name.text = label;
  return out;
}

}  // namespace

std::vector<Node> expand_grid(const Node& entry, const std::string& pointer, Findings& findings) {
  const Node* grid = entry.find("grid");
  if (!grid) return {entry};
  const std::string place = child_pointer(pointer, "grid");
  if (!grid->is(Node::Kind::object) || grid->keys.empty()) {
    findings.add(grid->at, place, "must be an object {\"PARAMETER\": [VALUE, …]}, not " + grid->shown());
    return {};
  }
  const Node *params = entry.find("params"), *name = entry.find("label") ? entry.find("label") : entry.find("plugin");
  if (!name || !name->is(Node::Kind::text) || (params && !params->is(Node::Kind::object)))
    return {without_grid(entry)};  // wrong without a grid, too: the reader of models says how
  const std::vector<Axis> axes = read_axes(*grid, params, place, findings);
  if (axes.size() < grid->keys.size()) return {};
  std::size_t count = 1;
  for (const Axis& axis : axes) {
    count *= axis.values->children.size();
    if (count <= kMostModels) continue;
    findings.add(grid->at, place, "stands for more than " + std::to_string(kMostModels) + " models. Try fewer values.");
    return {};
  }
  std::vector<Node> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(combination(entry, axes, i, name->text));
  return out;
}

}  // namespace assay
