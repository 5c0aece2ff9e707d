#pragma once  // What plugins there are, learned in child processes: nothing of a plugin runs in the process that asks.

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/component.hpp"

namespace assay {

/// A ParamInfo that owns its texts.
struct ParamDescription {
  std::string name, summary;
  ParamType type = ParamType::text;
  bool required = false;
  std::string default_json;
  double minimum = 0, maximum = 0;
  bool minimum_open = false, maximum_open = false;
  std::vector<std::string> choices;
};

struct ComponentDescription {
  Kind kind = Kind::model;
  std::string interface, name, summary;
  Traits traits;
  std::vector<ParamDescription> params;
  std::string plugin, version;  ///< of the library
  std::filesystem::path file;
  std::string sha256, build_id;
};

[[nodiscard]] std::string_view kind_name(Kind) noexcept;       ///< "dataset", "transform", "model", "backend"
[[nodiscard]] std::string_view type_name(ParamType) noexcept;  ///< "boolean", …, "list of integers", …

/// "at least 0 and below 1"; empty where any value that the type can hold is good.
[[nodiscard]] std::string range_text(const ParamDescription&);

struct RefusedLibrary {
  std::filesystem::path file;
  std::string reason;
  /// Opening it crashed, hung or ended the process: remembered, so that it costs its time only once. Other refusals are
  /// cheap, and a library that is missing today may be installed tomorrow.
  bool lasting = false;
};

class Catalogue {
 public:
  std::vector<ComponentDescription> components;  ///< sorted by kind, then name
  std::vector<RefusedLibrary> refused;
  /// Throws ConfigError naming the candidates and the nearest, or why the library of that name was refused.
  [[nodiscard]] const ComponentDescription& find(Kind kind, std::string_view name) const;
  [[nodiscard]] const ComponentDescription* find_if(Kind kind, std::string_view name) const noexcept;
};

/// The `runner` that belongs to this libassay: the program itself, else bin/runner beside the library's folder. Throws
/// Error where there is none.
[[nodiscard]] std::filesystem::path runner_executable();

/// Folders searched: `extra` (--plugin-path), $ASSAY_PLUGIN_PATH, then the build's or installation's own folder.
/// Throws ConfigError where one of `extra` is not a folder.
[[nodiscard]] std::vector<std::filesystem::path> plugin_folders(std::span<const std::filesystem::path> extra);

struct DiscoverOptions {
  int seconds = 30;    ///< for one library to be opened; a loaded machine and a sanitizer build take some
  bool again = false;  ///< opens also those whose refusal is remembered
};
/// Describes every *.so of the folders by `runner probe FILE` in child processes, cached by file hash in
/// `cache_folder`; lasting refusals too. A name offered by two files is refused in both, naming both.
[[nodiscard]] Catalogue discover(std::span<const std::filesystem::path> folders,
                                 const std::filesystem::path& cache_folder, const DiscoverOptions& options = {});

/// Checks values (a JSON object) against the parameters, reports through `finding(json_pointer_suffix, message)`, and
/// returns the canonical object with every default filled in (keys sorted, no spaces).
struct ParamFinding {
  std::string pointer, message;
};
[[nodiscard]] std::string resolve_params(const ComponentDescription&, const std::string& json_object,
                                         std::vector<ParamFinding>& findings);

/// JSON Schema (2020-12) of a component's parameters, and the description as JSON.
[[nodiscard]] std::string params_schema(const ComponentDescription&);
[[nodiscard]] std::string to_json(const ComponentDescription&);
/// The inverse of to_json(). Throws Error where the text is none of ours.
[[nodiscard]] ComponentDescription component_from_json(const std::string& json);

/// An opened library (this process runs its code) and objects made from its components. Never unloaded.
class Library {
 public:
  /// Checks the ABI symbol in the file first. Throws PluginError: "built as …, this runner is …, rebuild with this
  /// runner's SDK".
  static std::shared_ptr<Library> open(const std::filesystem::path& file);
  virtual ~Library();
  [[nodiscard]] virtual const std::vector<ComponentDescription>& components() const noexcept = 0;
  /// Its initializers changed this thread's floating-point mode (-ffast-math does); open() has put it back.
  [[nodiscard]] virtual bool changed_float_mode() const noexcept = 0;
  /// A new object from canonical parameters, as Interface* in void*; the deleter holds the library. Throws PluginError
  /// or ConfigError.
  [[nodiscard]] virtual std::shared_ptr<void> create(Kind kind, std::string_view component,
                                                     const std::string& params_json) = 0;
};
template <class Interface>
std::shared_ptr<Interface> make(Library& library, std::string_view component, const std::string& params_json) {
  auto object = library.create(Interface::kKind, component, params_json);
  return {object, static_cast<Interface*>(object.get())};
}

}  // namespace assay
