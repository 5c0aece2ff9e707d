// Abilities are bases of an object, so an object is made: in a child, since its code may do anything.

#include "plugin/abilities.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>

#include "assay/errors.hpp"
#include "assay/model.hpp"

#include "base/guarded_stdout.hpp"
#include "plugin/child.hpp"

namespace assay {
namespace {

using nlohmann::json;

constexpr int kPatience = 30;  // seconds to open a library and make a model

/// With default parameters. Null for an interface that is unknown here.
std::shared_ptr<Model> make_plain(Library& library, const ComponentDescription& component) {
  std::vector<ParamFinding> findings;
  const std::string params = resolve_params(component, "{}", findings);
  if (component.interface == Recommender::kInterface) return make<Recommender>(library, component.name, params);
  if (component.interface == Generator::kInterface) return make<Generator>(library, component.name, params);
  if (component.interface == Predictor::kInterface) return make<Predictor>(library, component.name, params);
  return nullptr;
}

}  // namespace

std::optional<std::vector<std::string>> abilities_of(const ComponentDescription& component) {
  if (component.kind != Kind::model || std::ranges::any_of(component.params, &ParamDescription::required)) return {};
  const std::array command{runner_executable().string(), std::string("abilities"), component.file.string(),
                           component.interface, component.name};
  const ChildResult child = run_child(command, kPatience);
  const json answer = child.exit_code == 0 ? json::parse(child.out, nullptr, false) : json();
  if (!answer.is_array()) return {};
  return answer.get<std::vector<std::string>>();
}

int print_abilities(const std::filesystem::path& file, const std::string& interface, const std::string& name) {
  const GuardedStdout real;  // a plugin that prints must not be taken for the answer
  const auto library = Library::open(file);
  const auto& components = library->components();
  const auto found = std::ranges::find_if(
      components, [&](const auto& c) { return c.kind == Kind::model && c.interface == interface && c.name == name; });
  if (found == components.end()) throw PluginError(file.string() + " has no " + interface + " \"" + name + "\".");
  const std::shared_ptr<Model> model = make_plain(*library, *found);
  const auto* object = model.get();
  json abilities = json::array();
  if (dynamic_cast<const Resumable*>(object)) abilities.push_back("resumable");
  if (dynamic_cast<const Sized*>(object)) abilities.push_back("sized");
  if (dynamic_cast<const RatingPredictor*>(object)) abilities.push_back("rating_predictor");
  if (dynamic_cast<const Explainer*>(object)) abilities.push_back("explainer");
  real.tell(abilities.dump() + "\n");
  return 0;
}

}  // namespace assay
