// Its constructor throws: no object can be made.

#include <stdexcept>

#include "null_model.hpp"

namespace {
struct Throwing final : NullModel {
  Throwing() { throw std::runtime_error("the licence server does not answer"); }
};
}  // namespace
ASSAY_PLUGIN("throwing_factory", "1.0.0",
             assay::component<assay::Recommender, Throwing>("throwing_factory", "Cannot be made."));
