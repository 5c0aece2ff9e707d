// Parameters for a linked-in plugin, and the check of what it read.
#include "reading.hpp"

#include <cstdlib>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "assay/dataset.hpp"
#include "assay/plugin.hpp"

#include "data/content.hpp"
#include "data/gather.hpp"

extern "C" const assay::PluginInfo ASSAY_ABI_SYMBOL;  // of the plugin that is linked in

namespace assay::fuzz {
namespace {

using nlohmann::json;

/// The values of a JSON object over the defaults.
class Values final : public ParamSource {
 public:
  Values(const Component& component, const std::string& params) {
    for (const ParamInfo& param : component.params())
      if (!param.required) values_[param.name] = json::parse(param.default_json);
    values_.update(json::parse(params));
    for (const auto& [name, value] : values_.items()) {
      if (value.is_string()) texts_[name] = {value.get<std::string>()};
      if (value.is_array()) texts_[name] = value.get<std::vector<std::string>>();
    }
    for (const auto& [name, texts] : texts_) views_[name].assign(texts.begin(), texts.end());
  }
  [[nodiscard]] bool boolean(std::string_view name) const override { return values_.at(std::string(name)).get<bool>(); }
  [[nodiscard]] std::int64_t integer(std::string_view name) const override { return values_.at(std::string(name)); }
  [[nodiscard]] double real(std::string_view name) const override { return values_.at(std::string(name)); }
  [[nodiscard]] std::string_view text(std::string_view name) const override { return views_.find(name)->second.at(0); }
  [[nodiscard]] std::span<const std::int64_t> integers(std::string_view) const override { return {}; }
  [[nodiscard]] std::span<const double> reals(std::string_view) const override { return {}; }
  [[nodiscard]] std::span<const std::string_view> texts(std::string_view name) const override {
    const auto found = views_.find(name);
    if (found == views_.end()) return {};
    return found->second;
  }

 private:
  json values_ = json::object();
  std::map<std::string, std::vector<std::string>> texts_;
  std::map<std::string, std::vector<std::string_view>, std::less<>> views_;
};

class Errors final : public ErrorSink {
 public:
  void error(std::string_view, std::string_view) override {}
};

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const Content& content) {
  const Log& log = content.log;
  require(log.offsets.size() == static_cast<std::size_t>(log.users) + 1 && log.offsets.front() == 0);
  require(log.offsets.back() == static_cast<std::int64_t>(log.item.size()) && log.value.size() == log.item.size());
  for (std::size_t u = 0; u + 1 < log.offsets.size(); ++u) require(log.offsets[u] < log.offsets[u + 1]);
  for (const Index item : log.item) require(item >= 0 && item < log.items);
  for (const float value : log.value) require(value - value == 0);  // finite
  require(content.users.view().size() == log.users && content.items.view().size() == log.items);
  for (Index u = 1; u < log.users; ++u) require(content.users.view().text(u - 1) != content.users.view().text(u));
}

}  // namespace

void read_with_plugin(const std::string& params, bool skip_bad_lines) {
  const Component& component = ASSAY_ABI_SYMBOL.components[0];
  try {
    const Values values(component, params);
    Errors errors;
    void* made = component.create(values, errors);
    require(made != nullptr);
    const std::unique_ptr<void, void (*)(void*) noexcept> dataset(made, component.destroy);
    Gatherer gatherer(skip_bad_lines, {});
    static_cast<Dataset*>(made)->read(gatherer);
    check(arrange(gatherer.take()));
  } catch (const PluginError&) {
    std::abort();           // a batch that breaks the contract
  } catch (const Error&) {  // the file is refused with a message
  }
}

}  // namespace assay::fuzz
