// The catalogue of these tests.

#include "catalogue.hpp"

#include <limits>

#include "assay/errors.hpp"

namespace assay::test {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

ParamDescription param(const char* name, ParamType type, const char* value, double low = -kInfinity,
                       double high = kInfinity) {
  ParamDescription out;
  out.name = name;
  out.summary = std::string("The ") + name + ".";
  out.type = type;
  out.required = value == nullptr;
  out.default_json = value ? value : "null";
  out.minimum = low;
  out.maximum = high;
  return out;
}

ComponentDescription component(Kind kind, const char* interface, const char* name, std::vector<ParamDescription> params,
                               Traits traits = {}) {
  ComponentDescription out;
  out.kind = kind;
  out.interface = interface;
  out.name = name;
  out.summary = std::string("A ") + interface + ".";
  out.traits = traits;
  out.params = std::move(params);
  out.plugin = name;
  out.file = std::string("/plugins/") + name + ".so";
  out.sha256 = std::string("sha-") + name;
  out.build_id = std::string("build-") + name;
  return out;
}

}  // namespace

Catalogue catalogue() {
  ParamDescription mode = param("mode", ParamType::text, "\"item\"");
  mode.choices = {"item", "user"};
  Catalogue out;
  out.components = {
      component(Kind::dataset, "dataset", "csv",
                {param("path", ParamType::path, nullptr), param("test_path", ParamType::path, "\"\""),
                 param("user", ParamType::text, "\"0\""), param("item", ParamType::text, "\"1\"")}),
      component(Kind::model, "recommender", "cfgan",
                {param("epochs", ParamType::integer, "100", 1, 100000), param("rate", ParamType::real, "0.001", 0, 1),
                 param("hidden", ParamType::integers, "[400]", 1, 4096), mode}),
      component(Kind::model, "recommender", "item_knn",
                {param("neighbours", ParamType::integer, "100", 1, 100000), param("shrink", ParamType::real, "0", 0)},
                {.seeded = false, .any_threads = true}),
      component(Kind::model, "generator", "pictures", {}),
      component(Kind::model, "recommender", "popularity", {}, {.seeded = false}),
      component(Kind::backend, "backend", "local",
                {param("jobs", ParamType::integer, "0", 0, 4096), param("cores", ParamType::integer, "0", 0, 4096)})};
  return out;
}

Surroundings two_cores() {
  return {"/work folder", {ASSAY_SOURCE_DIR "/tests/golden/experiment/more"}, {}, 2, std::int64_t{8} << 30};
}

namespace {

Experiment parse_as(const std::string& text, std::initializer_list<const char*> overrides, const std::string& file) {
  std::vector<Override> changes;
  for (const char* word : overrides) changes.push_back(parse_override(word));
  return parse_experiment(text, ASSAY_SOURCE_DIR "/tests/golden/experiment/" + file, changes, catalogue(), two_cores());
}

}  // namespace

Experiment parse(const std::string& text, std::initializer_list<const char*> overrides) {
  return parse_as(text, overrides, "test.json");
}

std::string complaint(const std::string& text, std::initializer_list<const char*> overrides, const std::string& file) {
  try {
    (void)parse_as(text, overrides, file);
    return "accepted";
  } catch (const ConfigError& e) {
    std::string out = e.what();
    const std::string folder = ASSAY_SOURCE_DIR "/tests/golden/experiment";
    for (auto at = out.find(folder); at != std::string::npos; at = out.find(folder))
      out.replace(at, folder.size(), "SOURCE");
    return out;
  }
}

}  // namespace assay::test
