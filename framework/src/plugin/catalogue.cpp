// Finding a component by its name.

#include "plugin/catalogue.hpp"

#include "assay/errors.hpp"

#include "base/text.hpp"

namespace assay {

const ComponentDescription* Catalogue::find_if(Kind kind, std::string_view name) const noexcept {
  for (const auto& component : components)
    if (component.kind == kind && component.name == name) return &component;
  return nullptr;
}

const ComponentDescription& Catalogue::find(Kind kind, std::string_view name) const {
  if (const auto* found = find_if(kind, name)) return *found;
  const std::string wanted = std::string(kind_name(kind)) + " \"" + without_nul(name) + "\"";
  for (const auto& library : refused)  // of that name, or refused because of it
    if (library.file.stem() == name || library.reason.find(wanted) != std::string::npos)
      throw ConfigError("there is no " + wanted + ": " + library.file.string() + " is refused: " + library.reason);
  std::vector<std::string> names;
  for (const auto& component : components)
    if (component.kind == kind) names.push_back(component.name);
  std::string message = "there is no " + wanted + "." + did_you_mean(name, names);
  message += names.empty() ? " None was found" : " There are: " + join(names, ", ");
  message += refused.empty() ? "." : "; " + std::to_string(refused.size()) + " libraries were refused.";
  throw ConfigError(message + " runner plugins lists all.");
}

}  // namespace assay
