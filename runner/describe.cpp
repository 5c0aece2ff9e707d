// `runner describe NAME`: what a component does and which parameters it has.

#include <boost/algorithm/string/replace.hpp>
#include <boost/program_options.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "assay/errors.hpp"

#include "base/text.hpp"
#include "plugin/abilities.hpp"
#include "runner/command.hpp"
#include "runner/verbs.hpp"

namespace assay {
namespace {

/// NAME, or KIND/NAME where two kinds share a name.
const ComponentDescription& find_named(const Catalogue& catalogue, const std::string& wanted) {
  const std::size_t slash = wanted.find('/');
  const std::string name = slash == std::string::npos ? wanted : wanted.substr(slash + 1);
  const std::string kind = slash == std::string::npos ? "" : wanted.substr(0, slash);
  std::vector<const ComponentDescription*> found;
  std::vector<std::string> names, full_names;
  for (const auto& c : catalogue.components) {
    names.push_back(c.name);
    if (c.name != name || (!kind.empty() && kind != kind_name(c.kind))) continue;
    found.push_back(&c);
    full_names.push_back(std::string(kind_name(c.kind)) + "/" + c.name);
  }
  if (found.size() == 1) return *found[0];
  if (found.size() > 1)
    throw ConfigError("\"" + name + "\" is the name of more than one component: say " + join(full_names, " or ") + ".");
  throw ConfigError("there is no component \"" + wanted + "\"." + did_you_mean(name, names) +
                    " runner plugins lists all of them.");
}

std::string traits_text(const Traits& t) {
  std::vector<std::string> out;
  out.emplace_back(t.seeded ? "trained once a seed" : "not seeded: trained once");
  if (t.fold_in) out.emplace_back("serves users never seen");
  if (t.slices) out.emplace_back("scores parts of the catalogue");
  if (t.cold_items) out.emplace_back("scores items never seen");
  if (t.any_threads) out.emplace_back("same bits at any number of threads");
  return join(out, "; ");
}

std::string abilities_text(const std::vector<std::string>& abilities) {
  std::vector<std::string> out;
  for (const std::string& ability : abilities)
    out.push_back(ability == "resumable"          ? "goes on within a training"
                  : ability == "sized"            ? "says what it will take"
                  : ability == "rating_predictor" ? "predicts ratings (rmse, mae)"
                  : ability == "explainer"        ? "explains its scores"
                                                  : ability);
  return out.empty() ? "none" : join(out, "; ");
}

/// With the abilities of a model, where they could be asked.
std::string json_text(const ComponentDescription& c) {
  nlohmann::json out = nlohmann::json::parse(to_json(c));
  if (const auto abilities = abilities_of(c)) out["abilities"] = *abilities;
  return out.dump(2);
}

void print_param(const ParamDescription& p) {
  std::cout << "\n  " << p.name << "  (" << type_name(p.type);
  if (p.required)
    std::cout << ", required";
  else
    std::cout << ", default " << p.default_json;
  if (const std::string range = range_text(p); !range.empty()) std::cout << ", " << range;
  if (!p.choices.empty()) std::cout << ", one of " << join(p.choices, " | ");
  std::cout << ")\n      " << p.summary << "\n";
}

void print_text(const ComponentDescription& c) {
  std::cout << c.name << " " << c.version << ": " << c.summary << "\n\n";
  std::cout << "  kind       " << kind_name(c.kind);
  if (c.interface != kind_name(c.kind)) std::cout << " (" << c.interface << ")";
  std::cout << "\n";
  if (c.kind == Kind::model) std::cout << "  traits     " << traits_text(c.traits) << "\n";
  if (const auto abilities = abilities_of(c)) std::cout << "  abilities  " << abilities_text(*abilities) << "\n";
  std::cout << "  plugin     " << c.plugin << "\n  file       " << c.file.string() << "\n";
  std::cout << (c.params.empty() ? "\nIt has no parameters.\n" : "\nParameters\n");
  for (const auto& p : c.params) print_param(p);
}

/// A cell of a Markdown table.
std::string cell(const std::string& text) { return boost::algorithm::replace_all_copy(text, "|", "\\|"); }

/// A section for a page or a README.
void print_markdown(const ComponentDescription& c) {
  std::cout << "## " << c.name << "\n\n" << c.summary << "\n";
  if (c.kind == Kind::model) std::cout << "\nTraits: " << traits_text(c.traits) << ".\n";
  if (const auto abilities = abilities_of(c); abilities && !abilities->empty())
    std::cout << "Abilities: " << abilities_text(*abilities) << ".\n";
  if (c.params.empty()) {
    std::cout << "\nNo parameters.\n";
    return;
  }
  std::cout << "\n| parameter | type | default | allowed | meaning |\n|---|---|---|---|---|\n";
  for (const auto& p : c.params) {
    std::string allowed = range_text(p);
    if (!p.choices.empty()) allowed = "`" + join(p.choices, "`, `") + "`";
    std::cout << "| `" << p.name << "` | " << type_name(p.type) << " | "
              << (p.required ? "required" : "`" + cell(p.default_json) + "`") << " | " << cell(allowed) << " | "
              << cell(p.summary) << " |\n";
  }
}

}  // namespace

int run_describe(std::span<const std::string> arguments) {
  namespace po = boost::program_options;
  CommonOptions options;
  bool schema = false, markdown = false;
  po::options_description description("Options");
  add_common(description, options);
  description.add_options()("json-schema", po::bool_switch(&schema), "The parameters' JSON Schema, for editors.")(
      "markdown", po::bool_switch(&markdown), "A section for a README.");
  std::vector<std::string> rest;
  if (parse("describe", description, arguments, rest)) return kDone;
  if (rest.size() != 1) throw ConfigError("runner describe NAME: one component, please; runner plugins lists them.");
  const Catalogue catalogue = load_catalogue(options);
  const auto& component = find_named(catalogue, rest[0]);
  if (schema)
    std::cout << params_schema(component) << "\n";
  else if (markdown)
    print_markdown(component);
  else if (options.json)
    std::cout << json_text(component) << "\n";
  else
    print_text(component);
  return kDone;
}

}  // namespace assay
