#pragma once  // A Reader that knows the data that a model is loaded for.

#include "assay/stored.hpp"

namespace assay {

class TaskReader final : public Reader, public KnowsExtents {
 public:
  TaskReader(const Reader& from, Extents extents) : from_(from), extents_(extents) {}
  [[nodiscard]] Tensor tensor(std::string_view name) const override { return from_.tensor(name); }
  [[nodiscard]] std::string_view text(std::string_view name) const override { return from_.text(name); }
  [[nodiscard]] Extents extents() const override { return extents_; }

 private:
  const Reader& from_;
  const Extents extents_;
};

}  // namespace assay
