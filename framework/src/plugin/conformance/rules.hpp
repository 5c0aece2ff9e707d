#pragma once  // How the suite's parts try a rule and tell what they saw.

#include <functional>
#include <memory>
#include <string>

#include "plugin/catalogue.hpp"
#include "plugin/conformance/conformance.hpp"

namespace assay::conformance {

/// Thrown inside a rule: the component broke it, or it cannot be tried.
struct Broken {
  std::string seen;
};
struct Skipped {
  std::string why;
};

struct Rule {
  const char *name, *promise, *remedy;
};

/// Receives each rule before and after it is tried.
class Rules {
 public:
  virtual ~Rules() = default;
  /// Tries `body`: it returns (kept), throws Broken or Skipped, or throws anything else (broken).
  void attempt(const Rule&, const std::function<void()>& body);

 protected:
  virtual void begin(const Rule&) = 0;
  virtual void end(const RuleResult&) = 0;
};

struct Subject {
  Library& library;
  const ComponentDescription& component;
  /// Canonical parameters with which an object is made: the defaults, and harmless values where they are required.
  std::string params;
};

/// The JSON object `params` with one value replaced.
[[nodiscard]] std::string with_value(const std::string& params, const std::string& name, const std::string& value);

void check_params(const Subject&, Rules&);
void check_recommender(const Subject&, Rules&);
void check_dataset(const Subject&, Rules&);
void check_backend(const Subject&, Rules&);

}  // namespace assay::conformance
