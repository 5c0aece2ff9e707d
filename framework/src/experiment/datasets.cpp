// Datasets: names of cards, paths of cards, or readers given in place.

#include <algorithm>
#include <set>

#include "assay/errors.hpp"

#include "base/text.hpp"
#include "experiment/reading.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;

/// What a card and a dataset given in place have in common.
void read_facts(ObjectReader& reader, DatasetSpec& dataset, Findings& findings) {
  (void)reader.text("title");
  (void)reader.text("description");
  (void)reader.boolean("synthetic", false);
  dataset.skip_bad_lines = reader.boolean("skip_bad_lines", false);
  dataset.licence = reader.text("licence");
  dataset.citation = reader.text("citation");
  dataset.obtain = reader.text("obtain");
  ObjectReader expected(reader.child("expected"), reader.pointer_of("expected"), findings);
  dataset.expected_users = expected.optional_integer("users");
  dataset.expected_items = expected.optional_integer("items");
  dataset.expected_interactions = expected.optional_integer("interactions");
  const Node* fingerprint = expected.child("fingerprint");
  if (fingerprint && !fingerprint->is(Node::Kind::null)) dataset.expected_fingerprint = expected.text("fingerprint");
  expected.finish();
}

/// The keys "plugin" and "params" of a card's "reader", or of a dataset given in place.
void read_reader(ObjectReader& reader, const std::string& pointer, DatasetSpec& dataset, ReadingContext& context) {
  const ComponentDescription* component = read_plugin(reader, Kind::dataset, "", context);
  const Node* params = reader.child("params");
  if (!component) return;
  dataset.plugin = component->name;
  dataset.library = component->file.string();
  dataset.library_sha256 = component->sha256;
  dataset.params =
      read_params(*component, params, reader.position(), child_pointer(pointer, "params"), dataset.obtain, context);
}

DatasetSpec read_card(const fs::path& file, ReadingContext& outer) {
  const int source = outer.findings.add_source(file.string());
  ReadingContext context{outer.catalogue, outer.around, outer.findings, folder_of(file)};
  const std::optional<std::string> text = read_document(file, source, context.findings);
  const std::optional<Node> root = text ? parse_document(*text, source, context.findings) : std::nullopt;
  if (!root) return {};
  ObjectReader card(&*root, "", context.findings);
  DatasetSpec dataset;
  dataset.name = card.text("name", file.stem().string());
  if (dataset.name != file.stem().string())
    card.finding("name", "is \"" + dataset.name + "\", but the file is called " + file.filename().string() +
                             ": a card is found by its file's name");
  read_facts(card, dataset, context.findings);
  const Node* inner = card.child("reader");
  card.finish();
  if (!inner) {
    context.findings.add(root->at, "/reader", "must name the plugin that reads the data: {\"plugin\": NAME}");
    return dataset;
  }
  ObjectReader reader(inner, "/reader", context.findings);
  read_reader(reader, "/reader", dataset, context);
  reader.finish();
  return dataset;
}

DatasetSpec read_in_place(const Node& node, const std::string& pointer, ReadingContext& context) {
  ObjectReader reader(&node, pointer, context.findings);
  DatasetSpec dataset;
  const Node* plugin = node.find("plugin");
  dataset.name = reader.text("name", plugin ? plugin->text : "");
  read_facts(reader, dataset, context.findings);
  read_reader(reader, pointer, dataset, context);
  reader.finish();
  return dataset;
}

/// Cards by name, the experiment's own folder first.
std::vector<std::pair<std::string, fs::path>> known_cards(const ReadingContext& context) {
  std::vector<fs::path> folders{context.folder / "datasets"};
  folders.insert(folders.end(), context.around.card_folders.begin(), context.around.card_folders.end());
  std::vector<std::pair<std::string, fs::path>> out;
  for (const auto& folder : folders) {
    std::error_code error;
    std::set<fs::path> files;  // in the order of their names
    for (const auto& entry : fs::directory_iterator(folder, error))
      if (entry.path().extension() == ".json") files.insert(entry.path());
    for (const auto& file : files)
      if (std::none_of(out.begin(), out.end(), [&](const auto& card) { return card.first == file.stem().string(); }))
        out.emplace_back(file.stem().string(), file);
  }
  return out;
}

DatasetSpec read_by_name(const Node& node, const std::string& pointer, ReadingContext& context) {
  if (node.text.find('/') != std::string::npos || node.text.ends_with(".json")) {
    std::vector<std::string> searched;
    const auto file = find_data(node.text, context.folder, context.around, searched);
    if (!file.empty()) return read_card(file, context);
    context.findings.add(node.at, pointer, "there is no card " + node.shown() + "; looked in " + join(searched, ", "));
    return {};
  }
  std::vector<std::string> names;
  for (const auto& [name, file] : known_cards(context)) {
    if (name == node.text) return read_card(file, context);
    names.push_back(name);
  }
  context.findings.add(node.at, pointer,
                       "there is no dataset card " + node.shown() + "." + did_you_mean(node.text, names) +
                           (names.empty() ? " No cards lie in " + (context.folder / "datasets").string() + "."
                                          : " Cards: " + join(names, ", ") + "."));
  return {};
}

}  // namespace

std::vector<DatasetSpec> read_datasets(const Node* node, Position where, ReadingContext& context) {
  std::vector<DatasetSpec> out;
  std::set<std::string> names;
  if (!node || !node->is(Node::Kind::list) || node->children.empty()) {
    context.findings.add(node ? node->at : where, "/datasets",
                         "must be a list of at least one card's name, card's path, or {\"plugin\": NAME}");
    return out;
  }
  for (std::size_t i = 0; i < node->children.size(); ++i) {
    const Node& entry = node->children[i];
    const std::string pointer = child_pointer("/datasets", std::to_string(i));
    DatasetSpec dataset =
        entry.is(Node::Kind::text) ? read_by_name(entry, pointer, context) : read_in_place(entry, pointer, context);
    const auto report = [&](const std::string& message) { context.findings.add(entry.at, pointer, message); };
    if (!dataset.name.empty() && !is_plain_name(dataset.name, true))
      report("the name \"" + dataset.name + "\" must be made of letters, digits, and . _ -");
    if (!dataset.name.empty() && !names.insert(dataset.name).second)
      report("a dataset named \"" + dataset.name + "\" is listed above. Give this one a \"name\" of its own.");
    out.push_back(std::move(dataset));
  }
  return out;
}

}  // namespace assay
