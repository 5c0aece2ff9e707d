// The sections that name plugins: models, backend, and any component's parameters.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "assay/errors.hpp"

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "experiment/reading.hpp"

namespace assay {
namespace {

using nlohmann::json;

/// Where a finding of resolve_params belongs: "/neighbours/2" below the node of the parameters.
Position place_of(const ComponentDescription& component, const Node* params, Position where, std::string pointer) {
  if (!params) return where;
  if (pointer.empty()) return params->at;
  const auto slash = pointer.find('/', 1);
  const std::string name = pointer.substr(1, slash == std::string::npos ? slash : slash - 1);
  const bool known = std::any_of(component.params.begin(), component.params.end(),
                                 [&](const ParamDescription& p) { return p.name == name; });
  const Node* value = params->find(name);
  if (!value || !known) return params->key_position(name);
  if (slash != std::string::npos && value->is(Node::Kind::list)) {
    const auto index = std::stoul(pointer.substr(slash + 1));
    if (index < value->children.size()) return value->children[index].at;
  }
  return value->at;
}

void find_paths(const ComponentDescription& component, json& values, const Node* params, Position where,
                const std::string& pointer, std::string obtain, ReadingContext& context) {
  for (const ParamDescription& param : component.params) {
    if (param.type != ParamType::path || !values.contains(param.name)) continue;
    const auto wanted = values[param.name].get<std::string>();
    if (wanted.empty()) continue;
    const Node* value = params ? params->find(param.name) : nullptr;
    if (wanted.find('\0') != std::string::npos) {  // the system would look for what is before it
      context.findings.add(value ? value->at : where, child_pointer(pointer, param.name),
                           "\"" + wanted + "\" holds a NUL, which no file's name can");
      continue;
    }
    const bool overridden = value && value->at.line == 0;  // typed on the command line
    std::vector<std::string> searched;
    const auto found =
        find_data(wanted, overridden ? context.around.working_folder : context.folder, context.around, searched);
    const bool writable = is_utf8(found.string());
    values[param.name] = writable ? found.string() : "";
    if (!writable)
      context.findings.add(value ? value->at : where, child_pointer(pointer, param.name),
                           "\"" + wanted + "\" was found as " + found.string() +
                               ", which is not UTF-8 and cannot be stored. Rename the folder, or make a link to it.");
    if (!found.empty()) continue;
    std::string message = "\"" + wanted + "\" does not exist";
    if (!searched.empty()) message += "; looked in " + join(searched, ", ") + " ($ASSAY_DATA adds folders)";
    if (!obtain.empty()) message += ". To obtain it: " + obtain;
    obtain.clear();  // once is enough
    context.findings.add(value ? value->at : where, child_pointer(pointer, param.name), message);
  }
}

void check_jobs(const Experiment& experiment, const Node& root, ReadingContext& context) {
  const json params = json::parse(experiment.backend.params);
  const std::int64_t jobs = std::max<std::int64_t>(params.value("jobs", 0), 1);
  const std::int64_t set = params.value("cores", 0), cores = set > 0 ? set : context.around.cores;
  if (jobs * experiment.threads <= cores) return;
  const bool by_jobs = jobs > 1;
  const char* const path[] = {by_jobs ? "backend" : "resources", by_jobs ? "params" : "threads", "jobs"};
  const Node* value = &root;
  for (const char* key : std::span(path).first(by_jobs ? 3 : 2))
    if (const Node* child = value->find(key)) value = child;
  context.findings.add(value->at, by_jobs ? "/backend/params/jobs" : "/resources/threads",
                       counted(jobs, "job", "jobs") + " × " + counted(experiment.threads, "thread", "threads") +
                           " are more than the " + counted(cores, "core there is", "cores there are") +
                           ", which would slow every trial down. Lower backend.jobs (0: as many as "
                           "fit) or resources.threads.");
}

void check_memory(const Experiment& experiment, const Node& root, ReadingContext& context) {
  const std::int64_t there = context.around.memory_bytes;
  if (there == 0 || experiment.memory_bytes <= there) return;
  ObjectReader(root.find("resources"), "/resources", context.findings)
      .finding("memory_mb", "a trial's limit of " + human_bytes(experiment.memory_bytes) + " is more than the " +
                                human_bytes(there) + " of memory here. Lower it to " + std::to_string(there >> 20) +
                                ", or to 0 for no limit.");
}

ModelSpec read_model(const Node& node, const std::string& pointer, ReadingContext& context) {
  ObjectReader reader(&node, pointer, context.findings);
  ModelSpec model;
  const ComponentDescription* component = read_plugin(reader, Kind::model, "", context);
  model.plugin = component ? component->name : "";
  const Node* name = node.find("plugin");
  model.label = reader.text("label", name ? name->text : "");
  if (reader.child("label") && !is_plain_name(model.label, false))
    reader.finding("label", "is made of letters, digits, _ and -, not \"" + model.label + "\"");
  const Node* params = reader.child("params");
  reader.finish();
  if (!component) return model;
  if (component->interface != "recommender")
    reader.finding("plugin", component->name + " is a " + component->interface +
                                 "; an experiment that ranks items needs a recommender");
  model.params = read_params(*component, params, node.at, reader.pointer_of("params"), "", context);
  model.library = component->file.string();
  model.library_sha256 = component->sha256;
  model.build_id = component->build_id;
  model.traits = component->traits;
  return model;
}

}  // namespace

bool is_plain_name(std::string_view name, bool dots) {
  const auto plain = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           (dots && c == '.');
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), plain);
}

std::string read_params(const ComponentDescription& component, const Node* params, Position where,
                        const std::string& pointer, const std::string& obtain, ReadingContext& context) {
  std::vector<ParamFinding> wrong;
  json values = json::parse(resolve_params(component, params ? params->to_json() : "{}", wrong));
  for (const ParamFinding& finding : wrong)
    context.findings.add(place_of(component, params, where, finding.pointer), pointer + finding.pointer,
                         finding.message);
  find_paths(component, values, params, where, pointer, obtain, context);  // what is wrong is not among the values
  return values.dump();
}

const ComponentDescription* read_plugin(ObjectReader& reader, Kind kind, const std::string& fallback,
                                        ReadingContext& context) {
  const std::string name = reader.text("plugin", fallback);
  if (name.empty()) {
    if (reader.is_object())
      reader.finding("plugin", "names the " + std::string(kind_name(kind)) + " to use; runner plugins lists all");
    return nullptr;
  }
  try {
    return &context.catalogue.find(kind, name);
  } catch (const ConfigError& e) {
    reader.finding("plugin", e.what());
    return nullptr;
  }
}

std::vector<ModelSpec> read_models(const Node* node, Position where, ReadingContext& context) {
  std::vector<ModelSpec> out;
  std::set<std::string> labels;
  if (!node || !node->is(Node::Kind::list) || node->children.empty()) {
    context.findings.add(node ? node->at : where, "/models", "must be a list of at least one {\"plugin\": NAME}");
    return out;
  }
  for (std::size_t i = 0; i < node->children.size(); ++i) {
    const Node& entry = node->children[i];
    const std::string pointer = child_pointer("/models", std::to_string(i));
    for (const Node& one : expand_grid(entry, pointer, context.findings)) {
      ModelSpec model = read_model(one, pointer, context);
      if (!model.label.empty() && !labels.insert(model.label).second)
        context.findings.add(
            entry.at, pointer,
            "the label \"" + model.label + "\" is taken by a model above. Give this one a \"label\" of its own.");
      out.push_back(std::move(model));
    }
  }
  return out;
}

void read_backend(const Node& root, Experiment& experiment, ReadingContext& context) {
  ObjectReader reader(root.find("backend"), "/backend", context.findings);
  const ComponentDescription* component = read_plugin(reader, Kind::backend, "local", context);
  const Node* params = reader.child("params");
  reader.finish();
  if (!component) return;
  experiment.backend = {component->name,
                        read_params(*component, params, reader.position(), "/backend/params", "", context),
                        component->file.string(), component->sha256};
  if (experiment.backend.plugin != "local") return;  // other backends run elsewhere
  check_jobs(experiment, root, context);
  check_memory(experiment, root, context);
}

}  // namespace assay
