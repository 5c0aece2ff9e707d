// Opens plugin libraries, after reading from the file that it is safe to do so.

#include <algorithm>
#include <boost/dll/library_info.hpp>
#include <boost/dll/shared_library.hpp>
#include <cfenv>
#include <cstring>
#include <dlfcn.h>
#include <set>
#ifdef __SSE__
#include <xmmintrin.h>
#endif

#include "assay/errors.hpp"
#include "assay/plugin.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "plugin/abi.hpp"
#include "plugin/build_id.hpp"
#include "plugin/catalogue.hpp"
#include "plugin/elf.hpp"
#include "plugin/param_values.hpp"

namespace assay {
namespace {

namespace fs = std::filesystem;

unsigned float_mode() noexcept {
#ifdef __SSE__
  return _mm_getcsr() & ~unsigned{_MM_EXCEPT_MASK};  // flags of past operations are no mode
#else
  return 0;
#endif
}

void set_float_mode([[maybe_unused]] unsigned mode) noexcept {
#ifdef __SSE__
  _mm_setcsr(mode);
#endif
}

/// Collects what a factory complains of.
class Complaints final : public ErrorSink {
 public:
  void error(std::string_view param, std::string_view message) override {
    texts_.push_back((param.empty() ? "" : "/" + std::string(param) + ": ") + std::string(message));
  }
  [[nodiscard]] const std::vector<std::string>& texts() const noexcept { return texts_; }

 private:
  std::vector<std::string> texts_;
};

/// The loader's own words, without those of Boost around them.
std::string loader_message(const std::string& what, const fs::path& file) {
  constexpr std::string_view head = "dlerror system message: ";
  const std::size_t begin = what.find(head), end = what.rfind("): ");
  if (begin == std::string::npos || end == std::string::npos || end < begin) return what;
  const std::string message = what.substr(begin + head.size(), end - begin - head.size());
  const std::string name = file.string() + ": ";
  return message.starts_with(name) ? message.substr(name.size()) : message;
}

/// All that can be known without running the library's code. Throws PluginError.
void check_file(const fs::path& file) {
  const ElfFacts facts = read_elf(file);
  std::vector<std::string> symbols;
  try {
    symbols = boost::dll::library_info(file).symbols();
  } catch (const std::exception& e) {
    throw PluginError(file.string() + ": truncated or damaged: " + e.what());
  }
  if (const std::string why = abi_mismatch(symbols); !why.empty()) throw PluginError(file.string() + ": " + why);
  for (const char* needed : {"libstdc++.so.", "libassay.so"}) {
    const auto starts = [&](const std::string& name) { return name.starts_with(needed); };
    if (std::none_of(facts.needed.begin(), facts.needed.end(), starts))
      throw PluginError(file.string() + ": does not need " + needed + (needed[3] == 's' ? "6" : "") +
                        " dynamically: its exceptions and interfaces would not be this runner's. Link it with "
                        "assay::assay, without -static-libstdc++.");
  }
}

ParamDescription describe(const ParamInfo& info) {
  ParamDescription out;
  out.name = info.name;
  out.summary = info.summary;
  out.type = info.type;
  out.required = info.required;
  out.default_json = info.default_json;
  out.minimum = info.minimum;
  out.maximum = info.maximum;
  out.minimum_open = info.minimum_open;
  out.maximum_open = info.maximum_open;
  for (const char* choice : info.choices) out.choices.emplace_back(choice);
  return out;
}

class OpenLibrary final : public Library, public std::enable_shared_from_this<OpenLibrary> {
 public:
  explicit OpenLibrary(const fs::path& file) : file_(file) {
    check_file(file);
    load();
    const auto& info = library_.get<const PluginInfo>(std::string(own_abi_symbol()));
    if (info.size != sizeof(PluginInfo) || info.name == nullptr || info.version == nullptr ||
        info.components == nullptr)
      fail("its plugin constant is damaged");
    infos_ = {info.components, info.component_count};
    if (infos_.empty()) fail("offers no component: name at least one in ASSAY_PLUGIN(...)");
    const std::string sha256 = sha256_of_file(file), build_id = build_id_of_file(file);
    for (const Component& component : infos_) {
      check(component);
      ComponentDescription out;
      out.kind = component.kind;
      out.interface = component.interface;
      out.name = component.name;
      out.summary = component.summary;
      out.traits = component.traits;
      for (const ParamInfo& param : component.params()) out.params.push_back(describe(param));
      out.plugin = info.name;
      out.version = info.version;
      out.file = file;
      out.sha256 = sha256;
      out.build_id = build_id;
      descriptions_.push_back(std::move(out));
    }
  }

  [[nodiscard]] const std::vector<ComponentDescription>& components() const noexcept override { return descriptions_; }
  [[nodiscard]] bool changed_float_mode() const noexcept override { return changed_float_mode_; }

  [[nodiscard]] std::shared_ptr<void> create(Kind kind, std::string_view name, const std::string& params) override {
    const std::size_t i = index_of(kind, name);
    const auto values = checked_values(descriptions_[i], params);
    const Component& component = infos_[i];
    Complaints complaints;
    void* object = component.create(*values, complaints);
    if (object == nullptr) {
      if (complaints.texts().empty()) fail("the factory of " + std::string(name) + " made nothing and gave no reason");
      throw ConfigError(std::string(name) + ": " + join(complaints.texts(), "\n" + std::string(name) + ": "));
    }
    return {object, [self = shared_from_this(), destroy = component.destroy](void* o) { destroy(o); }};
  }

 private:
  [[noreturn]] void fail(const std::string& why) const { throw PluginError(file_.string() + ": " + why); }

  void load() {
    // Never unloaded: OpenMP's threads may stand in its code until the process ends.
    using boost::dll::load_mode::type;
    const auto mode = static_cast<type>(RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    const unsigned before = float_mode();
    try {
      library_.load(file_, mode);
    } catch (const std::exception& e) {
      set_float_mode(before);
      fail("cannot be opened: " + loader_message(e.what(), file_));
    }
    changed_float_mode_ = float_mode() != before;
    if (changed_float_mode_) set_float_mode(before);
  }

  void check(const Component& c) {
    if (c.name == nullptr || c.summary == nullptr || c.interface == nullptr || c.params == nullptr ||
        c.create == nullptr || c.destroy == nullptr || c.kind > Kind::backend)
      fail("its plugin constant is damaged");
    const std::string_view name = c.name;
    const auto allowed = [](char x) { return (x >= 'a' && x <= 'z') || (x >= '0' && x <= '9') || x == '_'; };
    if (name.empty() || !std::all_of(name.begin(), name.end(), allowed))
      fail("component \"" + std::string(name) + "\": a name consists of a-z, 0-9 and _");
    for (const auto& other : descriptions_)
      if (other.kind == c.kind && other.name == name)
        fail("offers two components of the name " + std::string(name) + ": names are unique");
  }

  [[nodiscard]] std::size_t index_of(Kind kind, std::string_view name) const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < descriptions_.size(); ++i) {
      if (descriptions_[i].kind == kind && descriptions_[i].name == name) return i;
      names.push_back(descriptions_[i].name);
    }
    fail("has no " + std::string(kind_name(kind)) + " \"" + std::string(name) + "\". It has: " + join(names, ", ") +
         ".");
  }

  static std::unique_ptr<ParamSource> checked_values(const ComponentDescription& component, const std::string& params) {
    std::vector<ParamFinding> findings;
    const std::string canonical = resolve_params(component, params, findings);
    std::vector<std::string> lines;
    for (const auto& f : findings) lines.push_back(component.name + ": " + f.pointer + ": " + f.message);
    if (!lines.empty()) throw ConfigError(join(lines, "\n"));
    return values_of(component, canonical);
  }

  fs::path file_;
  boost::dll::shared_library library_;
  std::span<const Component> infos_;
  std::vector<ComponentDescription> descriptions_;
  bool changed_float_mode_ = false;
};

}  // namespace

Library::~Library() = default;

std::shared_ptr<Library> Library::open(const fs::path& file) {
  std::error_code error;
  const fs::path absolute = fs::weakly_canonical(file, error);
  return std::make_shared<OpenLibrary>(error ? file : absolute);
}

}  // namespace assay
